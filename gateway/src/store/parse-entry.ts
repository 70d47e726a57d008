import {
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
  consentKey,
  consultationKey,
  coverageKey,
  decisionKey,
  delegationKey,
  deletionKey,
  deliveryKey,
  groupKey,
  organisationKey,
  parseAccessRequest,
  parseAccumulatorEntry,
  parseAcknowledgement,
  parseAdjudicationEntry,
  parseAppealDecision,
  parseAppealEntry,
  parseAuditRoot,
  parseBilledItem,
  parseBreakGlass,
  parseClaimEntry,
  parseClosing,
  parseConsentEntry,
  parseConsultation,
  parseCoverageEntry,
  parseDecision,
  parseDelegationEntry,
  parseDeletion,
  parseDelivery,
  parseEntryName,
  parseGroup,
  parseJson,
  parseOrganisation,
  parsePatientEntry,
  parsePatientStatusEntry,
  parsePaymentEntry,
  parsePlanEntry,
  parseRecordAnchor,
  parseRecordStatus,
  parseReferral,
  parseRedisclosure,
  parseRelationEntry,
  parseReplacement,
  parseReview,
  parseRules,
  parseSettlementEntry,
  parseStudy,
  patientKey,
  patientStatusKey,
  paymentKey,
  planKey,
  recordKey,
  referralKey,
  redisclosureKey,
  relationKey,
  replacementKey,
  requestKey,
  reviewKey,
  rulesKey,
  settlementKey,
  type AccumulatorEntry,
  type Acknowledgement,
  type AdjudicationEntry,
  type AppealDecision,
  type AppealEntry,
  type AuditRoot,
  type BilledItem,
  type BreakGlass,
  studyKey,
  type ClaimEntry,
  type Closing,
  consentEndKey,
  consentNoticeKey,
  parseConsentEnd,
  parseConsentNotice,
  type ConsentEnd,
  type ConsentEntry,
  type ConsentNotice,
  type Consultation,
  type CoverageEntry,
  type Decision,
  type Deletion,
  type AccessRequest,
  type DelegationEntry,
  type Delivery,
  type EntryName,
  type Group,
  type Organisation,
  type Parser,
  type PatientEntry,
  type PatientStatusEntry,
  type PaymentEntry,
  type PlanEntry,
  type PublicKeyType,
  type RecordAnchor,
  type RecordStatus,
  type Referral,
  type Redisclosure,
  type RelationEntry,
  type Replacement,
  type Review,
  type Rules,
  type SettlementEntry,
  type Study,
} from '@medaccord/chaincode/model';

/** What each kind of public entry holds. */
export interface Entries {
  rules: Rules;
  organisation: Organisation;
  patient: PatientEntry;
  relation: RelationEntry;
  consent: ConsentEntry;
  closing: Closing;
  group: Group;
  record: RecordAnchor;
  'record-status': RecordStatus;
  request: AccessRequest;
  decision: Decision;
  delivery: Delivery;
  delegation: DelegationEntry;
  'patient-status': PatientStatusEntry;
  'break-glass': BreakGlass;
  review: Review;
  referral: Referral;
  study: Study;
  deletion: Deletion;
  redisclosure: Redisclosure;
  consultation: Consultation;
  'consent-notice': ConsentNotice;
  'consent-end': ConsentEnd;
  'audit-root': AuditRoot;
  plan: PlanEntry;
  coverage: CoverageEntry;
  accumulator: AccumulatorEntry;
  claim: ClaimEntry;
  billed: BilledItem;
  replacement: Replacement;
  acknowledgement: Acknowledgement;
  adjudication: AdjudicationEntry;
  appeal: AppealEntry;
  'appeal-decision': AppealDecision;
  settlement: SettlementEntry;
  payment: PaymentEntry;
}

/** An entry whose value has the shape of its kind and names the very key that it stands under. */
export type NamedEntry = {
  [T in PublicKeyType]: { readonly type: T; readonly name: EntryName; readonly value: Entries[T] };
}[PublicKeyType];

interface Form<T> {
  readonly parse: Parser<T>;
  /** Whether the value names the key that it stands under. */
  readonly isOf: (value: T, key: string) => boolean;
}

