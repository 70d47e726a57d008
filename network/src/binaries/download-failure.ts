/** A download that did not come to its end. What had arrived is kept, unless nothing fits to it, and the next try goes on from there. */
export class DownloadFailure extends Error {
  readonly mustBeginAnew: boolean;

  constructor(message: string, { mustBeginAnew = false } = {}) {
    super(message);
    this.name = 'DownloadFailure';
    this.mustBeginAnew = mustBeginAnew;
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection broken off',
  ENOTFOUND: 'its name is not known here (is there a network?)',
  EAI_AGAIN: 'its name cannot be looked up now',
  ENETUNREACH: 'no way to its network',
  EHOSTUNREACH: 'no way to it',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  UND_ERR_SOCKET: 'connection broken off',
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time',
};

/** In words, whatever layer it came from; `fetch` wraps the reason. */
export function describeDownloadError(error: unknown): string {
  if (error instanceof DownloadFailure) return error.message;
  const { cause, code, message } = error as NodeJS.ErrnoException;
  const inner = cause as NodeJS.ErrnoException | undefined;
  const known = [code, inner?.code].map((each) => REASONS[each ?? '']).find((each) => each !== undefined);
  return known ?? inner?.message ?? message;
}
