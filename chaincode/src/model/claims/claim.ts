import {
  distinct,
  flag,
  integer,
  list,
  nullable,
  object,
  oneOf,
  opaque,
  optional,
  RequestInvalid,
  type Parsed,
  type Parser,
} from '../encoding/parser';
import { parseInstant } from '../instant';
import { parseCoding, parseResourceType } from '../record-details';
import { reasonCodes } from './claim-reason';
import { parseDay, parseDays } from './day';
import { MOST_UNITS, parseCurrency, parseMoney } from './money';
import { claimTypes } from './services';

const MOST_LINES = 1000;
const parseSequence = integer(1, 1_000_000);

/** One service on one day, as hospital and rule tell of it. */
export const billedLine = {
  sequence: parseSequence,
  service: parseCoding,
  day: parseDay,
  units: integer(1, MOST_UNITS),
  unit: optional(opaque(64)),
  /** What the hospital asks for all units together. */
  charge: parseMoney,
  /** What the payer before this one paid. */
  priorPaid: optional(parseMoney),
  /** The preauthorization under which the service was given. */
  authorization: optional(opaque(128)),
} as const;

const parseLine = object({
  ...billedLine,
  /** The FHIR types of the records that the line names. */
  recordTypes: distinct(parseResourceType, 0, 20),
});
export type ClaimLine = Parsed<typeof parseLine>;

const parseShape = object({
  claimId: opaque(128),
  type: oneOf(claimTypes),
  currency: parseCurrency,
  lines: list(parseLine, 1, MOST_LINES),
});
/** What a hospital bills, as the rule of adjudication reads it. */
export type BilledClaim = Parsed<typeof parseShape>;

/** Lines stand, and are decided, in the order of their numbers. */
export const parseBilledClaim: Parser<BilledClaim> = (value, place) => {
  const claim = parseShape(value, place);
  claim.lines.forEach(({ sequence }, at) => {
    if (at > 0 && sequence <= (claim.lines[at - 1]?.sequence ?? 0)) {
      throw new RequestInvalid(`${place}.lines[${String(at)}].sequence`, 'higher than that of the line before');
    }
  });
  return claim;
};

/** What the insurer allowed in advance. */
const parseAuthorization = object({
  id: opaque(128),
  service: parseCoding,
  days: parseDays,
  units: integer(1, 1_000_000),
});

/** What the rule of adjudication is told beside plan and claim; nothing else is looked at. */
export const parseClaimFacts = object({
  /** The transaction's time. */
  at: parseInstant,
  coverage: parseDays,
  isInNetwork: flag,
  /** Whether this insurer pays first. */
  order: oneOf(['primary', 'secondary']),
  deceasedOn: nullable(parseDay),
  authorizations: list(parseAuthorization, 0, 1000),
  /** The records of the lines that were released and compared with their anchors. */
  evidence: list(object({ line: parseSequence, recordType: parseResourceType, isIntact: flag }), 0, 20_000),
  /** Lines whose service was billed before. */
  duplicates: list(parseSequence, 0, MOST_LINES),
  /** What a person said of a line that the rule put before one. */
  decisions: list(object({ line: parseSequence, reason: oneOf(reasonCodes), decision: oneOf(['clear', 'deny']) }), 0, 10_000),
});
export type ClaimFacts = Parsed<typeof parseClaimFacts>;
