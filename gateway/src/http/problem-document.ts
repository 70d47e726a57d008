import type { ErrorCategory } from '@medaccord/chaincode/model';
import { fhirErrorStatuses } from '../fhir';
import { findCode, toCodedError, type CodedError } from '../problem';

/** An error as RFC 9457 writes it, with the code that programs look at. */
export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  /** The request's id, as in its log line. */
  readonly instance: string;
  readonly transactionId?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

interface CategoryRow {
  readonly status: number;
  readonly title: string;
  /** FHIR's word for it (R4 valueset-issue-type.html). */
  readonly issue: string;
  /** After how many seconds it is worth trying again. */
  readonly retryAfter?: number;
}

/** The one table from families of errors to HTTP. */
export const categoryTable: Readonly<Record<ErrorCategory, CategoryRow>> = {
  invalid: { status: 400, title: 'The request is not valid', issue: 'invalid' },
  unauthenticated: { status: 401, title: 'Not signed in', issue: 'login' },
  forbidden: { status: 403, title: 'Not allowed', issue: 'forbidden' },
  'not-found': { status: 404, title: 'Not found', issue: 'not-found' },
  conflict: { status: 409, title: 'Conflict', issue: 'conflict' },
  rule: { status: 422, title: 'A rule forbids it', issue: 'business-rule' },
  gone: { status: 410, title: 'Erased', issue: 'deleted' },
  contention: { status: 503, title: 'Others changed it at the same time', issue: 'lock-error', retryAfter: 1 },
  unavailable: { status: 503, title: 'Not available now', issue: 'transient', retryAfter: 2 },
  uncertain: { status: 504, title: 'The outcome is not known yet', issue: 'timeout', retryAfter: 5 },
  internal: { status: 500, title: 'Internal error', issue: 'exception' },
};

/** Errors under their last part of the type name: `urn:medaccord:error:<code>`. */
export function formatProblem(error: unknown, instance: string): ProblemDocument {
  const coded = toCodedError(error);
  const own = findCode(coded.code);
  return {
    type: `urn:medaccord:error:${coded.code}`,
    title: own?.title ?? categoryTable[coded.category].title,
    status: own?.status ?? fhirErrorStatuses[coded.code] ?? categoryTable[coded.category].status,
    code: coded.code,
    detail: coded.message,
    instance,
    ...(coded.transactionId === undefined ? {} : { transactionId: coded.transactionId }),
    ...(Object.keys(coded.details).length === 0 ? {} : { details: coded.details }),
  };
}

/** Seconds for a Retry-After header, where trying again makes sense. */
export function readRetryAfter({ category }: CodedError): number | undefined {
  return categoryTable[category].retryAfter;
}
