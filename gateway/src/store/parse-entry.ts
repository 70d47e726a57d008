import {
  consentKey,
  decisionKey,
  deliveryKey,
  groupKey,
  organisationKey,
  parseAccessRequest,
  parseConsentEntry,
  parseDecision,
  parseDelivery,
  parseEntryName,
  parseGroup,
  parseJson,
  parseOrganisation,
  parsePatientEntry,
  parseRecordAnchor,
  parseRecordStatus,
  parseReferral,
  parseRelationEntry,
  parseRules,
  parseStudy,
  patientKey,
  recordKey,
  referralKey,
  relationKey,
  requestKey,
  rulesKey,
  studyKey,
  type ConsentEntry,
  type Decision,
  type AccessRequest,
  type Delivery,
  type EntryName,
  type Group,
  type Organisation,
  type Parser,
  type PatientEntry,
  type PublicKeyType,
  type RecordAnchor,
  type RecordStatus,
  type Referral,
  type RelationEntry,
  type Rules,
  type Study,
} from '@medaccord/chaincode/model';

/** What each kind of public entry holds. */
export interface Entries {
  rules: Rules;
  organisation: Organisation;
  patient: PatientEntry;
  relation: RelationEntry;
  consent: ConsentEntry;
  group: Group;
  record: RecordAnchor;
  'record-status': RecordStatus;
  request: AccessRequest;
  decision: Decision;
  delivery: Delivery;
  referral: Referral;
  study: Study;
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
  delivery: {
    parse: parseDelivery,
    isOf: ({ relationRef, requester, requestId, part }, key) => key === deliveryKey(relationRef, requester, requestId, part),
  },
  referral: { parse: parseReferral, isOf: ({ relationRef, referralId }, key) => key === referralKey(relationRef, referralId) },
  study: { parse: parseStudy, isOf: ({ studyId }, key) => key === studyKey(studyId) },
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
