import { distinct, flag, integer, list, nullable, object, oneOf, optional, table, text, type Parsed } from './encoding/parser';
import { parseAssistedMark } from './assisted';
import { parseDeclared, parseEmergencyRules, parseReviewOutcome } from './break-glass';
import { parseClaimRules } from './claims/claim-rules';
import {
  parseActor,
  parseCommitment,
  parseDigest,
  parseGroupId,
  parseMspId,
  parseRecordId,
  parseRelationRef,
  parseRequestId,
  parseSubjectRef,
} from './identifiers';
import { parseInstant, parsePeriod } from './instant';
import { parseJwk, parseKeys } from './jwk';
import { parseLegalBases } from './legal-basis';
import { parseProof } from './proof';
import { parsePurpose, parsePurposes } from './purpose';
import { recoveryFields } from './recovery';
import { parseMemberRole, parseStaffRole } from './role';
import { consentStatuses, parseBindingMethod, parseSealedDigests, relationKinds } from './signed-payload';

// Values of public state, one shape per kind of key (keys.ts). Stored as canonical JSON.

/** A member's key that others seal to. */
export const parseEncryptionKey = object({
  suite: text(/^[A-Za-z0-9-]{3,64}$/, 'the id of a cipher suite'),
  publicKey: text(/^[A-Za-z0-9_-]{40,4096}$/, 'a public key in base64url'),
});
export type EncryptionKey = Parsed<typeof parseEncryptionKey>;

/** How long a decision waits for its delivery, a recovery for a veto, and an assisted consent, and its notice, until it counts. */
const parseDeadlines = object({
  decisionMinutes: integer(1, 1440),
  recoveryHours: integer(1, 8760),
  assistedHours: integer(1, 720),
});

/** What members approve: purposes that may be asked for, members and what they are, deadlines, legal bases, suspended members. */
export const rulesShape = {
  version: integer(1, 1_000_000),
  purposes: parsePurposes,
  roles: table(parseMspId, parseMemberRole, 200),
  deadlines: parseDeadlines,
  legalBases: optional(parseLegalBases),
  emergency: optional(parseEmergencyRules),
  claims: optional(parseClaimRules),
  suspended: distinct(parseMspId, 0, 200),
};
export const parseRulesDocument = object(rulesShape);
export type RulesDocument = Parsed<typeof parseRulesDocument>;

/** The consortium's rules as they are in force. */
export const parseRules = object({ ...rulesShape, adoptedAt: parseInstant });
export type Rules = Parsed<typeof parseRules>;

export const parseOrganisation = object({
  mspId: parseMspId,
  encryption: list(parseEncryptionKey, 1, 10),
  signing: parseJwk,
  status: oneOf(['active', 'withdrawn']),
  registeredAt: parseInstant,
});
export type Organisation = Parsed<typeof parseOrganisation>;

/** Who did something: a member, the role in the certificate (null when it has none), a pseudonym of the certificate's holder. */
export const parseParticipant = object({ mspId: parseMspId, role: nullable(parseStaffRole), actor: parseActor });
export type Participant = Parsed<typeof parseParticipant>;

/** Who saw the card of a patient without a device while it signed; `person`: a keyed hash of the gateway, per relation, which outlives certificates. */
export const parseWitness = object({ by: parseParticipant, person: parseActor });
export type Witness = Parsed<typeof parseWitness>;

/** `jws` is the latest statement about the patient: her registration, the replacement of her keys, or one of recovery.ts. */
export const parsePatientEntry = object({
  subjectRef: parseSubjectRef,
  custodian: parseMspId,
  keys: parseKeys,
  bound: object({ method: parseBindingMethod }),
  assisted: optional(parseAssistedMark),
  jws: text(/^[A-Za-z0-9_.-]+$/, 'a compact JWS'),
  registeredAt: parseInstant,
  by: parseParticipant,
  ...recoveryFields,
});
export type PatientEntry = Parsed<typeof parsePatientEntry>;

export const parseRelationEntry = object({
  relationRef: parseRelationRef,
  custodian: parseMspId,
  counterparty: parseMspId,
  kinds: distinct(oneOf(relationKinds), 1, relationKinds.length),
  keys: parseKeys,
  binding: parseCommitment,
  sealed: parseSealedDigests,
  assisted: optional(parseAssistedMark),
  issuedAt: parseInstant,
  jws: text(/^[A-Za-z0-9_.-]+$/, 'a compact JWS'),
  createdAt: parseInstant,
});
export type RelationEntry = Parsed<typeof parseRelationEntry>;

export const parseConsentEntry = object({
  relationRef: parseRelationRef,
  version: integer(1, 1_000_000),
  status: oneOf(consentStatuses),
  validity: nullable(parsePeriod),
  submitBy: parseInstant,
  document: nullable(parseCommitment),
  sealed: parseSealedDigests,
  delegation: optional(integer(1, 1_000_000)),
  issuedAt: parseInstant,
  jws: text(/^[A-Za-z0-9_.-]+$/, 'a compact JWS'),
  recordedAt: parseInstant,
  /** Of a version in force of an assisted consent. */
  witness: optional(parseWitness),
});
export type ConsentEntry = Parsed<typeof parseConsentEntry>;

