/** What can be the matter with a member's public part, by stable code. */
export type PublicPartErrorCode = 'MEMBER_FILE_INVALID' | 'MEMBER_FILE_DIFFERS';

/** `message` says what is the matter, `hint` the way out. */
export class PublicPartError extends Error {
  readonly code: PublicPartErrorCode;
  readonly hint: string;

  constructor(code: PublicPartErrorCode, message: string, hint: string) {
    super(message);
    this.name = 'PublicPartError';
    this.code = code;
    this.hint = hint;
  }
}
