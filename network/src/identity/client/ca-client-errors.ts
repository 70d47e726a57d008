import { CodedError } from '../../coded-error';

interface Failure {
  readonly ca: string;
  readonly operation: string;
  readonly status: number;
  readonly errors: readonly { readonly code: number; readonly message: string }[];
}

/** A CA that answered, with a refusal. `caCode` is Fabric CA's (20: not authenticated, 71: not allowed, 74: registered already). */
export class CaRequestFailed extends CodedError<'CA_REQUEST_FAILED'> {
  readonly operation: string;
  readonly status: number;
  readonly caCode: number | undefined;

  constructor({ ca, operation, status, errors }: Failure) {
    const reasons = errors.map(({ code, message }) => `${message} (code ${String(code)})`).join('; ');
    const why = reasons === '' ? 'no reason given' : reasons;
    super('CA_REQUEST_FAILED', `The CA ${ca} refused ${operation} with status ${String(status)}: ${why}`);
    this.operation = operation;
    this.status = status;
    this.caCode = errors[0]?.code;
  }
}

/** A CA that did not answer. Whether it did what it was asked is not known. */
export class CaUnreachable extends CodedError<'CA_UNREACHABLE'> {
  constructor({ url, name }: { readonly url: string; readonly name: string }, operation: string, cause: unknown) {
    super('CA_UNREACHABLE', `The CA ${name} did not answer ${operation} at ${url}: is it running?`, undefined, cause);
  }
}
