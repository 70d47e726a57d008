import { distinct, nullable, object, type Parsed } from './encoding/parser';
import { parseParticipant } from './entry';
import { parseCommitment, parseMspId, parseReferralId, parseRelationRef, parseStudyId } from './identifiers';
import { parseInstant, parsePeriod } from './instant';
import { parsePurposes } from './purpose';

// Public entries that prove a purpose. Each counts only with the attestation of its author beside it (contracts/proof-facts.ts).

/** The custodian sends its patient to the counterparty: proves treatment there. Nothing says why. */
export const parseReferral = object({
  relationRef: parseRelationRef,
  referralId: parseReferralId,
  custodian: parseMspId,
  counterparty: parseMspId,
  by: parseParticipant,
  validity: parsePeriod,
  registeredAt: parseInstant,
  endedAt: nullable(parseInstant),
});
export type Referral = Parsed<typeof parseReferral>;

/** An authority's approval of a study: who may use records for which research, until when. Which study it is only its protocol says. */
export const parseStudy = object({
  studyId: parseStudyId,
  authority: parseMspId,
  sponsors: distinct(parseMspId, 1, 50),
  purposes: parsePurposes,
  validity: parsePeriod,
  protocol: parseCommitment,
  by: parseParticipant,
  approvedAt: parseInstant,
  endedAt: nullable(parseInstant),
});
export type Study = Parsed<typeof parseStudy>;
