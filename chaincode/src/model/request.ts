import { flag, integer, list, nullable, object, oneOf, table, text, type Parsed } from './encoding/parser';
import { parseDeadlines, parseEncryptionKey, recordStatuses } from './entry';
import {
  parseCommitment,
  parseDigest,
  parseGroupId,
  parseMspId,
  parseRecordId,
  parseRelationRef,
  parseRequestId,
  parseSubjectRef,
} from './identifiers';
import { parseJwk } from './jwk';
import { parsePurpose, parsePurposes } from './purpose';
import { parseMemberRole } from './role';
import { parseSealedRef } from './sealed';

// The one argument of each transaction. Nothing here may be plaintext of a payload, details, binding, document or ask: arguments are public.

/** Records per StoreRecords, AnchorRecords (over all its groups) or DeleteRecords. */
export const MAX_BATCH = 200;
/** Records per decision. */
export const MAX_RELEASE = 5000;

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

/** The request of every transaction, by its name. */
export const requests = {
  AdoptRules: object({
    purposes: parsePurposes,
    roles: table(parseMspId, parseMemberRole, 200),
    deadlines: parseDeadlines,
  }),
  RegisterOrganisation: object({ encryption: list(parseEncryptionKey, 1, 10), signing: parseJwk }),
  RegisterPatient: object({ registration: jws }),
  ReplacePatientKeys: object({ replacement: jws }),
  NameGuardians: object({ guardians: jws }),
  PlaceHold: object({ hold: jws }),
  OpenRecovery: object({ opening: jws, keys: jws }),
  ApproveRecovery: object({ approval: jws }),
  Veto: object({ veto: jws }),
  CompleteRecovery: object({ completion: jws }),
  RegisterRelation: object({ relation: jws, consent: jws }),
  RecordConsent: object({ consent: jws }),
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
    ask: parseCommitment,
  }),
  DecideRelease: object({ relationRef: parseRelationRef, requestId: parseRequestId, consentVersion: version }),
  RefuseAccess: object({ relationRef: parseRelationRef, requestId: parseRequestId, consentVersion: version }),
  DeliverRecords: object({
    relationRef: parseRelationRef,
    requestId: parseRequestId,
    part: integer(1, 10_000),
    parts: integer(1, 10_000),
  }),
  StoreSealed: object({
    organisation: parseMspId,
    kind: oneOf(['identity', 'binding', 'consent-document', 'ask']),
    ref: text(/^[A-Za-z0-9_-]{22,64}$/, '22 to 64 base64url characters'),
    id: text(/^[A-Za-z0-9_-]{1,64}$/, 'a version or a request id'),
  }),
  ReadSealed: object({ keys: list(parseSealedRef, 1, 600) }),
  GetRules: object({}),
  GetOrganisation: object({ mspId: parseMspId }),
  GetOrganisations: object({}),
  GetPatient: object({ subjectRef: parseSubjectRef }),
  GetRelation: object({ relationRef: parseRelationRef }),
  GetConsents: object({ relationRef: parseRelationRef }),
  GetGroup: object({ custodian: parseMspId, groupId: parseGroupId }),
  GetRecordAnchor: object({ custodian: parseMspId, recordId: parseRecordId, version }),
  GetRecordStatus: object({ custodian: parseMspId, recordId: parseRecordId }),
  GetRequest: object({ relationRef: parseRelationRef, requester: parseMspId, requestId: parseRequestId }),
  GetDecision: object({ relationRef: parseRelationRef, requester: parseMspId, requestId: parseRequestId }),
  GetDelivery: object({
    relationRef: parseRelationRef,
    requester: parseMspId,
    requestId: parseRequestId,
    part: integer(1, 10_000),
  }),
} as const;

export type TransactionName = keyof typeof requests;
export type TransactionRequest<N extends TransactionName> = Parsed<(typeof requests)[N]>;
