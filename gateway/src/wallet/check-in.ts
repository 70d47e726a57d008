import {
  bindingPreimage,
  bindingRef,
  formatInstant,
  formatUtf8,
  type ConsentSet,
  type MspId,
  type Period,
  type RelationKind,
  type RelationRef,
  type SubjectRef,
} from '@medaccord/chaincode/model';
import { commit, newSalt, seal, signJws } from '../crypto';
import { implicitPolicies, type ImplicitPolicy } from '../fhir-consent';
import { deriveKeys } from './derive-keys';
import { hashEnvelopes, signVersion, type Recipient } from './sign-consent';
import { deriveRelationRef, findPatient, type Wallet } from './wallet';

export type CheckIn = {
  readonly subjectRef: SubjectRef;
  readonly counterparty: MspId;
  readonly kinds: readonly RelationKind[];
  /** What she permits from the first day; nothing by default. `describeConsent` shows it before. */
  readonly policy?: ImplicitPolicy;
  /** By a card: marked for ever; its consents count within a validity. */
  readonly assisted?: { readonly validity: Period };
};

/** Permits nothing and forbids no emergency. */
const NOTHING: ConsentSet = { base: 'deny', exceptions: [] };

/** What is handed to a gateway (POST /api/relations): the signed relation, the first version of its consent and what is sealed to each side. */
export type SignedRelation = {
  readonly relation: string;
  readonly consent: string;
  readonly sealed: Readonly<Record<string, { readonly binding: string; readonly document: string }>>;
};

/**
 * Makes a relation with a counterparty: keys of its own, the binding to the patient (for custodian and counterparty only), and a first
 * consent by an implicit policy, or one that permits nothing.
 * @throws {WalletUnknown}
 */
export async function checkIn(
  wallet: Wallet,
  { subjectRef, counterparty, kinds, policy, assisted }: CheckIn,
  recipients: readonly Recipient[],
): Promise<{ wallet: Wallet; relationRef: RelationRef; request: SignedRelation }> {
  const { custodian, generation } = findPatient(wallet, subjectRef);
  const earlier = wallet.relations.filter((relation) => relation.subjectRef === subjectRef && relation.counterparty === counterparty);
  const relationRef = await deriveRelationRef(wallet.seed, subjectRef, counterparty, earlier.length);
  const [patientKeys, keys] = await Promise.all([deriveKeys(wallet.seed, subjectRef, generation), deriveKeys(wallet.seed, relationRef)]);

  const salt = newSalt();
  const issuedAt = formatInstant(Date.now());
  const binding = await signJws(
    'binding',
    { subjectRef, relationRef, counterparty, keys: keys.public, salt, issuedAt },
    patientKeys.signing,
  );
  const bindings = await sealBinding(binding, relationRef, recipients);
  const header = {
    relationRef,
    custodian,
    counterparty,
    kinds,
    keys: keys.public,
    binding: await commit(bindingPreimage(binding, salt)),
    sealed: await hashEnvelopes(bindings),
    ...(assisted && { assisted: true as const }),
    issuedAt,
  };
  const relation = await signJws('relation', header, keys.signing);

  const sets = [policy === undefined ? NOTHING : implicitPolicies[policy]];
  const first = { relationRef, consentVersion: 1 };
  const { consent, documents } = await signVersion(first, keys.signing, { sets, validity: assisted?.validity ?? null, recipients });
  const kept = { consent, sets, status: 'in-force' as const };
  const sealed = recipients.map(({ mspId }) => [mspId, { binding: bindings[mspId] ?? '', document: documents[mspId] ?? '' }] as const);
  return {
    wallet: { ...wallet, relations: [...wallet.relations, { ...first, subjectRef, custodian, counterparty, kinds, kept }] },
    relationRef,
    request: { relation, consent, sealed: Object.fromEntries(sealed) },
  };
}

async function sealBinding(binding: string, relationRef: RelationRef, recipients: readonly Recipient[]): Promise<Record<string, string>> {
  const context = bindingRef(relationRef);
  const sealed = recipients.map(
    async ({ mspId, key }) => [mspId, await seal(key, { ...context, recipient: mspId }, formatUtf8(binding))] as const,
  );
  return Object.fromEntries(await Promise.all(sealed));
}
