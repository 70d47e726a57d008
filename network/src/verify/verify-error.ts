export type VerifyErrorCode = 'VERIFY_SOURCE_UNREADABLE' | 'VERIFY_UNREACHABLE' | 'VERIFY_REFUSED' | 'VERIFY_NO_CONFIGURATION';

/** Blocks could not be had, which says nothing about whether they are right. */
export class VerifyError extends Error {
  override readonly name = 'VerifyError';

  constructor(
    readonly code: VerifyErrorCode,
    message: string,
    readonly hint: string,
  ) {
    super(message);
  }
}
