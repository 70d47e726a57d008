import { integer, list, nullable, object, oneOf, RequestInvalid, type Parsed, type Parser } from '../encoding/parser';
import { parseClaimId, parseCoverageId, parseRecordId, parseRelationRef, parseSalt } from '../identifiers';
import { parseResourceType } from '../record-details';
import { billedLine, type BilledClaim } from './claim';
import { MOST_MONEY, parseCurrency } from './money';
import { claimTypes } from './services';

const MOST_LINES = 1000;
const MOST_RECORDS = 50;

/** FHIR R4 Claim.use. */
export const claimUses = ['claim', 'preauthorization', 'predetermination'] as const;
export type ClaimUse = (typeof claimUses)[number];
export const parseClaimUse = oneOf(claimUses);

/** An earlier claim of the same relation that this one replaces by a correction, or takes back (Claim.related). */
export const parseRelatedClaim = object({ claimId: parseClaimId, relationship: oneOf(['correction', 'reversal']) });
export type RelatedClaim = Parsed<typeof parseRelatedClaim>;

/** A record that supports a line. `subjectSalt` opens the anchor's commitment to its subject, and nothing else of it. */
const parseNamedRecord = object({
  recordId: parseRecordId,
  version: integer(1, 1_000_000),
  type: parseResourceType,
  subjectSalt: parseSalt,
});
export type NamedRecord = Parsed<typeof parseNamedRecord>;

const parseBodyLine = object({
  ...billedLine,
  records: list(parseNamedRecord, 1, MOST_RECORDS),
  /** The record of the service itself: its first version's `subjectSalt` is the secret of the line's tag (billed-item.ts). */
  item: object({ recordId: parseRecordId, subjectSalt: parseSalt }),
});
export type ClaimBodyLine = Parsed<typeof parseBodyLine>;

const parseShape = object({
  relationRef: parseRelationRef,
  claimId: parseClaimId,
  use: parseClaimUse,
  coverageId: parseCoverageId,
  related: nullable(parseRelatedClaim),
  type: oneOf(claimTypes),
  currency: parseCurrency,
  /** Empty in a reversal, and there alone. */
  lines: list(parseBodyLine, 0, MOST_LINES),
  salt: parseSalt,
});
export type ClaimBody = Parsed<typeof parseShape>;

/** What a hospital bills in one relation, sealed to itself and the insurer; the claim's public entry commits to it. */
export const parseClaimBody: Parser<ClaimBody> = (value, place) => {
  const body = parseShape(value, place);
  const isReversal = body.related?.relationship === 'reversal';
  if (isReversal !== (body.lines.length === 0)) throw new RequestInvalid(`${place}.lines`, 'empty in a reversal, and there alone');
  body.lines.forEach(({ sequence, item, records }, at) => {
    const here = `${place}.lines[${String(at)}]`;
    if (at > 0 && sequence <= (body.lines[at - 1]?.sequence ?? 0))
      throw new RequestInvalid(`${here}.sequence`, 'higher than that of the line before');
    if (!records.some(({ recordId }) => recordId === item.recordId)) throw new RequestInvalid(`${here}.item`, "one of the line's records");
  });
  // So that what is paid for a claim fits in a line of a statement.
  if (body.lines.reduce((sum, { charge }) => sum + charge, 0) > MOST_MONEY)
    throw new RequestInvalid(`${place}.lines`, `charged ${String(MOST_MONEY)} minor units together at most`);
  return body;
};

/** The claim as the rule of adjudication reads it. */
export function billedClaimOf({ claimId, type, currency, lines }: ClaimBody): BilledClaim {
  return {
    claimId,
    type,
    currency,
    lines: lines.map(({ records, item: _, ...line }) => ({ ...line, recordTypes: [...new Set(records.map((one) => one.type))].sort() })),
  };
}
