import { formatCanonical } from '../encoding/canonical-json';
import { integer, nullable, object, oneOf, opaque, table, type Parsed } from '../encoding/parser';
import { parseClaimId, parseCommitment, parseDigest, parseMspId, parseRelationRef, parseSalt } from '../identifiers';
import { parseInstant } from '../instant';

const number = integer(1, 1_000_000);

/** Who decides an appeal: the insurer first, then an authority. */
export const appealLevels = ['insurer', 'authority'] as const;
export const parseAppealLevel = oneOf(appealLevels);
export type AppealLevel = (typeof appealLevels)[number];

/** By organisation: SHA-256 of the envelope that is sealed to it: hospital, insurer and, at the second level, the authority. */
export const parsePaperDigests = table(parseMspId, parseDigest, 3);

/** What is appealed against, and why. */
export const appealShape = {
  relationRef: parseRelationRef,
  claimId: parseClaimId,
  /** Its place among the appeals of this claim, from 1. */
  number,
  /** The adjudication that it is against. */
  n: number,
  level: parseAppealLevel,
  /** The authority that is to decide; null at the first level. */
  authority: nullable(parseMspId),
  /** To the grounds (`AppealPaper`). */
  grounds: parseCommitment,
  sealed: parsePaperDigests,
};

/** The patient appeals; signed by the relation's signing key. */
export const parseAppealStatement = object({ ...appealShape, issuedAt: parseInstant });
export type AppealStatement = Parsed<typeof parseAppealStatement>;

/** What an appeal says, in whatever form: a request, a statement or an entry. Two that say the same have the same text. */
export function formatAppeal({
  relationRef,
  claimId,
  number: at,
  n,
  level,
  authority,
  grounds,
  sealed,
}: Omit<AppealStatement, 'issuedAt'>): string {
  return formatCanonical({ relationRef, claimId, number: at, n, level, authority, grounds, sealed });
}

/** The grounds of an appeal, or of its decision: sealed to the parties, committed to in public. */
export const parseAppealPaper = object({
  relationRef: parseRelationRef,
  claimId: parseClaimId,
  number,
  text: opaque(20_000),
  salt: parseSalt,
});
export type AppealPaper = Parsed<typeof parseAppealPaper>;
