import { categories, type Category } from './categories';
import { codes, type GatewayCode } from './codes';

export type Details = Readonly<Record<string, unknown>>;

interface CodedErrorFields {
  readonly code: string;
  readonly category: Category;
  readonly message: string;
  readonly details?: Details;
  readonly transactionId?: string;
  readonly cause?: unknown;
}

/** An error that may be shown: its code is from a table, its message and details hold no personal data. */
export class CodedError extends Error {
  readonly code: string;
  readonly category: Category;
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
export function newError(code: GatewayCode, message: string, more: Pick<CodedErrorFields, 'details' | 'transactionId' | 'cause'> = {}): CodedError {
  return new CodedError({ code, category: codes[code].category, message, ...more });
}

/** Whether an error, of whatever class, carries a code and a category of the shared list (the FHIR and crypto rooms and the model throw such). */
export function isCoded(error: unknown): error is Error & { code: string; category: Category; details?: Details; transactionId?: string } {
  if (!(error instanceof Error)) return false;
  const { code, category } = error as Partial<CodedErrorFields>;
  return typeof code === 'string' && categories.some((known) => known === category);
}

/** The code of an error, if it has one. */
export function readCode(error: unknown): string | undefined {
  return isCoded(error) ? error.code : undefined;
}
