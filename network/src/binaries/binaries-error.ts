/** What can go wrong on the way to Fabric's binaries, by stable code. */
export type BinariesErrorCode = 'FABRIC_NOT_FOUND' | 'FABRIC_ARCHIVE_REFUSED' | 'FABRIC_VERSION_UNSUPPORTED';

/** `message` says what is the matter and where, `hint` the ways out. */
export class BinariesError extends Error {
  readonly code: BinariesErrorCode;
  readonly hint: string | undefined;

  constructor(code: BinariesErrorCode, message: string, hint?: string) {
    super(message);
    this.name = 'BinariesError';
    this.code = code;
    this.hint = hint;
  }
}
