import type {
  AuditLogId,
  ClaimId,
  Commitment,
  ConsultationId,
  CoverageId,
  Digest,
  EndId,
  GroupId,
  MspId,
  RecordId,
  RedisclosureId,
  ReferralId,
  RelationRef,
  RequestId,
  StudyId,
  SubjectRef,
} from './identifiers';

// Keys are Fabric's composite keys (fabric-shim lib/stub.js createCompositeKey): U+0000, type, U+0000, then each attribute with U+0000.

/** The kinds of public keys. */
const publicKeyTypes = [
  'rules',
  'organisation',
  'patient',
  'relation',
  'consent',
  'closing',
  'group',
  'record',
  'record-status',
  'request',
  'decision',
  'delivery',
  'delegation',
  'patient-status',
  'break-glass',
  'review',
  'referral',
  'study',
  'deletion',
  'redisclosure',
  'consultation',
  'consent-notice',
  'consent-end',
  'audit-root',
  'plan',
  'coverage',
  'accumulator',
  'claim',
  'billed',
  'replacement',
  'acknowledgement',
  'adjudication',
  'appeal',
  'appeal-decision',
  'settlement',
  'payment',
] as const;
export type PublicKeyType = (typeof publicKeyTypes)[number];

/** A key taken apart. */
export interface KeyParts {
  readonly type: string;
  readonly attributes: readonly string[];
}

/** Formats a composite key. Types and attributes of the model hold no U+0000. */
export function formatKey(type: string, ...attributes: readonly string[]): string {
  return `\u0000${[type, ...attributes].join('\u0000')}\u0000`;
}

/** Takes a composite key apart; undefined when it is none. */
export function parseKey(key: string): KeyParts | undefined {
  const parts = key.split('\u0000');
  if (parts.length < 3 || parts[0] !== '' || parts.at(-1) !== '') return undefined;
  const [type = '', ...attributes] = parts.slice(1, -1);
  return { type, attributes };
}

/**
 * The name of a public entry in a table: `ref` is what entries are listed by (a relation, a record, ...), `id` tells them apart there, and
 * `number` is the version or part in it. Two keys never have one name.
 */
export interface EntryName {
  readonly type: PublicKeyType;
  readonly ref: string;
  readonly id: string;
  readonly number: number | undefined;
}

/** How many attributes a key has, how many of them make the `ref`, and whether the last one is a number. */
const keyForms: Readonly<Record<PublicKeyType, { readonly attributes: number; readonly ref: number; readonly isNumbered: boolean }>> = {
  rules: { attributes: 0, ref: 0, isNumbered: false },
  organisation: { attributes: 1, ref: 1, isNumbered: false },
  patient: { attributes: 1, ref: 1, isNumbered: false },
  relation: { attributes: 1, ref: 1, isNumbered: false },
  consent: { attributes: 2, ref: 1, isNumbered: true },
  closing: { attributes: 2, ref: 1, isNumbered: true },
  group: { attributes: 2, ref: 1, isNumbered: false },
  record: { attributes: 3, ref: 2, isNumbered: true },
  'record-status': { attributes: 2, ref: 1, isNumbered: false },
  request: { attributes: 3, ref: 1, isNumbered: false },
  decision: { attributes: 3, ref: 1, isNumbered: false },
  delivery: { attributes: 4, ref: 1, isNumbered: true },
  delegation: { attributes: 2, ref: 1, isNumbered: true },
  'patient-status': { attributes: 2, ref: 1, isNumbered: true },
  'break-glass': { attributes: 2, ref: 1, isNumbered: false },
  review: { attributes: 3, ref: 1, isNumbered: false },
  referral: { attributes: 2, ref: 1, isNumbered: false },
  study: { attributes: 1, ref: 1, isNumbered: false },
  deletion: { attributes: 4, ref: 1, isNumbered: false },
  redisclosure: { attributes: 4, ref: 1, isNumbered: false },
  consultation: { attributes: 3, ref: 1, isNumbered: false },
  'consent-notice': { attributes: 2, ref: 1, isNumbered: true },
  'consent-end': { attributes: 2, ref: 1, isNumbered: false },
  'audit-root': { attributes: 3, ref: 2, isNumbered: true },
  plan: { attributes: 3, ref: 1, isNumbered: true },
  coverage: { attributes: 3, ref: 1, isNumbered: true },
  accumulator: { attributes: 2, ref: 1, isNumbered: false },
  claim: { attributes: 2, ref: 1, isNumbered: false },
  billed: { attributes: 1, ref: 1, isNumbered: false },
  replacement: { attributes: 2, ref: 1, isNumbered: false },
  acknowledgement: { attributes: 2, ref: 1, isNumbered: false },
  adjudication: { attributes: 2, ref: 1, isNumbered: false },
  appeal: { attributes: 3, ref: 1, isNumbered: true },
  'appeal-decision': { attributes: 3, ref: 1, isNumbered: true },
  settlement: { attributes: 3, ref: 2, isNumbered: true },
  payment: { attributes: 3, ref: 2, isNumbered: true },
};
const ATTRIBUTE = /^[A-Za-z0-9_.-]{1,64}$/;
const NUMBER = /^[1-9][0-9]{0,6}$/;

