import { errorCategories, isErrorCategory, isErrorCode, type ErrorCategory } from '@medaccord/chaincode/model';
import { codes, findCode, type GatewayCode } from './codes';

export type Details = Readonly<Record<string, unknown>>;

interface CodedErrorFields {
  readonly code: string;
  readonly category: ErrorCategory;
  readonly message: string;
  readonly details?: Details;
  readonly transactionId?: string;
  readonly cause?: unknown;
}

/** An error that may be shown: its code is from a table, its message and details hold no personal data. */
export class CodedError extends Error {
  readonly code: string;
  readonly category: ErrorCategory;
  readonly details: Details;
  readonly transactionId: string | undefined;

  constructor(fields: CodedErrorFields) {
    super(fields.message, { cause: fields.cause });
    this.name = 'CodedError';
    this.code = fields.code;
    this.category = fields.category;
    this.details = fields.details ?? {};
    this.transactionId = fields.transactionId;
  }
}

/** An error of the gateway's own table. */
export function newError(
  code: GatewayCode,
  message: string,
  more: Pick<CodedErrorFields, 'details' | 'transactionId' | 'cause'> = {},
): CodedError {
  return new CodedError({ code, category: codes[code].category, message, ...more });
}

/**
 * The coded error that an error stands for: errors of the model, the crypto and the FHIR rooms carry a code of their own;
 * anything else is INTERNAL and tells nothing.
 */
export function toCodedError(error: unknown): CodedError {
  if (error instanceof CodedError) return error;
  const category = findCategory(error);
  if (!(error instanceof Error) || category === undefined)
    return newError('INTERNAL', 'Something failed inside the gateway', { cause: error });
  const { code, details } = error as Error & { code: string; details?: Details };
  return new CodedError({ code, category, message: error.message, ...(details === undefined ? {} : { details }), cause: error });
}

/** The code of an error, if it has one. */
export function readCode(error: unknown): string | undefined {
  return findCategory(error) === undefined ? undefined : (error as { code: string }).code;
}

function findCategory(error: unknown): ErrorCategory | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, category } = error as { code?: unknown; category?: unknown };
  if (typeof code !== 'string') return undefined;
  if (isErrorCategory(category)) return category;
  return findCode(code)?.category ?? (isErrorCode(code) ? errorCategories[code] : undefined);
}
