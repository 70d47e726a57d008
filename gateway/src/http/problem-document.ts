import type { ErrorCategory } from '@medaccord/chaincode/model';
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
  /** After how many seconds it is worth trying again. */
  readonly retryAfter?: number;
}

/** The one table from families of errors to HTTP. */
export const categoryTable: Readonly<Record<ErrorCategory, CategoryRow>> = {
  invalid: { status: 400, title: 'The request is not valid' },
  unauthenticated: { status: 401, title: 'Not signed in' },
  forbidden: { status: 403, title: 'Not allowed' },
  'not-found': { status: 404, title: 'Not found' },
  conflict: { status: 409, title: 'Conflict' },
  rule: { status: 422, title: 'A rule forbids it' },
  gone: { status: 410, title: 'Erased' },
  contention: { status: 503, title: 'Others changed it at the same time', retryAfter: 1 },
  unavailable: { status: 503, title: 'Not available now', retryAfter: 2 },
  uncertain: { status: 504, title: 'The outcome is not known yet', retryAfter: 5 },
  internal: { status: 500, title: 'Internal error' },
};

/** Errors under their last part of the type name: `urn:medaccord:error:<code>`. */
export function formatProblem(error: unknown, instance: string): ProblemDocument {
  const coded = toCodedError(error);
  const own = findCode(coded.code);
  return {
    type: `urn:medaccord:error:${coded.code}`,
    title: own?.title ?? categoryTable[coded.category].title,
    status: own?.status ?? categoryTable[coded.category].status,
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
