/** What a caller can do about an error; the gateway turns a category into an HTTP status. */
export type ErrorCategory =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  | 'rule'
  | 'gone'
  | 'contention'
  | 'unavailable'
  | 'uncertain'
  | 'internal';

/** Every code that chaincode answers, with its category. Codes are part of the interface: they are added, never renamed. */
export const errorCategories = {
  REQUEST_INVALID: 'invalid',
  TRANSACTION_UNKNOWN: 'invalid',
  TRANSIENT_INPUT_MISSING: 'invalid',
  SIGNATURE_INVALID: 'invalid',
  COMMITMENT_MISMATCH: 'invalid',
  KEYS_NOT_DISTINCT: 'invalid',
  CALLER_NOT_ALLOWED: 'forbidden',
  CALLER_NOT_CUSTODIAN: 'forbidden',
  CALLER_NOT_REQUESTER: 'forbidden',
  PEER_NOT_OWN: 'forbidden',
  RULES_NOT_ADOPTED: 'rule',
  RULES_ALREADY_ADOPTED: 'conflict',
  ORGANISATION_NOT_FOUND: 'not-found',
  ORGANISATION_NOT_ACTIVE: 'rule',
  PATIENT_NOT_FOUND: 'not-found',
  PATIENT_ALREADY_REGISTERED: 'conflict',
  PATIENT_KEYS_OUTDATED: 'conflict',
  PATIENT_HISTORY_BROKEN: 'rule',
  RELATION_NOT_FOUND: 'not-found',
  RELATION_ALREADY_REGISTERED: 'conflict',
  RELATION_CLOSED: 'rule',
  RELATION_INVALID: 'rule',
  BINDING_INVALID: 'rule',
  CONSENT_NOT_FOUND: 'not-found',
  CONSENT_VERSION_TAKEN: 'conflict',
  CONSENT_VERSION_SKIPPED: 'conflict',
  CONSENT_NOT_CURRENT: 'conflict',
  CONSENT_INVALID: 'rule',
  CONSENT_SUBMITTED_LATE: 'rule',
  GROUP_NOT_FOUND: 'not-found',
  GROUP_NOT_OPEN: 'conflict',
  GROUP_NOT_CLOSED: 'rule',
  GROUP_NOT_ABANDONED: 'rule',
  GROUP_SIZE_WRONG: 'invalid',
  RECORD_NOT_FOUND: 'not-found',
  RECORD_NOT_STORED: 'rule',
  RECORD_ALREADY_ANCHORED: 'conflict',
  RECORD_NOT_OF_SUBJECT: 'rule',
  RECORD_WITHDRAWN: 'rule',
  REQUEST_NOT_FOUND: 'not-found',
  REQUEST_ALREADY_MADE: 'conflict',
  REQUEST_ALREADY_DECIDED: 'conflict',
  REQUEST_NOT_OF_PARTY: 'rule',
  RELEASE_NOT_PERMITTED: 'rule',
  DECISION_NOT_FOUND: 'not-found',
  DECISION_NOT_RELEASED: 'rule',
  DECISION_EXPIRED: 'rule',
  DELIVERY_NOT_FOUND: 'not-found',
  DELIVERY_ALREADY_MADE: 'conflict',
  SEALED_ALREADY_STORED: 'conflict',
  STATE_INVALID: 'internal',
  INTERNAL: 'internal',
} as const satisfies Record<string, ErrorCategory>;

export type ErrorCode = keyof typeof errorCategories;

/** Tells whether a text is one of our codes. */
export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(errorCategories, text);
}