/** The name of the entry under a public key; undefined for a key that is none of the model's. */
export function parseEntryName(key: string): EntryName | undefined {
  const parts = parseKey(key);
  const type = publicKeyTypes.find((known) => known === parts?.type);
  if (parts === undefined || type === undefined) return undefined;
  const { attributes } = parts;
  const form = keyForms[type];
  const last = attributes.at(-1) ?? '';
  if (attributes.length !== form.attributes || !attributes.every((one) => ATTRIBUTE.test(one))) return undefined;
  if (form.isNumbered && !NUMBER.test(last)) return undefined;
  return {
    type,
    ref: attributes.slice(0, form.ref).join('/'),
    id: attributes.slice(form.ref).join('/'),
    number: form.isNumbered ? Number(last) : undefined,
  };
}

export const rulesKey = (): string => formatKey('rules');
export const organisationKey = (mspId: MspId): string => formatKey('organisation', mspId);
export const patientKey = (subjectRef: SubjectRef): string => formatKey('patient', subjectRef);
export const relationKey = (relationRef: RelationRef): string => formatKey('relation', relationRef);
export const consentKey = (relationRef: RelationRef, version: number): string => formatKey('consent', relationRef, String(version));
/** Markers of a relation's closing; the first, unless others took its number. */
export const closingKey = (relationRef: RelationRef, number: number): string => formatKey('closing', relationRef, String(number));
/** Groups and records are a custodian's own: another member can neither close nor occupy one. */
export const groupKey = (custodian: MspId, groupId: GroupId): string => formatKey('group', custodian, groupId);
export const recordKey = (custodian: MspId, recordId: RecordId, version: number): string =>
  formatKey('record', custodian, recordId, String(version));
export const recordStatusKey = (custodian: MspId, recordId: RecordId): string => formatKey('record-status', custodian, recordId);
/** Requests, and what answers them, are the asking member's own. */
export const requestKey = (relationRef: RelationRef, requester: MspId, requestId: RequestId): string =>
  formatKey('request', relationRef, requester, requestId);
export const decisionKey = (relationRef: RelationRef, requester: MspId, requestId: RequestId): string =>
  formatKey('decision', relationRef, requester, requestId);
export const deliveryKey = (relationRef: RelationRef, requester: MspId, requestId: RequestId, part: number): string =>
  formatKey('delivery', relationRef, requester, requestId, String(part));
/** What waits for review of a member's unit. */
export const breakGlassKey = (mspId: MspId, unit: Commitment): string => formatKey('break-glass', mspId, unit);
export const reviewKey = (relationRef: RelationRef, requester: MspId, requestId: RequestId): string =>
  formatKey('review', relationRef, requester, requestId);
