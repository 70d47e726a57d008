import type { ErrorCategory } from '@medaccord/chaincode/model';

interface CodeRow {
  readonly category: ErrorCategory;
  readonly title: string;
  /** Where the status of the category does not say enough. */
  readonly status?: number;
}

/** Every error that the gateway itself can answer; errors of the chaincode pass through under their own codes. */
export const codes = {
  REQUEST_NOT_JSON: { category: 'invalid', title: 'The body is not JSON' },
  REQUEST_INVALID: { category: 'invalid', title: 'The request does not have the expected shape' },
  REQUEST_TOO_LARGE: { category: 'invalid', title: 'The body is too large', status: 413 },
  REQUEST_HEAD_TOO_LARGE: { category: 'invalid', title: 'The address and the headers are too large', status: 431 },
  REQUESTS_TOO_MANY: { category: 'unavailable', title: 'This caller or address has asked too often', status: 429 },
  REQUEST_TOO_SLOW: { category: 'invalid', title: 'The request did not arrive in time', status: 408 },
  MEDIA_TYPE_UNSUPPORTED: { category: 'invalid', title: 'This media type is not understood here', status: 415 },
  MEDIA_TYPE_NOT_OFFERED: { category: 'invalid', title: 'No media type that the caller accepts is offered here', status: 406 },
  ROUTE_NOT_FOUND: { category: 'not-found', title: 'There is no such route' },
  METHOD_NOT_ALLOWED: { category: 'invalid', title: 'The route does not take this method', status: 405 },
  IDEMPOTENCY_KEY_REQUIRED: { category: 'invalid', title: 'An Idempotency-Key header is required here' },
  IDEMPOTENCY_KEY_REUSED: { category: 'conflict', title: 'The Idempotency-Key was used for a different request' },
  IDEMPOTENCY_KEY_BUSY: { category: 'conflict', title: 'A request with this Idempotency-Key is still running' },
  TOKEN_MISSING: { category: 'unauthenticated', title: 'A bearer token is required' },
  TOKEN_INVALID: { category: 'unauthenticated', title: 'The bearer token is not valid here' },
  TOKEN_EXPIRED: { category: 'unauthenticated', title: 'The bearer token has expired' },
  ISSUER_UNAVAILABLE: { category: 'unavailable', title: 'The issuer of the bearer token does not answer' },
  ROLE_NOT_ALLOWED: { category: 'forbidden', title: 'This role may not do that' },
  SCOPE_NOT_ENOUGH: { category: 'forbidden', title: "The token's scopes do not reach that far" },
  SIGN_IN_REFUSED: { category: 'unauthenticated', title: 'Name, password and code do not fit together' },
  SIGN_IN_PAUSED: { category: 'unavailable', title: 'Too many attempts to sign in', status: 429 },
  PASSWORD_WEAK: { category: 'invalid', title: 'The password is too easy to guess' },
  ACCOUNT_EXISTS: { category: 'conflict', title: 'There is an account of that name' },
  CLIENT_EXISTS: { category: 'conflict', title: 'There is a client of that id' },
  NOT_THE_CUSTODIAN: { category: 'forbidden', title: 'Only the custodian organisation does that' },
  NOT_THE_INSURER: { category: 'forbidden', title: 'Only the insurer of the relation does that' },
  SETTLEMENT_EMPTY: { category: 'conflict', title: 'There is nothing to settle' },
  SETTLEMENT_DIFFERS: { category: 'conflict', title: 'The statement is not what the hospital worked out' },
  PAYMENT_DIFFERS: { category: 'conflict', title: 'The amount is not what the statement says' },
  ORGANISATION_NOT_FOUND: { category: 'not-found', title: 'No such organisation is registered on the ledger' },
  PATIENT_UNKNOWN: { category: 'not-found', title: 'No such patient is registered' },
  RECOVERY_UNKNOWN: { category: 'not-found', title: 'No recovery of this patient is open' },
  RECOVERY_DELAY_SHORT: { category: 'rule', title: 'The recovery would take effect too soon' },
  RELATION_UNKNOWN: { category: 'not-found', title: 'No such relation is on the ledger' },
  DELEGATION_NOT_READY: { category: 'conflict', title: 'What the delegation withholds has not arrived yet' },
  PATIENT_DECEASED: { category: 'rule', title: "The patient's death is recorded" },
  RESOURCE_NOT_FOUND: { category: 'not-found', title: 'There is no such thing, or it may not be known' },
  RESOURCE_DELETED: { category: 'gone', title: 'The resource was deleted' },
  SEARCH_PARAMETER_UNKNOWN: { category: 'invalid', title: 'The search has a parameter that is not known' },
  SEARCH_TOO_WIDE: { category: 'rule', title: 'The search finds more than can be counted or ordered' },
  FHIR_XML_INVALID: { category: 'invalid', title: 'The body is not a resource in the XML of FHIR' },
  PATCH_INVALID: { category: 'invalid', title: 'The patch is not a JSON Patch' },
  PATCH_FAILED: { category: 'rule', title: 'The patch does not fit the resource' },
  RELEASE_REFUSED: { category: 'forbidden', title: 'The request was refused' },
  RELEASE_NOT_READY: { category: 'conflict', title: 'The request is not released, or its delivery is not complete' },
  RELEASE_ENDED: { category: 'gone', title: 'The patient ended this release, or its time is over' },
  RECEIPT_MISSING: { category: 'rule', title: 'A release has no valid receipt of its custodian' },
  FHIR_INVALID: { category: 'rule', title: 'A resource is not valid FHIR R4, or not by a profile that it names' },
  IMPORT_CUT_OFF: { category: 'conflict', title: 'The import was cut off; nothing of it is visible' },
  RECORD_BUSY: { category: 'contention', title: 'Another import changes the same resource' },
  DECRYPT_FAILED: { category: 'rule', title: 'The content could not be opened' },
  CONTENT_NOT_ANCHORED: { category: 'rule', title: 'The content differs from what the ledger anchors' },
  LEDGER_CONTENTION: { category: 'contention', title: 'Others changed the same facts at the same time' },
  LEDGER_UNAVAILABLE: { category: 'unavailable', title: 'The ledger cannot be reached, or not enough organisations answer' },
  LEDGER_OUTCOME_UNKNOWN: { category: 'uncertain', title: 'It is not known yet whether the transaction was committed' },
  LEDGER_REFUSED: { category: 'internal', title: 'The ledger marked the transaction invalid' },
  LEDGER_UNKNOWN: { category: 'internal', title: 'The ledger answered something that is not understood' },
  OPERATION_CHANGED: { category: 'conflict', title: 'The operation was begun with other content' },
  READ_MODEL_STALE: { category: 'unavailable', title: 'The gateway does not know the newest state of the ledger' },
  HEIGHT_NOT_PROVEN: { category: 'unavailable', title: 'Two other members have not confirmed the newest block lately' },
  BINDING_MISSING: { category: 'conflict', title: 'Whose relation it is has not arrived here, or does not hold' },
  NOT_READY: { category: 'unavailable', title: 'The gateway is starting' },
  OVERLOADED: { category: 'unavailable', title: 'The gateway has more to do than it can in time' },
  ANSWER_TOO_LATE: { category: 'uncertain', title: 'There is no answer in time' },
  DRAINING: { category: 'unavailable', title: 'The gateway is stopping' },
  CA_UNAVAILABLE: { category: 'unavailable', title: "The organisation's certificate authority does not answer" },
  CA_REFUSED: { category: 'internal', title: "The organisation's certificate authority refused" },
  STORE_UNAVAILABLE: { category: 'unavailable', title: "The gateway's database does not answer" },
  STORE_CORRUPT: { category: 'internal', title: "The gateway's own data cannot be opened with its key" },
  AUDIT_UNAVAILABLE: { category: 'unavailable', title: 'The audit log cannot be written' },
  INTERNAL: { category: 'internal', title: 'Something failed inside the gateway' },
} as const satisfies Readonly<Record<string, CodeRow>>;

export type GatewayCode = keyof typeof codes;

/** Title and status of a gateway code; nothing for a code that is not the gateway's own. */
export function findCode(code: string): CodeRow | undefined {
  return Object.hasOwn(codes, code) ? codes[code as GatewayCode] : undefined;
}
