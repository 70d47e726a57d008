import { formatCanonical } from './encoding/canonical-json';
import { errorRows, type ErrorCode, type FactsOf, isErrorCode } from './error-codes';
import type { ErrorCategory } from './error-facts';

/** Facts of an error: pseudonymous ids, enum values and counts only, never names, content or what a caller typed. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | null>>;

/** An error that has a code. Its message is for people; programs look at `code` and `details`. */
export class DomainError extends Error {
  override readonly name: string = 'DomainError';
  readonly category: ErrorCategory;

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details: ErrorDetails = {},
  ) {
    super(message);
    this.category = errorRows[code].category;
  }
}

type FactArguments<C extends ErrorCode> = keyof FactsOf<C> extends never ? [] : [facts: FactsOf<C>];

/** The error of a code, with the facts that its row in the table names; the message is composed from them. */
export function newError<C extends ErrorCode>(code: C, ...[facts]: FactArguments<C>): DomainError {
  const details: ErrorDetails = { ...facts };
  const message = errorRows[code].message.replace(/\{(\w+)\}/g, (_, name: string) => String(details[name]));
  return new DomainError(code, message, details);
}

/** The text that crosses the wire as the message of a failed transaction. */
export function formatError(error: DomainError): string {
  return formatCanonical({ code: error.code, details: error.details, message: error.message });
}

/** Reads the wire text of an error; undefined when the text is not one. */
export function parseError(text: string): DomainError | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { code, message, details } = value as Record<string, unknown>;
  if (typeof code !== 'string' || !isErrorCode(code) || typeof message !== 'string') return undefined;
  return isErrorDetails(details) ? new DomainError(code, message, details) : undefined;
}

function isErrorDetails(value: unknown): value is ErrorDetails {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((fact) => fact === null || ['string', 'number', 'boolean'].includes(typeof fact));
}
