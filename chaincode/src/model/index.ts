export { formatBase64url, parseBase64url } from './encoding/base64url';
export { formatCanonical, type CanonicalValue } from './encoding/canonical-json';
export { parseCanonical } from './encoding/parse-canonical';
export { isAccepted, parseJson, RequestInvalid, type Parsed, type Parser } from './encoding/parser';
export { formatUtf8, parseUtf8 } from './encoding/utf8';

export { DomainError, formatError, newError, parseError, type ErrorDetails } from './domain-error';
export { errorCategories, isErrorCategory, isErrorCode, type ErrorCode } from './error-codes';
export type { ErrorCategory } from './error-facts';
export { formatEventPayload, type EventName, type LedgerEvent } from './event';

export {
  parseActor,
  parseAuditLogId,
  parseCommitment,
  parseConsultationId,
  parseCoverageId,
  parseDigest,
  parseEndId,
  parseGroupId,
  parseMspId,
  parseClaimId,
  parseRecordId,
  parseRedisclosureId,
  parseReferralId,
  parseRelationRef,
  parseRequestId,
  parseSalt,
  parseSettlementId,
  parseStudyId,
  parseSubjectRef,
  type Actor,
  type AuditLogId,
  type ClaimId,
  type Commitment,
  type ConsultationId,
  type CoverageId,
  type Digest,
  type EndId,
  type GroupId,
  type MspId,
  type RecordId,
  type RedisclosureId,
  type ReferralId,
  type RelationRef,
  type RequestId,
  type Salt,
  type SettlementId,
  type StudyId,
  type SubjectRef,
} from './identifiers';
export { boundsOf } from './fhir-date';
export { addMinutes, epochMsOf, formatInstant, isWithin, parseInstant, parsePeriod, type Instant, type Period } from './instant';
export type { Caller } from './caller';
export { isSameKey, parseJwk, parseKeys, type Jwk, type Keys } from './jwk';

export {
  categories,
  categoryOf,
  isSensitive,
  ordinaryCategories,
  parseCategories,
  parseCategory,
  type Category,
  type SensitiveCategory,
} from './category';
export { confidentialities, type Confidentiality } from './confidentiality';
export { isCoveredBy, parsePurpose, parsePurposes, purposeParents, purposes, type Purpose } from './purpose';
export { memberRoles, parseMemberRole, parseStaffRole, staffRoles, type StaffRole } from './role';

export {
  adjudicationPreimage,
  askPreimage,
  bindingPreimage,
  claimPreimage,
  commitmentDomains,
  commitmentPreimage,
  consentDocumentPreimage,
  coveragePreimage,
  dataKeyPreimage,
  delegationPreimage,
  detailsPreimage,
  groundsPreimage,
  opinionPreimage,
  payloadPreimage,
  paymentPreimage,
  protocolPreimage,
  recipientPreimage,
  recordsPreimage,
  settlementPreimage,
  subjectPreimage,
  unitPreimage,
  usedPreimage,
  type CommitmentDomain,
  type RecordVersion,
  type ReleasedRecord,
} from './commitment';
export { parseAsk, type Ask } from './ask';
export { noticeChannels, type NoticeChannel } from './assisted';
export { parseConsentEnd, parseConsentNotice, type ConsentEnd, type ConsentNotice } from './assisted-entry';
export {
  emergencyReasons,
  parseBreakGlass,
  parseEmergency,
  reviewOutcomes,
  type BreakGlass,
  type Emergency,
  type EmergencyRules,
  type ReviewOutcome,
} from './break-glass';
export { askingRoles, askingRolesOf, asksFor, parseProof, type Proof } from './proof';
export { parseReferral, parseStudy, type Referral, type Study } from './proof-entry';
export {
  axisNames,
  parseConsentDocument,
  parseConsentSets,
  type AxisName,
  type ConsentAxes,
  type ConsentDocument,
  type ConsentException,
  type ConsentSet,
} from './consent-document';
export { confidentialityOf } from './confidentiality';
export { type Obligation } from './obligation';
export { parseFhirDate } from './fhir-date';
export {
  delegateKinds,
  delegatePowers,
  findProblemOfGrant,
  parseDelegationOpening,
  type DelegateKind,
  type DelegatePower,
  type DelegationEnd,
  type DelegationGrant,
  type DelegationOpening,
  type DelegationStatement,
} from './delegation';
export type { PatientStatus } from './patient-status';
export {
  MAX_AUTHORS,
  MAX_CODINGS,
  parseCoding,
  parseLabel,
  parseRecordDetails,
  parseReference,
  type Coding,
  type RecordDetails,
} from './record-details';
export { parseLocalName, parseRequestingPerson, type RequestingPerson } from './requesting-person';
export { formatSigned, formatSigningInput, isSameStatement, parseSigned, payloadBytes, type Signed } from './signed';
export {
  consentStatuses,
  relationKinds,
  signedPayloads,
  type Binding,
  type BindingMethod,
  type ConsentHeader,
  type CoverageStatement,
  type RelationKind,
  type SettlementStatement,
  type SignedKind,
  type SignedPayload,
  type WalletToken,
} from './signed-payload';

