import { addMinutes, formatInstant, parseSigned, type ConsentHeader, type RelationRef } from '@medaccord/chaincode/model';
import { signJws, verifyJws } from '../crypto';
import { deriveKeys } from './derive-keys';
import { SUBMIT_WITHIN_MINUTES, type SignedConsent } from './sign-consent';
import { findRelation, replaceRelation, type Wallet } from './wallet';

/** A renewed header leaves with at least this much of its time left. */
const LEAST_MINUTES = 1;

/** What a wallet signed for a relation and does not know to be on the ledger. */
export type PendingConsent = { readonly header: ConsentHeader; readonly request: SignedConsent };

/** Keeps what was signed until it is known to be on the ledger. @throws {WalletUnknown} */
export function keepPending(wallet: Wallet, relationRef: RelationRef, request: SignedConsent): Wallet {
  const { kept, ...relation } = findRelation(wallet, relationRef);
  // A header that was signed again is of the same document.
  const isRenewed = kept !== undefined && documentOf(kept.consent) === documentOf(request.consent);
  const present = isRenewed ? { ...kept, consent: request.consent } : kept;
  return replaceRelation(wallet, { ...relation, ...(present !== undefined && { kept: present }), pending: request });
}

function documentOf(consent: string): ConsentHeader['document'] {
  return parseSigned('consent', consent, 'wallet.consent').payload.document;
}

/** Forgets what was kept: it is on the ledger, or something else stands there. @throws {WalletUnknown} */
export function dropPending(wallet: Wallet, relationRef: RelationRef): Wallet {
  const { pending: _, ...relation } = findRelation(wallet, relationRef);
  return replaceRelation(wallet, relation);
}

/** @throws {WalletUnknown} */
export function findPending(wallet: Wallet, relationRef: RelationRef): PendingConsent | undefined {
  const { pending } = findRelation(wallet, relationRef);
  if (pending === undefined) return undefined;
  return { header: parseSigned('consent', pending.consent, 'wallet.pending.consent').payload, request: pending };
}

/** Sets from where the next version is counted: the one recorded last. @throws {WalletUnknown} */
export function countFrom(wallet: Wallet, relationRef: RelationRef, consentVersion: number): Wallet {
  return replaceRelation(wallet, { ...findRelation(wallet, relationRef), consentVersion });
}

/**
 * The same consent under the same number, signed again when the time to hand it in is over: whichever of the two is recorded, there is
 * only one. What was sealed stays as it is.
 */
export async function renewPending(wallet: Wallet, { header, request }: PendingConsent): Promise<SignedConsent> {
  if (header.submitBy > addMinutes(formatInstant(Date.now()), LEAST_MINUTES)) return request;
  const { signing } = await deriveKeys(wallet.seed, header.relationRef);
  const issuedAt = formatInstant(Date.now());
  const renewed = { ...header, issuedAt, submitBy: addMinutes(issuedAt, SUBMIT_WITHIN_MINUTES) };
  return { ...request, consent: await signJws('consent', renewed, signing) };
}

/** Of consents that somebody shows, those that the wallet's own keys signed for this relation; the others are nobody's. */
export async function trustConsents(wallet: Wallet, relationRef: RelationRef, shown: readonly string[]): Promise<ConsentHeader[]> {
  const { signing, recovery } = (await deriveKeys(wallet.seed, relationRef)).public;
  const verify = async (jws: string): Promise<ConsentHeader[]> => {
    try {
      const header = await verifyJws('consent', jws, signing).catch(() => verifyJws('consent', jws, recovery));
      return header.relationRef === relationRef ? [header] : [];
    } catch {
      return [];
    }
  };
  return (await Promise.all(shown.map(verify))).flat();
}

/** Whether two headers say the same: all but when they were signed. */
export function isSameConsent(one: ConsentHeader, other: ConsentHeader): boolean {
  const said = ({ relationRef, version, status, validity, document }: ConsentHeader): string =>
    JSON.stringify([relationRef, version, status, validity?.from, validity?.until, document]);
  return said(one) === said(other);
}