const forms: { readonly [T in PublicKeyType]: Form<Entries[T]> } = {
  rules: { parse: parseRules, isOf: (_value, key) => key === rulesKey() },
  organisation: { parse: parseOrganisation, isOf: ({ mspId }, key) => key === organisationKey(mspId) },
  patient: { parse: parsePatientEntry, isOf: ({ subjectRef }, key) => key === patientKey(subjectRef) },
  relation: { parse: parseRelationEntry, isOf: ({ relationRef }, key) => key === relationKey(relationRef) },
  consent: { parse: parseConsentEntry, isOf: ({ relationRef, version }, key) => key === consentKey(relationRef, version) },
  closing: { parse: parseClosing, isOf: ({ relationRef, number }, key) => key === closingKey(relationRef, number) },
  group: { parse: parseGroup, isOf: ({ custodian, groupId }, key) => key === groupKey(custodian, groupId) },
  record: { parse: parseRecordAnchor, isOf: ({ custodian, recordId, version }, key) => key === recordKey(custodian, recordId, version) },
  'record-status': { parse: parseRecordStatus, isOf: ({ recordId }, key) => parseEntryName(key)?.id === recordId },
  request: {
    parse: parseAccessRequest,
    isOf: ({ relationRef, by, requestId }, key) => key === requestKey(relationRef, by.mspId, requestId),
  },
  decision: {
    parse: parseDecision,
    isOf: ({ relationRef, requester, requestId }, key) => key === decisionKey(relationRef, requester, requestId),
  },
  delegation: { parse: parseDelegationEntry, isOf: ({ relationRef, n }, key) => key === delegationKey(relationRef, n) },
  'patient-status': { parse: parsePatientStatusEntry, isOf: ({ subjectRef, n }, key) => key === patientStatusKey(subjectRef, n) },
  delivery: {
    parse: parseDelivery,
    isOf: ({ relationRef, requester, requestId, part }, key) => key === deliveryKey(relationRef, requester, requestId, part),
  },
  'break-glass': { parse: parseBreakGlass, isOf: ({ mspId, unit }, key) => key === breakGlassKey(mspId, unit) },
  review: {
    parse: parseReview,
    isOf: ({ relationRef, requester, requestId }, key) => key === reviewKey(relationRef, requester, requestId),
  },
  referral: { parse: parseReferral, isOf: ({ relationRef, referralId }, key) => key === referralKey(relationRef, referralId) },
  study: { parse: parseStudy, isOf: ({ studyId }, key) => key === studyKey(studyId) },
  deletion: {
    parse: parseDeletion,
    isOf: ({ relationRef, requester, requestId, of }, key) => key === deletionKey(relationRef, requester, requestId, of),
  },
  redisclosure: {
    parse: parseRedisclosure,
    isOf: ({ relationRef, requester, requestId, redisclosureId }, key) =>
      key === redisclosureKey(relationRef, requester, requestId, redisclosureId),
  },
  'consent-notice': { parse: parseConsentNotice, isOf: ({ relationRef, version }, key) => key === consentNoticeKey(relationRef, version) },
  'consent-end': { parse: parseConsentEnd, isOf: ({ relationRef, endId }, key) => key === consentEndKey(relationRef, endId) },
  'audit-root': { parse: parseAuditRoot, isOf: ({ mspId, log, number }, key) => key === auditRootKey(mspId, log, number) },
  consultation: {
    parse: parseConsultation,
    isOf: ({ relationRef, mspId, consultationId }, key) => key === consultationKey(relationRef, mspId, consultationId),
  },
  plan: { parse: parsePlanEntry, isOf: ({ insurer, planId, version }, key) => key === planKey(insurer, planId, version) },
  coverage: {
    parse: parseCoverageEntry,
    isOf: ({ relationRef, coverageId, version }, key) => key === coverageKey(relationRef, coverageId, version),
  },
  accumulator: {
    parse: parseAccumulatorEntry,
    isOf: ({ relationRef, coverageId }, key) => key === accumulatorKey(relationRef, coverageId),
  },
  claim: { parse: parseClaimEntry, isOf: ({ relationRef, claimId }, key) => key === claimKey(relationRef, claimId) },
  billed: { parse: parseBilledItem, isOf: ({ tag }, key) => key === billedKey(tag) },
  replacement: { parse: parseReplacement, isOf: ({ relationRef, claimId }, key) => key === replacementKey(relationRef, claimId) },
  acknowledgement: {
    parse: parseAcknowledgement,
    isOf: ({ relationRef, claimId }, key) => key === acknowledgementKey(relationRef, claimId),
  },
  adjudication: { parse: parseAdjudicationEntry, isOf: ({ relationRef, claimId }, key) => key === adjudicationKey(relationRef, claimId) },
  appeal: { parse: parseAppealEntry, isOf: ({ relationRef, claimId, number }, key) => key === appealKey(relationRef, claimId, number) },
  'appeal-decision': {
    parse: parseAppealDecision,
    isOf: ({ relationRef, claimId, number }, key) => key === appealDecisionKey(relationRef, claimId, number),
  },
  settlement: {
    parse: parseSettlementEntry,
    isOf: ({ hospital, insurer, number }, key) => key === settlementKey(hospital, insurer, number),
  },
  payment: { parse: parsePaymentEntry, isOf: ({ hospital, insurer, number }, key) => key === paymentKey(hospital, insurer, number) },
};

/** Parses what was written under a key; nothing for what is no entry of the model there, whoever endorsed it. */
export function parseEntry(key: string, text: string): NamedEntry | undefined {
  const name = parseEntryName(key);
  if (name === undefined) return undefined;
  const form = forms[name.type] as Form<unknown>;
  try {
    const value = parseJson(form.parse, text, name.type);
    return form.isOf(value, key) ? ({ type: name.type, name, value } as NamedEntry) : undefined;
  } catch {
    return undefined;
  }
}