/** The marker of a relation's closing; proves nothing by itself: at the version that it names stands the statement. */
export const parseClosing = object({
  relationRef: parseRelationRef,
  number: integer(1, 9_999_999),
  version: integer(1, 1_000_000),
});
export type Closing = Parsed<typeof parseClosing>;

const officialStatement = {
  jws: text(/^[A-Za-z0-9_.-]{1,8192}$/, 'a compact JWS'),
  /** The same statement as an authority signed it; null where none has to. */
  confirmation: nullable(text(/^[A-Za-z0-9_.-]{1,8192}$/, 'a compact JWS')),
  recordedAt: parseInstant,
};

/** A statement of a relation's chain of delegations; what it says stands in its JWS alone. */
export const parseDelegationEntry = object({ relationRef: parseRelationRef, n: integer(1, 1_000_000), ...officialStatement });
export type DelegationEntry = Parsed<typeof parseDelegationEntry>;

/** A statement of a patient's chain of statuses; what it says stands in its JWS alone. */
export const parsePatientStatusEntry = object({
  subjectRef: parseSubjectRef,
  n: integer(1, 1_000_000),
  ...officialStatement,
  by: parseParticipant,
});
export type PatientStatusEntry = Parsed<typeof parsePatientStatusEntry>;

/** The end of a group that was anchored in several lists. Without it such a group is open: its anchors do not count yet. */
export const parseGroup = object({
  groupId: parseGroupId,
  custodian: parseMspId,
  status: oneOf(['closed', 'abandoned']),
  size: integer(0, 1_000_000),
  at: parseInstant,
});
export type Group = Parsed<typeof parseGroup>;

export const parseRecordAnchor = object({
  recordId: parseRecordId,
  version: integer(1, 1_000_000),
  custodian: parseMspId,
  groupId: parseGroupId,
  /** One transaction anchored all records of the group: they count, and the group has no entry. */
  whole: flag,
  subject: nullable(parseCommitment),
  payload: parseCommitment,
  details: parseCommitment,
  dataKey: parseCommitment,
  ciphertext: parseDigest,
  anchoredAt: parseInstant,
});
export type RecordAnchor = Parsed<typeof parseRecordAnchor>;

export const recordStatuses = ['active', 'entered-in-error'] as const;
export const parseRecordStatus = object({ recordId: parseRecordId, status: oneOf(recordStatuses), at: parseInstant });
export type RecordStatus = Parsed<typeof parseRecordStatus>;

/** `party` tells whether the asking member is the relation's counterparty; if it is not, the refusal stands beside the request. */
export const parseAccessRequest = object({
  relationRef: parseRelationRef,
  requestId: parseRequestId,
  by: parseParticipant,
  purpose: parsePurpose,
  proof: nullable(parseProof),
  ask: parseCommitment,
  requestHash: parseDigest,
  party: flag,
  /** Of the counterparty's request in a declared emergency. */
  breakGlass: optional(parseDeclared),
  at: parseInstant,
});
export type AccessRequest = Parsed<typeof parseAccessRequest>;

/** The one answer to a request. Records and reasons stand in the openings, sealed; a refusal has one public code for every reason. */
export const parseDecision = object({
  relationRef: parseRelationRef,
  requester: parseMspId,
  requestId: parseRequestId,
  outcome: oneOf(['released', 'refused']),
  code: nullable(oneOf(['NOT_PERMITTED'])),
  custodian: parseMspId,
  purpose: parsePurpose,
  /** What the request named. */
  proof: nullable(parseProof),
  consentVersion: nullable(integer(1, 1_000_000)),
  rulesVersion: integer(1, 1_000_000),
  deadline: nullable(parseInstant),
  records: nullable(parseCommitment),
  count: integer(0, 1_000_000),
  bound: nullable(parseBindingMethod),
  /** Of a release on a declared emergency instead of the consent: the end of its time box. */
  breakGlass: optional(object({ until: parseInstant })),
  /** What a release rests on: the patient's consent, a declared emergency, or a legal basis of the rules alone. Null when refused. */
  basis: nullable(oneOf(['consent', 'break-glass', 'legal-basis'])),
  /** The custodian's signed receipt of what was released (receipt.ts); null with a refusal. */
  receipt: nullable(text(/^[A-Za-z0-9_.-]+$/, 'a compact JWS')),
  at: parseInstant,
});
export type Decision = Parsed<typeof parseDecision>;

/** One part of a delivery; `envelope` is the SHA-256 of the sealed envelope in the counterparty's collection. */
export const parseDelivery = object({
  relationRef: parseRelationRef,
  requester: parseMspId,
  requestId: parseRequestId,
  part: integer(1, 10_000),
  parts: integer(1, 10_000),
  envelope: parseDigest,
  at: parseInstant,
});
export type Delivery = Parsed<typeof parseDelivery>;

/** What a person of another organisation thinks of a break-glass. `reviewBy` as the request states it: a later review was late. */
export const parseReview = object({
  relationRef: parseRelationRef,
  requester: parseMspId,
  requestId: parseRequestId,
  outcome: parseReviewOutcome,
  by: parseParticipant,
  reviewBy: parseInstant,
  at: parseInstant,
});
export type Review = Parsed<typeof parseReview>;
