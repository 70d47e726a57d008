/** What can go wrong while a network is looked after, by stable code. */
export type OperationsErrorCode = 'NODE_NOT_BACK';

/** `message` says what is the matter, `hint` the way out. */
export class OperationsError extends Error {
  readonly code: OperationsErrorCode;
  readonly hint: string | undefined;

  constructor(code: OperationsErrorCode, message: string, hint?: string) {
    super(message);
    this.name = 'OperationsError';
    this.code = code;
    this.hint = hint;
  }
}
