import { formatCanonical } from '../encoding/canonical-json';
import type { AuditRoot } from '../audit-root';
import type { AccessRequest, Decision } from '../entry';
import type { Jwk } from '../jwk';
import type { DisclosureReceipt } from '../receipt';
import type { Deletion } from '../release-entry';
import type { Signed } from '../signed';
import type { ConsentHeader } from '../signed-payload';
import { readSigned } from './read-signed';
import type { StatementVerifier } from './trust-statement';

// What organisations signed counts as they signed it, whoever endorsed the entry that holds it.

/** What the receipt of a release says, apart from when it was issued. */
export function receiptOf(
  decision: Pick<Decision, 'relationRef' | 'requestId' | 'custodian' | 'requester' | 'purpose' | 'rulesVersion' | 'records' | 'count'>,
  { ask }: Pick<AccessRequest, 'ask'>,
  consent: Pick<ConsentHeader, 'version' | 'document' | 'validity'>,
): Omit<DisclosureReceipt, 'issuedAt' | 'records'> & Pick<Decision, 'records'> {
  const { relationRef, requestId, custodian, requester, purpose, rulesVersion, records, count } = decision;
  const { version, document, validity } = consent;
  const scope = { version, document, validity };
  return {
    ...{ relationRef, requestId, custodian, counterparty: requester, ask, purpose, consent: scope, rulesVersion, records, count },
    statement: '42CFRPart2',
  };
}

/** Tells whether a receipt is the custodian's, and of this very decision. */
export function isReceiptOf(
  receipt: Signed<'disclosure-receipt'>,
  expected: ReturnType<typeof receiptOf>,
  key: Jwk,
  { isSignedBy }: StatementVerifier,
): boolean {
  const { payload } = receipt;
  return formatCanonical(payload) === formatCanonical({ ...expected, issuedAt: payload.issuedAt }) && isSignedBy(receipt, key);
}

/** The receipt as text, when it is the custodian's and of this very decision; else null. */
export function trustReceipt(
  jws: string | null,
  expected: ReturnType<typeof receiptOf>,
  key: Jwk,
  verifier: StatementVerifier,
): string | null {
  const signed = jws === null ? undefined : readSigned('disclosure-receipt', jws);
  return signed !== undefined && isReceiptOf(signed, expected, key, verifier) ? jws : null;
}

/** A deletion as its own receipt says it, signed by the member that it names; nothing when it is not, or of another copy. */
export function trustDeletion({ jws, by, at, ...entry }: Deletion, key: Jwk, { isSignedBy }: StatementVerifier): Deletion | undefined {
  const signed = readSigned('deletion-receipt', jws);
  if (signed === undefined || formatCanonical(signed.payload) !== formatCanonical(entry) || !isSignedBy(signed, key)) return undefined;
  return { ...signed.payload, jws, by, at };
}

/** A root as its organisation signed it, by any of its keys; nothing when it did not. */
export function trustAuditRoot(
  { jws, at, ...entry }: AuditRoot,
  keys: readonly Jwk[],
  { isSignedBy }: StatementVerifier,
): AuditRoot | undefined {
  const signed = readSigned('audit-root', jws);
  if (signed === undefined || formatCanonical(signed.payload) !== formatCanonical(entry)) return undefined;
  return keys.some((key) => isSignedBy(signed, key)) ? { ...signed.payload, jws, at } : undefined;
}
