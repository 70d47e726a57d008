export { formatBase64url, parseBase64url } from './encoding/base64url';
export { formatCanonical, type CanonicalValue } from './encoding/canonical-json';
export { parseJson, RequestInvalid, type Parsed, type Parser } from './encoding/parser';
export { formatUtf8, parseUtf8 } from './encoding/utf8';

export { DomainError, formatError, newError, parseError, type ErrorDetails } from './domain-error';
export { errorCategories, isErrorCategory, isErrorCode, type ErrorCategory, type ErrorCode } from './error-codes';
export { formatEventPayload, type EventName, type LedgerEvent } from './event';

export {
  parseActor,
  parseCommitment,
  parseDigest,
  parseGroupId,
  parseMspId,
  parseRecordId,
  parseRelationRef,
  parseRequestId,
  parseSalt,
  parseSubjectRef,
  type Actor,
  type Commitment,
  type Digest,
  type GroupId,
  type MspId,
  type RecordId,
  type RelationRef,
  type RequestId,
  type Salt,
  type SubjectRef,
} from './identifiers';
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
export { isCoveredBy, parsePurpose, parsePurposes, purposeParents, purposes, type Purpose } from './purpose';
export { memberRoles, parseMemberRole, parseStaffRole, staffRoles, type StaffRole } from './role';

export {
  askPreimage,
  bindingPreimage,
  commitmentDomains,
  commitmentPreimage,
  consentDocumentPreimage,
  dataKeyPreimage,
  detailsPreimage,
  payloadPreimage,
  recordsPreimage,
  subjectPreimage,
  type CommitmentDomain,
  type RecordVersion,
} from './commitment';
export { parseAsk, type Ask } from './ask';
export { parseConsentDocument, type ConsentAxes, type ConsentDocument, type ConsentException, type ConsentSet } from './consent-document';
export { MAX_AUTHORS, MAX_CODINGS, parseRecordDetails, type Coding, type RecordDetails } from './record-details';
export { parseRequestingPerson, type RequestingPerson } from './requesting-person';
export { formatSigned, formatSigningInput, isSameStatement, parseSigned, payloadBytes, type Signed } from './signed';
export {
  consentStatuses,
  relationKinds,
  signedPayloads,
  type Binding,
  type BindingMethod,
  type ConsentHeader,
  type RelationKind,
  type SignedKind,
  type SignedPayload,
  type WalletToken,
} from './signed-payload';

export {
  parseAccessRequest,
  parseConsentEntry,
  parseDecision,
  parseDelivery,
  parseEncryptionKey,
  parseGroup,
  parseOrganisation,
  parsePatientEntry,
  parseRecordAnchor,
  parseRecordStatus,
  parseRelationEntry,
  parseRules,
  recordStatuses,
  type AccessRequest,
  type ConsentEntry,
  type Decision,
  type Delivery,
  type EncryptionKey,
  type Group,
  type Organisation,
  type Participant,
  type PatientEntry,
  type RecordAnchor,
  type RecordStatus,
  type RelationEntry,
  type Rules,
} from './entry';
export {
  consentKey,
  decisionKey,
  deliveryKey,
  formatKey,
  groupKey,
  implicitCollection,
  organisationKey,
  parseEntryName,
  parseKey,
  patientKey,
  presenceKey,
  recordKey,
  recordStatusKey,
  relationKey,
  requestKey,
  rulesKey,
  type EntryName,
  type KeyParts,
  type PublicKeyType,
} from './keys';
export {
  askRef,
  bindingRef,
  consentDocumentRef,
  decisionRef,
  deliveryRef,
  identityRef,
  noticeRef,
  parseSealedRef,
  privateKey,
  recordRef,
  type SealedRef,
} from './sealed';

export { MAX_BATCH, MAX_RELEASE, requests, type TransactionName, type TransactionRequest } from './request';
export { type AnchoredGroup, type SealedValue, type TransactionResponse, type TransactionResponses } from './response';
export { TRANSIENT_FIELD, transientInputs, type TransientInput, type TransientName } from './transient';

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
export { continuePatient, isConsentSigned, trustConsent, trustRelation, type StatementVerifier } from './rule/trust-statement';
export {
  accessReasons,
  decideAccess,
  findReasonAgainst,
  type AccessDecision,
  type AccessQuestion,
  type AccessReason,
  type Obligation,
} from './rule/decide-access';
