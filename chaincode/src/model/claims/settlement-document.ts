import { integer, list, nullable, object, opaque, RequestInvalid, table, type Parsed, type Parser } from '../encoding/parser';
import { parseClaimId, parseCommitment, parseMspId, parseRelationRef, parseSalt, parseSettlementId } from '../identifiers';
import { parseDay } from './day';
import { MOST_MONEY, parseCurrency } from './money';

/** Claims of one statement. */
export const MAX_SETTLED = 1000;
const MOST_TOTAL = MOST_MONEY * MAX_SETTLED;

const number = integer(1, 9_999_999);
const adjudicationNumber = integer(1, 1_000_000);
const parseTotals = table(parseCurrency, integer(-MOST_TOTAL, MOST_TOTAL), 200);

/** A statement of one hospital and one insurer, by its number. */
export const settlementName = { hospital: parseMspId, insurer: parseMspId, number };

const parseSettledClaim = object({
  relationRef: parseRelationRef,
  claimId: parseClaimId,
  /** The adjudication that is settled. */
  n: adjudicationNumber,
  /** The earlier adjudication of the claim that an earlier statement settled; null when none did. */
  after: nullable(adjudicationNumber),
  currency: parseCurrency,
  /** What adjudication `n` pays less what `after` paid, in minor units: below zero where a claim was taken back. */
  benefit: integer(-MOST_MONEY, MOST_MONEY),
});
export type SettledClaim = Parsed<typeof parseSettledClaim>;

const parseStatement = object({
  settlementId: parseSettlementId,
  ...settlementName,
  claims: list(parseSettledClaim, 1, MAX_SETTLED),
  totals: parseTotals,
  /** The statement before it, by the commitment to its document; null for the first. */
  previous: nullable(parseCommitment),
  salt: parseSalt,
});
export type SettlementDocument = Parsed<typeof parseStatement>;

/** What an insurer owes a hospital for the claims of a period: sealed to both, committed to in public. */
export const parseSettlementDocument: Parser<SettlementDocument> = (value, place) => {
  const document = parseStatement(value, place);
  const names = new Set(document.claims.map(({ relationRef, claimId }) => `${relationRef} ${claimId}`));
  if (names.size < document.claims.length) throw new RequestInvalid(`${place}.claims`, 'a list that names each claim once');
  const sums = totalsOf(document.claims);
  const currencies = Object.keys(document.totals);
  const isSum = currencies.length === sums.size && currencies.every((currency) => document.totals[currency] === sums.get(currency));
  if (!isSum) throw new RequestInvalid(`${place}.totals`, 'the sums of the claims by currency');
  return document;
};

function totalsOf(claims: readonly SettledClaim[]): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const { currency, benefit } of claims) sums.set(currency, (sums.get(currency) ?? 0) + benefit);
  return sums;
}

/** A payment of a statement: sealed to both, committed to in public. FHIR R4 PaymentNotice and PaymentReconciliation. */
export const parsePaymentDocument = object({
  ...settlementName,
  /** Those of the statement. */
  amounts: parseTotals,
  paidOn: parseDay,
  /** By which the payment is found at the bank. */
  reference: opaque(140),
  salt: parseSalt,
});
export type PaymentDocument = Parsed<typeof parsePaymentDocument>;
