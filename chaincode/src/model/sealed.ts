import { RequestInvalid, object, oneOf, text, type Parsed, type Parser } from './encoding/parser';
import type { ClaimId, CoverageId, RecordId, RedisclosureId, RelationRef, RequestId, SettlementId, SubjectRef } from './identifiers';
import { formatKey } from './keys';

/** Sealed values: what they hold, and with it who may write them. */
const sealedKinds = [
  'record',
  'identity',
  'binding',
  'consent-document',
  'ask',
  'decision',
  'notice',
  'delivery',
  'delegation',
  'redisclosure',
  'redisclosure-notice',
  'coverage',
  'claim',
  'adjudication',
  'explanation',
  'appeal',
  'appeal-opinion',
  'appeal-notice',
  'settlement',
  'payment',
] as const;

/**
 * Names a sealed value inside an organisation's implicit collection: what it is, of what, and which one. `kind`, `ref` and `id` also stand
 * in the `info` that the value is sealed with.
 */
const parseSealedShape = object({
  kind: oneOf(sealedKinds),
  ref: text(/^[A-Za-z0-9_-]{22,64}$/, '22 to 64 base64url characters'),
  id: text(/^[A-Za-z0-9_-]{1,64}(\.[1-9][0-9]{0,4})?$/, 'a version, a request id, or a request id with a part'),
});
export type SealedRef = Parsed<typeof parseSealedShape>;

const VERSION = /^[1-9][0-9]{0,6}$/;
const REQUEST = /^[A-Za-z0-9_-]{22,64}$/;
const REQUEST_PART = /^[A-Za-z0-9_-]{22,64}\.[1-9][0-9]{0,4}$/;
const ONLY = /^1$/;

/** Which form `id` has, per kind. */
const idForms: Readonly<Record<SealedRef['kind'], RegExp>> = {
  record: VERSION,
  identity: ONLY,
  binding: ONLY,
  'consent-document': VERSION,
  ask: REQUEST,
  decision: REQUEST,
  notice: REQUEST,
  delivery: REQUEST_PART,
  delegation: VERSION,
  redisclosure: REQUEST,
  'redisclosure-notice': REQUEST,
  coverage: REQUEST_PART,
  claim: REQUEST,
  adjudication: REQUEST_PART,
  explanation: REQUEST_PART,
  appeal: REQUEST_PART,
  'appeal-opinion': REQUEST_PART,
  'appeal-notice': REQUEST_PART,
  settlement: ONLY,
  payment: ONLY,
};

export const parseSealedRef: Parser<SealedRef> = (value, place) => {
  const ref = parseSealedShape(value, place);
  if (!idForms[ref.kind].test(ref.id)) throw new RequestInvalid(`${place}.id`, 'in the form of its kind');
  return ref;
};

/** Kinds that follow their public entry (`StoreSealed`); all others are stored by the transaction that makes the entry. */
const parseDeliveredKind = oneOf([
  ...(['identity', 'binding', 'consent-document', 'ask', 'delegation', 'coverage'] as const),
  ...(['claim', 'adjudication', 'explanation', 'appeal', 'appeal-opinion', 'appeal-notice'] as const),
] as const);
export type DeliveredRef = SealedRef & { readonly kind: Parsed<typeof parseDeliveredKind> };

export const parseDeliveredRef: Parser<DeliveredRef> = (value, place) => {
  const ref = parseSealedRef(value, place);
  return { ...ref, kind: parseDeliveredKind(ref.kind, `${place}.kind`) };
};

export const recordRef = (recordId: RecordId, version: number): SealedRef => ({
  kind: 'record',
  ref: recordId,
  id: String(version),
});
export const identityRef = (subjectRef: SubjectRef): SealedRef => ({ kind: 'identity', ref: subjectRef, id: '1' });
export const bindingRef = (relationRef: RelationRef): SealedRef => ({ kind: 'binding', ref: relationRef, id: '1' });
export const consentDocumentRef = (relationRef: RelationRef, version: number): SealedRef => ({
  kind: 'consent-document',
  ref: relationRef,
  id: String(version),
});
export const askRef = (relationRef: RelationRef, requestId: RequestId): SealedRef => ({ kind: 'ask', ref: relationRef, id: requestId });
export const decisionRef = (relationRef: RelationRef, requestId: RequestId): SealedRef => ({
  kind: 'decision',
  ref: relationRef,
  id: requestId,
});
export const noticeRef = (relationRef: RelationRef, requestId: RequestId): SealedRef => ({
  kind: 'notice',
  ref: relationRef,
  id: requestId,
});
export const deliveryRef = (relationRef: RelationRef, requestId: RequestId, part: number): SealedRef => ({
  kind: 'delivery',
  ref: relationRef,
  id: `${requestId}.${String(part)}`,
});
/** What a redisclosure commits to, sealed to custodian and counterparty. */
export const redisclosureRef = (relationRef: RelationRef, redisclosureId: RedisclosureId): SealedRef => ({
  kind: 'redisclosure',
  ref: relationRef,
  id: redisclosureId,
});
/** The same, sealed to the patient, in the custodian's collection. */
export const redisclosureNoticeRef = (relationRef: RelationRef, redisclosureId: RedisclosureId): SealedRef => ({
  kind: 'redisclosure-notice',
  ref: relationRef,
  id: redisclosureId,
});

export const delegationRef = (relationRef: RelationRef, n: number): SealedRef => ({ kind: 'delegation', ref: relationRef, id: String(n) });

/** The terms of a version of a coverage, as the patient signed them. */
export const coverageRef = (relationRef: RelationRef, coverageId: CoverageId, version: number): SealedRef => ({
  kind: 'coverage',
  ref: relationRef,
  id: `${coverageId}.${String(version)}`,
});
export const claimRef = (relationRef: RelationRef, claimId: ClaimId): SealedRef => ({ kind: 'claim', ref: relationRef, id: claimId });
export const adjudicationRef = (relationRef: RelationRef, claimId: ClaimId, n: number): SealedRef => ({
  kind: 'adjudication',
  ref: relationRef,
  id: `${claimId}.${String(n)}`,
});
/** The same document sealed to the patient, in the hospital's collection. */
export const explanationRef = (relationRef: RelationRef, claimId: ClaimId, n: number): SealedRef => ({
  kind: 'explanation',
  ref: relationRef,
  id: `${claimId}.${String(n)}`,
});

/** The grounds of an appeal. */
export const appealRef = (relationRef: RelationRef, claimId: ClaimId, number: number): SealedRef => ({
  kind: 'appeal',
  ref: relationRef,
  id: `${claimId}.${String(number)}`,
});
/** The reasons of its decision. */
export const appealOpinionRef = (relationRef: RelationRef, claimId: ClaimId, number: number): SealedRef => ({
  kind: 'appeal-opinion',
  ref: relationRef,
  id: `${claimId}.${String(number)}`,
});
/** The same reasons sealed to the patient, in the hospital's collection. */
export const appealNoticeRef = (relationRef: RelationRef, claimId: ClaimId, number: number): SealedRef => ({
  kind: 'appeal-notice',
  ref: relationRef,
  id: `${claimId}.${String(number)}`,
});
/** The statement of a hospital and an insurer, and its payment, sealed to both. */
export const settlementRef = (settlementId: SettlementId): SealedRef => ({ kind: 'settlement', ref: settlementId, id: '1' });
export const paymentRef = (settlementId: SettlementId): SealedRef => ({ kind: 'payment', ref: settlementId, id: '1' });

/** The private key of a sealed value. */
export const privateKey = ({ kind, ref, id }: SealedRef): string => formatKey('sealed', kind, ref, id);
