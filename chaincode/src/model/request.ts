import { distinct, flag, integer, list, nullable, object, oneOf, optional, text, type Parsed } from './encoding/parser';
import { parseNoticeChannel } from './assisted';
import { auditRootName } from './audit-root';
import { parseReviewOutcome } from './break-glass';
import { appealShape, parsePaperDigests } from './claims/appeal';
import { parseAppealOutcome } from './claims/appeal-entry';
import { parseBenefitPlan } from './claims/benefit-plan';
import { parseClaimUse, parseRelatedClaim } from './claims/claim-body';
import { parseCoverageStatus, returnReasons } from './claims/claim-entry';
import { parsePartId } from './claims/services';
import { settlementName } from './claims/settlement-document';
import { parseEncryptionKey, parseRulesDocument, recordStatuses, rulesShape } from './entry';
import {
  parseActor,
  parseClaimId,
  parseCommitment,
  parseConsultationId,
  parseCoverageId,
  parseDigest,
  parseEndId,
  parseGroupId,
  parseMspId,
  parseRecordId,
  parseRedisclosureId,
  parseRelationRef,
  parseReferralId,
  parseRequestId,
  parseStudyId,
  parseSubjectRef,
} from './identifiers';
import { parseInstant, parsePeriod } from './instant';
import { parseJwk } from './jwk';
import { MAX_PROOF } from './merkle';
import { parseProof } from './proof';
import { parsePurpose, parsePurposes } from './purpose';
import { parseStaffRole } from './role';
import { parseDeliveredRef, parseSealedRef } from './sealed';
import { parseSealedDigests } from './signed-payload';

// The one argument of each transaction. Nothing here may be plaintext of a payload, details, binding, document or ask: arguments are public.

/** Records per StoreRecords, AnchorRecords (over all its groups) or DeleteRecords. */
export const MAX_BATCH = 200;
/** Records per decision. */
export const MAX_RELEASE = 5000;
/** Claims per AcknowledgeClaims or AdjudicateClaims. */
export const MAX_CLAIMS = 50;
/** Sealed values of one transaction: the two documents of each of its claims. */
export const MAX_SEALED_VALUES = 2 * MAX_CLAIMS;
/** Tags per claim: one for each line. */
const MAX_TAGS = 1000;
/** Consultations per RecordConsultations. */
export const MAX_CONSULTATIONS = 50;

const version = integer(1, 1_000_000);
const jws = text(/^[A-Za-z0-9_.-]{1,8192}$/, 'a compact JWS');
const recordVersion = object({ recordId: parseRecordId, version });

const anchoring = object({
  recordId: parseRecordId,
  version,
  subject: nullable(parseCommitment),
  payload: parseCommitment,
  details: parseCommitment,
  dataKey: parseCommitment,
  ciphertext: parseDigest,
});

/** Records of one group, some or all of its `size`; `whole` when they are all. */
const groupPart = object({ groupId: parseGroupId, whole: flag, size: integer(1, 1_000_000), records: list(anchoring, 1, MAX_BATCH) });

const consultation = object({
  consultationId: parseConsultationId,
  role: parseStaffRole,
  purpose: nullable(parsePurpose),
  consultedAt: parseInstant,
});

const claimName = { relationRef: parseRelationRef, claimId: parseClaimId };

