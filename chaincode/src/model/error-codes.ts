import { claimErrorRows } from './claims/error-rows';
import { errorCategoryNames, type ErrorCategory, type ErrorFacts, type ErrorRow } from './error-facts';

const relationVersion = ['relationRef', 'version'] as const;
const recordVersion = ['recordId', 'version'] as const;
const request = ['relationRef', 'requestId'] as const;

/** Every error of the chaincode. Codes are part of the interface: they are added, never renamed. */
export const errorRows = {
  REQUEST_INVALID: { category: 'invalid', facts: ['place', 'expected'], message: '{place} must be {expected}' },
  TRANSACTION_UNKNOWN: {
    category: 'invalid',
    facts: [],
    message: 'there is no such transaction: org.hyperledger.fabric:GetMetadata lists them',
  },
  TRANSIENT_INPUT_MISSING: { category: 'invalid', facts: ['field'], message: 'the transient field "{field}" is missing' },
  SIGNATURE_INVALID: {
    category: 'invalid',
    facts: ['kind'],
    message: 'the signature of this {kind} is not one of the key that it needs',
  },
  COMMITMENT_MISMATCH: { category: 'invalid', facts: ['of'], message: 'the {of} is not the one that was committed to' },
  KEYS_NOT_DISTINCT: { category: 'invalid', facts: [], message: 'signing, sealing and recovery need three different keys' },
  CALLER_NOT_ALLOWED: { category: 'forbidden', facts: ['transaction', 'allowed'], message: '{transaction} is for {allowed}' },
  CALLER_NOT_CUSTODIAN: { category: 'forbidden', facts: ['custodian'], message: 'only the custodian may do this' },
  CALLER_NOT_REQUESTER: { category: 'forbidden', facts: ['requester'], message: 'only the member that asked may do this' },
  PEER_NOT_OWN: {
    category: 'forbidden',
    facts: ['mspId'],
    message: 'only a peer of this organisation may do this: name it as the endorsing organisation',
  },
  RULES_NOT_ADOPTED: {
    category: 'rule',
    facts: [],
    message: 'the consortium has no rules yet: an admin of a member adopts the first version with AdoptRules',
  },
  RULES_ALREADY_ADOPTED: {
    category: 'conflict',
    facts: ['version'],
    message: 'this version of the rules stands with other content: version {version} is in force, and a change is the one after it',
  },
  RULES_VERSION_SKIPPED: {
    category: 'conflict',
    facts: ['version'],
    message: 'the newest version of the rules is {version}: a change is the one after it',
  },
  RULES_NOT_APPROVED: {
    category: 'rule',
    facts: ['version', 'approvals', 'needed'],
    message: '{approvals} of the members that are named have approved exactly this version {version} of the rules, {needed} must',
  },
  RULES_VOTE_NOT_COUNTED: {
    category: 'forbidden',
    facts: ['mspId'],
    message: 'only members that the rules in force name and do not suspend have a say in a change of them',
  },
  RULES_NOT_FOUND: { category: 'not-found', facts: ['version'], message: 'the rules have no version {version}' },
  ORGANISATION_NOT_FOUND: {
    category: 'not-found',
    facts: ['mspId'],
    message: 'this organisation has not registered its keys: its gateway does so when it starts',
  },
  ORGANISATION_NOT_ACTIVE: { category: 'rule', facts: ['mspId'], message: 'this organisation is suspended or has withdrawn' },
  PATIENT_NOT_FOUND: { category: 'not-found', facts: ['subjectRef'], message: 'no patient is registered under this reference' },
  PATIENT_ALREADY_REGISTERED: {
    category: 'conflict',
    facts: ['subjectRef'],
    message: 'this reference belongs to another registration: make a new one',
  },
  PATIENT_KEYS_OUTDATED: { category: 'conflict', facts: ['subjectRef'], message: 'this replacement does not start from the current keys' },
  PATIENT_HISTORY_BROKEN: {
    category: 'rule',
    facts: ['subjectRef'],
    message: 'no signed registration leads to the keys of this patient',
  },
  PATIENT_STATEMENT_OUTDATED: {
    category: 'conflict',
    facts: ['subjectRef'],
    message: 'this statement does not follow the latest one about this patient: read it and sign again',
  },
  STATEMENT_NOT_FRESH: { category: 'rule', facts: ['kind'], message: 'this {kind} was signed too long ago, or in the future' },
  HOLD_ALREADY_PLACED: { category: 'conflict', facts: ['subjectRef'], message: 'this patient is under a hold already' },
  HOLD_NOT_PLACED: { category: 'rule', facts: ['subjectRef'], message: 'this patient is under no hold' },
  RECOVERY_ALREADY_OPEN: {
    category: 'conflict',
    facts: ['subjectRef'],
    message: 'one recovery of this patient is open: a veto or its completion ends it',
  },
  RECOVERY_NOT_OPEN: { category: 'rule', facts: ['subjectRef'], message: 'no recovery of this patient is open' },
  RECOVERY_NOT_APPROVED: {
    category: 'rule',
    facts: ['subjectRef'],
    message: 'too few have approved: as many guardians as the patient said, or a registrar of an authority',
  },
  RECOVERY_NOT_DUE: {
    category: 'rule',
    facts: ['subjectRef', 'deadline'],
    message: 'the patient may still veto: this recovery can be completed later',
  },
  APPROVER_NOT_NAMED: {
    category: 'forbidden',
    facts: ['subjectRef'],
    message: 'neither a guardian of this patient nor an authority other than the custodian signed this approval',
  },
  RELATION_NOT_FOUND: { category: 'not-found', facts: ['relationRef'], message: 'no relation is registered under this reference' },
  RELATION_ALREADY_REGISTERED: {
    category: 'conflict',
    facts: ['relationRef'],
    message: 'this reference belongs to another relation: make a new one',
  },
  RELATION_CLOSED: { category: 'rule', facts: ['relationRef'], message: 'this relation is closed for good: the wallet opens another' },
  RELATION_INVALID: { category: 'rule', facts: ['relationRef', 'problem'], message: 'this relation {problem}' },
  BINDING_INVALID: { category: 'rule', facts: ['relationRef', 'problem'], message: 'the binding of this relation {problem}' },
  ASSISTED_WITNESS_NEEDED: {
    category: 'forbidden',
    facts: ['relationRef', 'custodian'],
    message: 'what an assisted consent permits is recorded by a registrar of {custodian}, who sees the card: at the desk there',
  },
  ASSISTED_TOO_EARLY: {
    category: 'rule',
    facts: ['relationRef', 'earliest'],
    message: 'an assisted consent has a validity, and it begins after the delay of the rules: not before {earliest}',
  },
  RELATION_NOT_ASSISTED: {
    category: 'rule',
    facts: ['relationRef'],
    message: 'this relation is not assisted: only the patient herself, with her own keys, says what becomes of its consent',
  },
  NOTICE_NOT_DUE: {
    category: 'rule',
    facts: relationVersion,
    message: 'notice is given of a version in force whose witness the custodian attests to: this one permits nothing',
  },
  NOTICE_BY_WITNESS: {
    category: 'forbidden',
    facts: relationVersion,
    message: 'the witness of a consent does not give notice of it: another person of the custodian does',
  },
  NOTICE_ALREADY_RECORDED: {
    category: 'conflict',
    facts: relationVersion,
    message: 'notice of this version is on record once and for all',
  },
  END_ALREADY_RECORDED: { category: 'conflict', facts: ['relationRef'], message: 'this id belongs to another end: make a new one' },
  CONSENT_NOT_FOUND: { category: 'not-found', facts: relationVersion, message: 'this relation has no such version of its consent' },
  CONSENT_VERSION_TAKEN: {
    category: 'conflict',
    facts: relationVersion,
    message: 'this version stands already and cannot be changed: sign the next one',
  },
  CONSENT_VERSION_SKIPPED: { category: 'conflict', facts: relationVersion, message: 'the version before this one is missing' },
  CONSENT_NOT_CURRENT: { category: 'conflict', facts: relationVersion, message: 'a later version of this consent stands' },
  CONSENT_INVALID: { category: 'rule', facts: ['relationRef', 'problem'], message: 'this consent {problem}' },
  CONSENT_SUBMITTED_LATE: {
    category: 'rule',
    facts: ['relationRef', 'submitBy'],
    message: 'this consent had to be submitted earlier: sign it anew',
  },
  DELEGATION_NUMBER_TAKEN: {
    category: 'conflict',
    facts: ['relationRef', 'n'],
    message: 'this number stands already and cannot be changed: sign the next one',
  },
  DELEGATION_NUMBER_SKIPPED: { category: 'conflict', facts: ['relationRef', 'n'], message: 'the number before this one is missing' },
  DELEGATION_INVALID: { category: 'rule', facts: ['relationRef', 'problem'], message: 'this delegation {problem}' },
  DELEGATE_NOT_ALLOWED: {
    category: 'rule',
    facts: ['relationRef', 'delegation', 'problem'],
    message: 'the delegate may not do this ({problem}): the patient decides herself, or delegates anew',
  },
  PATIENT_STATUS_INVALID: { category: 'rule', facts: ['subjectRef', 'problem'], message: 'this status {problem}' },
  GROUP_NOT_FOUND: { category: 'not-found', facts: ['groupId'], message: 'this group is neither closed nor abandoned' },
  GROUP_NOT_OPEN: { category: 'conflict', facts: ['groupId', 'status'], message: 'this group is {status} for good' },
  GROUP_NOT_CLOSED: { category: 'rule', facts: ['groupId'], message: 'the records of this group do not count: it is not closed' },
  GROUP_NOT_ABANDONED: { category: 'rule', facts: ['groupId'], message: 'records are deleted only of groups that are abandoned' },
  GROUP_SIZE_WRONG: {
    category: 'invalid',
    facts: ['groupId', 'size', 'records'],
    message: 'a list that closes its group is the whole group; a longer group is closed with CloseGroup',
  },
  RECORD_NOT_FOUND: { category: 'not-found', facts: recordVersion, message: 'no such version of this record is anchored' },
  RECORD_NOT_STORED: {
    category: 'rule',
    facts: recordVersion,
    message: 'the custodian has not stored this record, or stored another one: StoreRecords comes first',
  },
  RECORD_ALREADY_ANCHORED: {
    category: 'conflict',
    facts: recordVersion,
    message: 'this version is anchored with other content and cannot be changed: anchor the next one',
  },
  RECORD_NOT_OF_SUBJECT: { category: 'rule', facts: ['at'], message: 'this record is not one of this patient at this custodian' },
  RECORD_NOT_ASKED: { category: 'rule', facts: ['at'], message: 'the request does not ask for records of this category' },
  RECORD_NOT_OF_CLAIM: {
    category: 'rule',
    facts: ['at'],
    message: 'the claim does not need this record: no line names it for which the plan asks for one of its type',
  },
  RECORD_WITHDRAWN: { category: 'rule', facts: ['at'], message: 'this record was entered in error' },
  REQUEST_NOT_FOUND: { category: 'not-found', facts: request, message: 'this relation has no such request' },
  REQUEST_ALREADY_MADE: { category: 'conflict', facts: request, message: 'this request id belongs to another request' },
  REQUEST_ALREADY_DECIDED: { category: 'conflict', facts: [...request, 'outcome'], message: 'a request is decided once' },
  REQUEST_NOT_OF_PARTY: { category: 'rule', facts: request, message: "the asking member is not this relation's counterparty" },
  RELEASE_NOT_PERMITTED: { category: 'rule', facts: ['reason', 'at'], message: 'the consent does not permit this release' },
  DECISION_NOT_FOUND: { category: 'not-found', facts: request, message: 'this request is not decided' },
  DECISION_NOT_RELEASED: { category: 'rule', facts: request, message: 'this request was refused' },
  DECISION_EXPIRED: {
    category: 'rule',
    facts: [...request, 'deadline'],
    message: 'the deadline of this decision has passed: the counterparty asks again',
  },
  DELIVERY_NOT_FOUND: { category: 'not-found', facts: [...request, 'part'], message: 'this part is not delivered' },
  DELIVERY_ALREADY_MADE: { category: 'conflict', facts: [...request, 'part'], message: 'a part is delivered once' },
  BREAK_GLASS_NOT_ADOPTED: { category: 'rule', facts: [], message: 'the consortium rules provide for no break-glass' },
  BREAK_GLASS_BLOCKED: {
    category: 'rule',
    facts: [...request, 'deadline'],
    message: 'this unit declares no emergency while a review of it is overdue: an auditor of another organisation reviews it first',
  },
  BREAK_GLASS_TOO_MANY: {
    category: 'rule',
    facts: ['size'],
    message: 'as many reviews of this unit are open as the rules allow: auditors of other organisations review some first',
  },
  BREAK_GLASS_NOT_DECLARED: { category: 'rule', facts: request, message: 'this request declares no emergency' },
  REVIEWER_NOT_INDEPENDENT: {
    category: 'forbidden',
    facts: ['requester'],
    message: 'an organisation does not review its own break-glass: an auditor of another one does',
  },
  REVIEW_NOT_FOUND: { category: 'not-found', facts: request, message: 'this break-glass is not reviewed' },
  REVIEW_ALREADY_MADE: { category: 'conflict', facts: [...request, 'outcome'], message: 'a break-glass is reviewed once' },
  PURPOSE_NOT_OF_ROLE: { category: 'forbidden', facts: ['purpose', 'allowed'], message: 'for {purpose} only {allowed} may ask' },
  REFERRAL_NOT_FOUND: {
    category: 'not-found',
    facts: ['relationRef', 'referralId'],
    message: 'the custodian has made no such referral in this relation',
  },
  REFERRAL_ALREADY_MADE: {
    category: 'conflict',
    facts: ['relationRef', 'referralId'],
    message: 'this referral id belongs to another referral: make a new one',
  },
  CALLER_NOT_AUTHORITY: {
    category: 'forbidden',
    facts: ['mspId'],
    message: 'the consortium rules do not name this member as an authority',
  },
  STUDY_NOT_FOUND: { category: 'not-found', facts: ['studyId'], message: 'no authority has approved such a study' },
  STUDY_ALREADY_APPROVED: {
    category: 'conflict',
    facts: ['studyId'],
    message: 'this study id belongs to another study: make a new one',
  },
  STUDY_NOT_OWN: { category: 'forbidden', facts: ['authority'], message: 'only the authority that approved this study may end it' },
  RECEIPT_INVALID: {
    category: 'invalid',
    facts: request,
    message: "the receipt is not the custodian's, or of another release than this one",
  },
  RELEASE_ENDED: { category: 'gone', facts: request, message: 'the patient ended this release: its copies are deleted' },
  DELETION_NOT_DUE: { category: 'rule', facts: request, message: 'nothing that the receipt names ended this release' },
  DELETION_ALREADY_MADE: { category: 'conflict', facts: request, message: 'the deletion of this copy is on record once and for all' },
  REDISCLOSURE_NOT_FOUND: { category: 'not-found', facts: request, message: 'this release has no such redisclosure' },
  REDISCLOSURE_ALREADY_MADE: { category: 'conflict', facts: request, message: 'this id belongs to another redisclosure' },
  REDISCLOSURE_FORBIDDEN: {
    category: 'rule',
    facts: ['at'],
    message: 'this record may be disclosed to nobody else without a consent of the patient to whom (NORDSCLCD)',
  },
  ...claimErrorRows,
  AUDIT_ROOT_ALREADY_ANCHORED: {
    category: 'conflict',
    facts: ['n'],
    message: 'root {n} of this audit log stands with other content, and nothing replaces it',
  },
  AUDIT_ROOT_NOT_NEXT: {
    category: 'conflict',
    facts: ['n'],
    message: 'root {n} does not follow the one that was anchored before: the log grows, and its roots have no gap',
  },
  AUDIT_LOG_REWRITTEN: {
    category: 'rule',
    facts: ['n'],
    message: 'the log of root {n} does not begin with what was anchored before',
  },
  AUDIT_ROOT_NOT_FOUND: { category: 'not-found', facts: ['n'], message: 'the organisation has anchored no root {n} of this audit log' },
  SEALED_ALREADY_STORED: {
    category: 'conflict',
    facts: ['kind', 'ref', 'id'],
    message: 'another value is stored here, and nothing replaces it',
  },
  STATE_INVALID: { category: 'internal', facts: ['type'], message: 'a stored {type} is not one' },
  INTERNAL: { category: 'internal', facts: [], message: 'the transaction failed; the peer or the chaincode is at fault' },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof errorRows;

/** The facts that an error of a code tells. */
export type FactsOf<C extends ErrorCode> = Pick<ErrorFacts, (typeof errorRows)[C]['facts'][number]>;

/** The category of every code. */
export const errorCategories = Object.fromEntries(Object.entries(errorRows).map(([code, { category }]) => [code, category])) as {
  readonly [C in ErrorCode]: (typeof errorRows)[C]['category'];
};

/** Tells whether a text is one of our codes. */
export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(errorRows, text);
}

/** Tells whether a value is one of our categories. */
export function isErrorCategory(value: unknown): value is ErrorCategory {
  return (errorCategoryNames as readonly unknown[]).includes(value);
}
