import { CodedError } from '../coded-error';

export type VerifyErrorCode = 'VERIFY_SOURCE_UNREADABLE' | 'VERIFY_UNREACHABLE' | 'VERIFY_REFUSED' | 'VERIFY_NO_CONFIGURATION';

/** Blocks could not be had, which says nothing about whether they are right. */
export class VerifyError extends CodedError<VerifyErrorCode> {}