/** The request of every transaction, by its name. */
export const requests = {
  /** The next version. `approvedBy`: members that approved this very document, enough of them; left out of the first version alone. */
  AdoptRules: object({ ...rulesShape, approvedBy: optional(distinct(parseMspId, 1, 200)) }),
  ApproveRules: parseRulesDocument,
  RegisterOrganisation: object({ encryption: list(parseEncryptionKey, 1, 10), signing: parseJwk }),
  RegisterPatient: object({ registration: jws }),
  ReplacePatientKeys: object({ replacement: jws }),
  NameGuardians: object({ guardians: jws }),
  PlaceHold: object({ hold: jws }),
  OpenRecovery: object({ opening: jws, keys: jws }),
  ApproveRecovery: object({ approval: jws }),
  Veto: object({ veto: jws }),
  CompleteRecovery: object({ completion: jws }),
  /** `witness`, with a version in force of an assisted consent: the pseudonym of the person who calls. */
  RegisterRelation: object({ relation: jws, consent: jws, witness: optional(parseActor) }),
  RecordConsent: object({ consent: jws, witness: optional(parseActor) }),
  RecordNotice: object({ relationRef: parseRelationRef, version, channel: parseNoticeChannel, person: parseActor }),
  /** `version`: the newest. */
  EndAssistedConsent: object({ relationRef: parseRelationRef, version, endId: parseEndId }),
  RecordDelegation: object({ delegation: jws }),
  /** `confirmation`: the same statement as the authority signed it. */
  AppointDelegate: object({ delegation: jws, confirmation: jws }),
  SetPatientStatus: object({ status: jws, confirmation: nullable(jws) }),
  StoreRecords: object({}),
  AnchorRecords: object({ groups: list(groupPart, 1, MAX_BATCH) }),
  CloseGroup: object({ groupId: parseGroupId, size: integer(1, 1_000_000) }),
  /** `record`: any one of the group, which tells whether it was anchored whole. */
  AbandonGroup: object({ groupId: parseGroupId, record: recordVersion }),
  SetRecordStatus: object({ recordId: parseRecordId, status: oneOf(recordStatuses) }),
  DeleteRecords: object({ groupId: parseGroupId, records: list(recordVersion, 1, MAX_BATCH) }),
  RequestAccess: object({
    relationRef: parseRelationRef,
    requestId: parseRequestId,
    purpose: parsePurpose,
    proof: nullable(parseProof),
    ask: parseCommitment,
    /** Declares an emergency: the pseudonym of the department that does. */
    unit: optional(parseCommitment),
  }),
  ReviewBreakGlass: object({
    relationRef: parseRelationRef,
    requester: parseMspId,
    requestId: parseRequestId,
    outcome: parseReviewOutcome,
  }),
  DecideRelease: object({ relationRef: parseRelationRef, requestId: parseRequestId, consentVersion: version }),
  RefuseAccess: object({ relationRef: parseRelationRef, requestId: parseRequestId, consentVersion: version }),
  DeliverRecords: object({
    relationRef: parseRelationRef,
    requestId: parseRequestId,
    part: integer(1, 10_000),
    parts: integer(1, 10_000),
  }),
  RegisterReferral: object({ relationRef: parseRelationRef, referralId: parseReferralId, validity: parsePeriod }),
  EndReferral: object({ relationRef: parseRelationRef, referralId: parseReferralId }),
  ApproveStudy: object({
    studyId: parseStudyId,
    sponsors: distinct(parseMspId, 1, 50),
    purposes: parsePurposes,
    validity: parsePeriod,
    protocol: parseCommitment,
  }),
  EndStudy: object({ studyId: parseStudyId }),
  GetReferral: object({ relationRef: parseRelationRef, referralId: parseReferralId }),
  GetStudy: object({ studyId: parseStudyId }),
  RecordDeletion: object({ deletion: jws }),
  RecordRedisclosure: object({
    relationRef: parseRelationRef,
    requestId: parseRequestId,
    redisclosureId: parseRedisclosureId,
    recipient: parseCommitment,
    purpose: parsePurpose,
    consentVersion: version,
  }),
  /** Of one relation, so that no transaction tells which relations were looked at together. */
  RecordConsultations: object({ relationRef: parseRelationRef, consultations: list(consultation, 1, MAX_CONSULTATIONS) }),
  /** `consistency`: that the tree goes on from the one anchored before (merkle.ts); empty for the first. */
  AnchorAuditRoot: object({ root: jws, consistency: list(parseDigest, 0, MAX_PROOF) }),
  /** The next version of a plan, whole: it is public. */
  PublishPlan: object({ plan: parseBenefitPlan }),
  /** `coverage`: the patient's statement of the terms that count, of this version or of an earlier one. */
  RecordCoverage: object({
    relationRef: parseRelationRef,
    coverageId: parseCoverageId,
    version,
    status: parseCoverageStatus,
    coverage: jws,
  }),
  SubmitClaim: object({
    ...claimName,
    use: parseClaimUse,
    coverageId: parseCoverageId,
    related: nullable(parseRelatedClaim),
    body: parseCommitment,
    sealed: parseSealedDigests,
    tags: distinct(parseDigest, 0, MAX_TAGS),
  }),
  AcknowledgeClaims: object({
    relationRef: parseRelationRef,
    claims: list(object({ claimId: parseClaimId, reason: nullable(oneOf(returnReasons)) }), 1, MAX_CLAIMS),
  }),
  /** `person`: the pseudonym of the person who decided, where the rule alone did not. */
  AdjudicateClaims: object({
    relationRef: parseRelationRef,
    coverageId: parseCoverageId,
    coverageVersion: version,
    claims: list(object({ claimId: parseClaimId }), 1, MAX_CLAIMS),
    person: nullable(parseActor),
  }),
  /** A second person of the insurer agrees to adjudication `n`. */
  ConfirmAdjudication: object({ ...claimName, n: version, person: parseActor }),
  /** `statement`: the patient's; null where the hospital appeals. */
  AppealClaim: object({ ...appealShape, statement: nullable(jws) }),
  DecideAppeal: object({
    ...claimName,
    number: version,
    outcome: parseAppealOutcome,
    opinion: parseCommitment,
    sealed: parsePaperDigests,
    notice: parseDigest,
    person: parseActor,
  }),
  /** `statement`: signed by the insurer, and the same by the hospital. */
  ProposeSettlement: object({ statement: jws }),
  SignSettlement: object({ statement: jws }),
  NotifyPayment: object({ ...settlementName, document: parseCommitment }),
  /** The hospital has the money. */
  ClearPayment: object(settlementName),
  /** Values for one organisation. */
  StoreSealed: object({
    organisation: parseMspId,
    keys: list(parseDeliveredRef, 1, MAX_SEALED_VALUES),
  }),
  ReadSealed: object({ keys: list(parseSealedRef, 1, 600) }),
  /** The rules in force, or an earlier version of them. */
  GetRules: object({ version: optional(version) }),
  GetRulesApprovals: parseRulesDocument,
  GetOrganisation: object({ mspId: parseMspId }),
  GetOrganisations: object({}),
  GetPatient: object({ subjectRef: parseSubjectRef }),
  GetRelation: object({ relationRef: parseRelationRef }),
  GetAssistance: object({ relationRef: parseRelationRef, version }),
  GetConsents: object({ relationRef: parseRelationRef }),
  GetDelegations: object({ relationRef: parseRelationRef }),
  GetPatientStatus: object({ subjectRef: parseSubjectRef }),
  GetGroup: object({ custodian: parseMspId, groupId: parseGroupId }),
  GetRecordAnchor: object({ custodian: parseMspId, recordId: parseRecordId, version }),
  GetRecordStatus: object({ custodian: parseMspId, recordId: parseRecordId }),
  GetRequest: object({ relationRef: parseRelationRef, requester: parseMspId, requestId: parseRequestId }),
  GetDecision: object({ relationRef: parseRelationRef, requester: parseMspId, requestId: parseRequestId }),
  GetReview: object({ relationRef: parseRelationRef, requester: parseMspId, requestId: parseRequestId }),
  GetAuditRoot: object(auditRootName),
  GetPlan: object({ insurer: parseMspId, planId: parsePartId, version }),
  GetCoverages: object({ relationRef: parseRelationRef, coverageId: parseCoverageId }),
  GetClaim: object(claimName),
  GetAppeals: object(claimName),
  GetSettlement: object(settlementName),
  GetDelivery: object({
    relationRef: parseRelationRef,
    requester: parseMspId,
    requestId: parseRequestId,
    part: integer(1, 10_000),
  }),
} as const;

export type TransactionName = keyof typeof requests;
export type TransactionRequest<N extends TransactionName> = Parsed<(typeof requests)[N]>;
