import { CodedError } from '../coded-error';

/** What can go wrong on the way to Fabric's binaries, by stable code. */
export type BinariesErrorCode = 'FABRIC_NOT_FOUND' | 'FABRIC_ARCHIVE_REFUSED' | 'FABRIC_VERSION_UNSUPPORTED';

export class BinariesError extends CodedError<BinariesErrorCode> {}
