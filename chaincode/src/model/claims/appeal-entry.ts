import { integer, nullable, object, oneOf, text, type Parsed } from '../encoding/parser';
import { parseParticipant } from '../entry';
import { parseActor, parseClaimId, parseCommitment, parseDigest, parseRelationRef } from '../identifiers';
import { parseInstant } from '../instant';
import { appealShape, parsePaperDigests } from './appeal';

/** An appeal against an adjudication. Counts with the patient's statement, or with the hospital's attestation beside it. */
export const parseAppealEntry = object({
  ...appealShape,
  party: oneOf(['hospital', 'patient']),
  /** The patient's statement; null where the hospital appeals. */
  jws: nullable(text(/^[A-Za-z0-9_.-]{1,8192}$/, 'a compact JWS')),
  by: parseParticipant,
  at: parseInstant,
  decideBy: parseInstant,
});
export type AppealEntry = Parsed<typeof parseAppealEntry>;

/** `upheld`: the adjudication stands. `granted`: the insurer adjudicates the claim again. */
export const parseAppealOutcome = oneOf(['upheld', 'granted']);

/** What became of an appeal. Counts with the attestation of whoever decides at its level. */
export const parseAppealDecision = object({
  relationRef: parseRelationRef,
  claimId: parseClaimId,
  number: integer(1, 1_000_000),
  outcome: parseAppealOutcome,
  /** To the reasons (`AppealPaper`). */
  opinion: parseCommitment,
  sealed: parsePaperDigests,
  /** Of the reasons sealed to the patient, in the hospital's collection. */
  notice: parseDigest,
  by: parseParticipant,
  /** The pseudonym of the person who decided. */
  person: parseActor,
  at: parseInstant,
  /** Until when the insurer has to adjudicate again; null where the adjudication is upheld. */
  adjudicateBy: nullable(parseInstant),
});
export type AppealDecision = Parsed<typeof parseAppealDecision>;

/** An appeal with its decision, if there is one. */
export interface Appeal {
  readonly appeal: AppealEntry;
  readonly decision: AppealDecision | null;
}