export {
  parseAccessRequest,
  parseClosing,
  parseConsentEntry,
  parseDecision,
  parseDelegationEntry,
  parseDelivery,
  parseEncryptionKey,
  parseGroup,
  parseOrganisation,
  parsePatientEntry,
  parsePatientStatusEntry,
  parseRecordAnchor,
  parseRecordStatus,
  parseRelationEntry,
  parseReview,
  parseRules,
  recordStatuses,
  type AccessRequest,
  type Closing,
  type ConsentEntry,
  type Decision,
  type DelegationEntry,
  type Delivery,
  type EncryptionKey,
  type Group,
  type Organisation,
  type Participant,
  type PatientEntry,
  type PatientStatusEntry,
  type RecordAnchor,
  type RecordStatus,
  type RelationEntry,
  type Review,
  type Rules,
  type RulesDocument,
  type Witness,
} from './entry';
export { deletionReasons, type DeletionReason, type DeletionReceipt, type DisclosureReceipt } from './receipt';
export { parseConsultation, parseDeletion, parseRedisclosure, type Consultation, type Deletion, type Redisclosure } from './release-entry';
export { parseAuditRoot, parseAuditRootStatement, type AuditRoot, type AuditRootStatement } from './audit-root';
export { findProblemOfAuditProof, parseAuditProof, type AuditProof, type AuditProofProblem } from './audit-proof';
export { hashChildren, hashLeaf, isConsistent, isIncluded, leftSize, MAX_PROOF, type Sha256, type TreeHead } from './merkle';
export {
  accumulatorKey,
  acknowledgementKey,
  adjudicationKey,
  appealDecisionKey,
  appealKey,
  auditRootKey,
  billedKey,
  breakGlassKey,
  claimKey,
  closingKey,
  consentEndKey,
  consentKey,
  consentNoticeKey,
  consultationKey,
  coverageKey,
  decisionKey,
  delegationKey,
  deletionKey,
  deliveryKey,
  formatKey,
  groupKey,
  implicitCollection,
  organisationKey,
  parseEntryName,
  parseKey,
  patientKey,
  patientStatusKey,
  paymentKey,
  planKey,
  presenceKey,
  recordKey,
  recordStatusKey,
  redisclosureKey,
  referralKey,
  relationKey,
  replacementKey,
  requestKey,
  reviewKey,
  rulesApprovalKey,
  rulesKey,
  settlementKey,
  studyKey,
  type EntryName,
  type KeyParts,
  type PublicKeyType,
} from './keys';
export {
  adjudicationRef,
  appealNoticeRef,
  appealOpinionRef,
  appealRef,
  askRef,
  bindingRef,
  claimRef,
  consentDocumentRef,
  coverageRef,
  decisionRef,
  delegationRef,
  deliveryRef,
  explanationRef,
  identityRef,
  noticeRef,
  parseSealedRef,
  type DeliveredRef,
  paymentRef,
  privateKey,
  recordRef,
  redisclosureNoticeRef,
  redisclosureRef,
  settlementRef,
  type SealedRef,
} from './sealed';

export {
  MAX_BATCH,
  MAX_CLAIMS,
  MAX_CONSULTATIONS,
  MAX_RELEASE,
  MAX_SEALED_VALUES,
  requests,
  type TransactionName,
  type TransactionRequest,
} from './request';
export { type AnchoredGroup, type RulesApprovals, type SealedValue, type TransactionResponse, type TransactionResponses } from './response';
export { TRANSIENT_FIELD, transientInputs, type TransientInput, type TransientName } from './transient';

export { findReasonAgainstBasis } from './rule/legal-basis';
export {
  continuePatient,
  isConsentSigned,
  trustConsent,
  trustRelation,
  type Delegates,
  type StatementVerifier,
} from './rule/trust-statement';
export type { Guardians, Hold, OpenRecovery } from './recovery';
export {
  approveRecovery,
  completeRecovery,
  nameGuardians,
  openRecovery,
  placeHold,
  veto,
  withoutHold,
  type PatientVerifier,
} from './rule/recovery-steps';
export {
  findEnds,
  findGrant,
  findProblemOfConsent,
  findProblemOfDelegate,
  isKeyOf,
  trustDelegation,
  type DelegateAct,
  type DelegateProblem,
  type Delegation,
} from './rule/trust-delegation';
export { isAppealSigned } from './rule/trust-appeal';
export { trustCoverage } from './rule/trust-coverage';
export { isOfficial } from './rule/trust-official';
export { trustPatientStatus } from './rule/trust-patient-status';
export { provingClaimOf, type ProofFacts, type ProvingClaim } from './rule/purpose-proof';
export { type Assistance } from './rule/assisted';
export { isBreakGlass, isOwnDocument } from './rule/break-glass';
export {
  accessReasons,
  decideAccess,
  decideByConsent,
  findReasonAgainst,
  specificityOf,
  type AccessDecision,
  type AccessQuestion,
  type ConsentQuestion,
  type AccessReason,
} from './rule/decide-access';
export { basisOf, findEnding, isEnding, type Ending, type ReleaseBasis } from './rule/ending';
export { isReceiptOf, receiptOf, trustAuditRoot, trustDeletion, trustReceipt } from './rule/trust-receipt';
export { nextChangeOf } from './rule/next-change';

export * from './claims';