/** `of`: "release" for the copy that was delivered, or the id of a redisclosure. */
export const deletionKey = (relationRef: RelationRef, requester: MspId, requestId: RequestId, of: string): string =>
  formatKey('deletion', relationRef, requester, requestId, of);
export const redisclosureKey = (relationRef: RelationRef, requester: MspId, requestId: RequestId, redisclosureId: RedisclosureId): string =>
  formatKey('redisclosure', relationRef, requester, requestId, redisclosureId);
export const consultationKey = (relationRef: RelationRef, mspId: MspId, consultationId: ConsultationId): string =>
  formatKey('consultation', relationRef, mspId, consultationId);

/** That the patient was told of a version of her assisted consent. */
export const consentNoticeKey = (relationRef: RelationRef, version: number): string =>
  formatKey('consent-notice', relationRef, String(version));
/** By a random id, so that nobody can occupy the place of an end before it comes. */
export const consentEndKey = (relationRef: RelationRef, endId: EndId): string => formatKey('consent-end', relationRef, endId);

export const referralKey = (relationRef: RelationRef, referralId: ReferralId): string => formatKey('referral', relationRef, referralId);
export const studyKey = (studyId: StudyId): string => formatKey('study', studyId);
/** The key under which a member notes in its own collection which next version of the rules it approves. */
export const rulesApprovalKey = (): string => formatKey('rules-approval');

export const delegationKey = (relationRef: RelationRef, n: number): string => formatKey('delegation', relationRef, String(n));
export const patientStatusKey = (subjectRef: SubjectRef, n: number): string => formatKey('patient-status', subjectRef, String(n));

/** The roots of an organisation's audit log, from 1 on without a gap. */
export const auditRootKey = (mspId: MspId, log: AuditLogId, number: number): string => formatKey('audit-root', mspId, log, String(number));

/** Plans are an insurer's own. */
export const planKey = (insurer: MspId, planId: string, version: number): string => formatKey('plan', insurer, planId, String(version));
export const coverageKey = (relationRef: RelationRef, coverageId: CoverageId, version: number): string =>
  formatKey('coverage', relationRef, coverageId, String(version));
export const accumulatorKey = (relationRef: RelationRef, coverageId: CoverageId): string =>
  formatKey('accumulator', relationRef, coverageId);
export const claimKey = (relationRef: RelationRef, claimId: ClaimId): string => formatKey('claim', relationRef, claimId);
export const billedKey = (tag: Digest): string => formatKey('billed', tag);
/** Whether a later claim takes one's place. */
export const replacementKey = (relationRef: RelationRef, claimId: ClaimId): string => formatKey('replacement', relationRef, claimId);
export const acknowledgementKey = (relationRef: RelationRef, claimId: ClaimId): string =>
  formatKey('acknowledgement', relationRef, claimId);
export const adjudicationKey = (relationRef: RelationRef, claimId: ClaimId): string => formatKey('adjudication', relationRef, claimId);

/** The appeals of a claim, from 1 on without a gap. */
export const appealKey = (relationRef: RelationRef, claimId: ClaimId, number: number): string =>
  formatKey('appeal', relationRef, claimId, String(number));
export const appealDecisionKey = (relationRef: RelationRef, claimId: ClaimId, number: number): string =>
  formatKey('appeal-decision', relationRef, claimId, String(number));

/** The statements of a hospital and an insurer, from 1 on, and their payments. */
export const settlementKey = (hospital: MspId, insurer: MspId, number: number): string =>
  formatKey('settlement', hospital, insurer, String(number));
export const paymentKey = (hospital: MspId, insurer: MspId, number: number): string =>
  formatKey('payment', hospital, insurer, String(number));

/** The key of the marker by which an organisation is present in a transaction. */
export const presenceKey = (): string => formatKey('presence');

/** The implicit collection of an organisation. */
export const implicitCollection = (mspId: MspId): string => `_implicit_org_${mspId}`;
