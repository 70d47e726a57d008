import {
  consentKey,
  consentNoticeKey,
  isBreakGlass,
  parseConsentEnd,
  parseConsentEntry,
  parseConsentNotice,
  type Assistance,
  type ConsentEntry,
  type ConsentNotice,
  type Parser,
  type Purpose,
  type RelationEntry,
} from '../model';
import type { Ledger } from '../ledger';

// What stands beside the patient's signature in an assisted relation. Witness and notice count only with the custodian's attestation, for any
// two members could write them with altered chaincode. An end counts whoever wrote it, and everybody seals it: it only takes away.

/**
 * What the ledger says of a version of an assisted consent; undefined for any other relation, and in an emergency, which asks no consent.
 * Reads the notice and the range of the ends, so that an end that commits first invalidates the transaction.
 */
export async function assistanceOf(
  ledger: Ledger,
  relation: RelationEntry,
  { version, purpose }: { readonly version: number; readonly purpose?: Purpose },
): Promise<Assistance | undefined> {
  if (relation.assisted === undefined || (purpose !== undefined && isBreakGlass(purpose))) return undefined;
  const isEnded = (await endedUpToOf(ledger, relation)) >= version;
  const consent = await witnessedConsentOf(ledger, relation, version);
  const notice = await noticeOf(ledger, relation, version);
  return { effectiveAt: (consent?.witness && notice?.effectiveAt) ?? null, isEnded };
}

/** The last version that a registrar ended; 0 when there is none. */
export async function endedUpToOf(ledger: Ledger, { relationRef, assisted }: RelationEntry): Promise<number> {
  if (assisted === undefined) return 0;
  const ends = await ledger.list('consent-end', [relationRef], parseConsentEnd);
  return Math.max(0, ...ends.map(({ version }) => version));
}

/** A version of the consent as its custodian attests to it. */
export function witnessedConsentOf(
  ledger: Ledger,
  { relationRef, custodian }: RelationEntry,
  version: number,
): Promise<ConsentEntry | undefined> {
  return attestedOf(ledger, { key: consentKey(relationRef, version), by: custodian, parse: parseConsentEntry });
}

/** The notice of a version as its custodian attests to it. */
export function noticeOf(ledger: Ledger, { relationRef, custodian }: RelationEntry, version: number): Promise<ConsentNotice | undefined> {
  return attestedOf(ledger, { key: consentNoticeKey(relationRef, version), by: custodian, parse: parseConsentNotice });
}

async function attestedOf<T>(
  ledger: Ledger,
  { key, by, parse }: { readonly key: string; readonly by: RelationEntry['custodian']; readonly parse: Parser<T> },
): Promise<T | undefined> {
  const entry = await ledger.readOrJunk(key, parse);
  if (entry === undefined || entry === 'junk') return undefined;
  return (await ledger.isAttested(by, key, entry)) ? entry : undefined;
}
