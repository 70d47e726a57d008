import {
  newError,
  type AdjudicationEntry,
  type Instant,
  type Jwk,
  type Participant,
  type SettledClaim,
  type SettlementEntry,
  type Signed,
} from '../model';
import { assertSignedBy, payloadDigestOf } from '../signature';

/**
 * The statement with the hospital's signature on the very bytes that the insurer signed; the standing one when it is signed.
 *
 * @throws CALLER_NOT_CUSTODIAN, SIGNATURE_INVALID, SETTLEMENT_INVALID
 */
export function signSettlement(
  signed: Signed<'settlement'>,
  standing: SettlementEntry,
  key: Jwk,
  { by, at }: { readonly by: Participant; readonly at: Instant },
): SettlementEntry {
  const { hospital, number: n } = standing;
  if (by.mspId !== hospital) throw newError('CALLER_NOT_CUSTODIAN', { custodian: hospital });
  if (payloadDigestOf(signed.jws) !== payloadDigestOf(standing.proposal))
    throw newError('SETTLEMENT_INVALID', { n, problem: 'is another one than was proposed' });
  assertSignedBy(signed, key);
  return standing.signature === null ? { ...standing, signature: signed.jws, signedBy: by, signedAt: at } : standing;
}

/** The adjudication with the mark that a statement settles it. @throws SETTLEMENT_INVALID when another one came first */
export function settle(adjudication: AdjudicationEntry, { n, after }: SettledClaim, number: number): AdjudicationEntry {
  const isNext = adjudication.n >= n && (adjudication.settled?.n ?? null) === after;
  if (!isNext) throw newError('SETTLEMENT_INVALID', { n: number, problem: 'does not follow what was settled of a claim before' });
  return { ...adjudication, settled: { n, number } };
}
