import {
  addMinutes,
  consentDocumentPreimage,
  consentDocumentRef,
  formatCanonical,
  formatInstant,
  formatUtf8,
  parseConsentDocument,
  type ConsentDocument,
  type ConsentHeader,
  type ConsentSet,
  type Digest,
  type MspId,
  type Period,
  type RelationRef,
} from '@medaccord/chaincode/model';
import { commit, hashBytes, newSalt, seal, signJws, type SealingPublicKey, type SigningKey } from '../crypto';
import { deriveKeys, deriveRecoveryKey } from './derive-keys';
import { findRelation, replaceRelation, type Wallet, type WalletRelation } from './wallet';

/** An organisation that documents are sealed to: custodian and counterparty of the relation. */
export type Recipient = { readonly mspId: string; readonly key: SealingPublicKey };

/** What the patient decides in one relation. */
export type ConsentWish = { readonly sets: readonly ConsentSet[]; readonly validity: Period | null };

/** What is handed to a gateway (POST /api/consents). `documents` holds the document sealed to each recipient. */
export type SignedConsent = { readonly consent: string; readonly documents: Readonly<Record<string, string>> };

/** A header must be handed in soon: one that was held back cannot enter later. */
export const SUBMIT_WITHIN_MINUTES = 10;

/** Signs the next version of a relation's consent. @throws {WalletUnknown}, {RequestInvalid} when the wish is not a consent document */
export async function signConsent(
  wallet: Wallet,
  relationRef: RelationRef,
  wish: ConsentWish,
  recipients: readonly Recipient[],
): Promise<{ wallet: Wallet; request: SignedConsent }> {
  const relation = nextVersion(findRelation(wallet, relationRef));
  const { signing } = await deriveKeys(wallet.seed, relationRef);
  const request = await signVersion(relation, signing, { ...wish, recipients });
  const kept = { consent: request.consent, sets: wish.sets, status: 'in-force' as const };
  return { wallet: replaceRelation(wallet, { ...relation, kept }), request };
}

/** Signs the next version as a revocation: from its commit on nothing is permitted. */
export async function revokeConsent(wallet: Wallet, relationRef: RelationRef): Promise<{ wallet: Wallet; request: SignedConsent }> {
  return signEnd(wallet, relationRef, 'revoked');
}

/** Signs the end of a relation; what follows needs a new one. */
export async function closeRelation(wallet: Wallet, relationRef: RelationRef): Promise<{ wallet: Wallet; request: SignedConsent }> {
  return signEnd(wallet, relationRef, 'closed');
}

/** Closes a relation with the recovery seed alone; `version` is the one after the consent recorded last. */
export async function closeByRecovery(recoverySeed: string, relationRef: RelationRef, version: number): Promise<SignedConsent> {
  const key = await deriveRecoveryKey(recoverySeed, relationRef);
  return { consent: await signJws('consent', newHeader(relationRef, version, 'closed'), key), documents: {} };
}

type Version = ConsentWish & { readonly recipients: readonly Recipient[] };

/** Signs one version in force with its document; `delegation`: by which a delegate signs. */
export async function signVersion(
  { relationRef, consentVersion, delegation }: Pick<WalletRelation, 'relationRef' | 'consentVersion'> & { readonly delegation?: number },
  signing: SigningKey,
  { sets, validity, recipients }: Version,
): Promise<SignedConsent> {
  const document = parseConsentDocument({ relationRef, version: consentVersion, salt: newSalt(), sets }, 'document');
  const documents = await sealDocument(document, recipients);
  const header = {
    ...newHeader(relationRef, consentVersion, 'in-force'),
    ...(delegation !== undefined && { delegation }),
    validity,
    document: await commit(consentDocumentPreimage(document)),
    sealed: await hashEnvelopes(documents),
  };
  return { consent: await signJws('consent', header, signing), documents };
}

/** What a statement names of sealed values: the SHA-256 of each organisation's envelope. */
export async function hashEnvelopes(envelopes: Readonly<Record<string, string>>): Promise<Readonly<Record<MspId, Digest>>> {
  const digests = Object.entries(envelopes).map(async ([mspId, text]) => [mspId, await hashBytes(formatUtf8(text))] as const);
  return Object.fromEntries(await Promise.all(digests));
}

async function sealDocument(document: ConsentDocument, recipients: readonly Recipient[]): Promise<Record<string, string>> {
  const ref = consentDocumentRef(document.relationRef, document.version);
  const plaintext = formatUtf8(formatCanonical(document));
  const sealed = recipients.map(async ({ mspId, key }) => [mspId, await seal(key, { ...ref, recipient: mspId }, plaintext)] as const);
  return Object.fromEntries(await Promise.all(sealed));
}

async function signEnd(
  wallet: Wallet,
  relationRef: RelationRef,
  status: 'revoked' | 'closed',
): Promise<{ wallet: Wallet; request: SignedConsent }> {
  const { kept, ...next } = nextVersion(findRelation(wallet, relationRef));
  const relation = { ...next, ...(kept !== undefined && { kept: { ...kept, status } }) };
  const { signing } = await deriveKeys(wallet.seed, relationRef);
  const consent = await signJws('consent', newHeader(relationRef, relation.consentVersion, status), signing);
  return { wallet: replaceRelation(wallet, relation), request: { consent, documents: {} } };
}

/** A header of the patient's own, without a document. */
export function newHeader(relationRef: RelationRef, version: number, status: ConsentHeader['status']): ConsentHeader {
  const issuedAt = formatInstant(Date.now());
  return {
    relationRef,
    version,
    status,
    validity: null,
    submitBy: addMinutes(issuedAt, SUBMIT_WITHIN_MINUTES),
    document: null,
    sealed: {},
    issuedAt,
  };
}

function nextVersion(relation: WalletRelation): WalletRelation {
  return { ...relation, consentVersion: relation.consentVersion + 1 };
}
