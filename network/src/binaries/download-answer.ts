import { DownloadFailure } from './download-failure';

/** The part of a file that is here already. */
export interface Resumable {
  readonly bytes: number;
  /** The server's name of the very content that it is a part of. */
  readonly validator: string;
}

/** What a server brings: all of the file (`from` 0), the rest of it, or nothing because all of it is here. */
export interface Answer {
  readonly from: number;
  /** Size of the whole file, if the server says it. */
  readonly total: number | undefined;
  readonly isComplete: boolean;
  readonly validator: string | undefined;
}

/** Headers that ask for what is not here. Compressed on the way, the bytes would not be those that the digest is of. */
export function askFor(resumable: Resumable | undefined): Record<string, string> {
  const plain = { 'accept-encoding': 'identity' };
  return resumable === undefined ? plain : { ...plain, range: `bytes=${resumable.bytes}-`, 'if-range': resumable.validator };
}

/**
 * Reads status and headers of the answer to `askFor` (RFC 9110, 14 and 15.3.7).
 * @throws DownloadFailure
 */
export function readAnswer({ status, headers }: Response, resumable: Resumable | undefined): Answer {
  const validator = findValidator(headers);
  if (status === 200) return { from: 0, total: readSize(headers.get('content-length')), isComplete: false, validator };
  if (resumable === undefined || ![206, 416].includes(status)) throw new DownloadFailure(`the server answered ${status}`);
  const { start, total } = readRange(headers);
  // A process that was ended before it could unpack has left the whole.
  if (status === 416 && total === resumable.bytes) return { from: total, total, isComplete: true, validator };
  if (status === 206 && start === resumable.bytes) return { from: start, total, isComplete: false, validator };
  throw new DownloadFailure('the server does not continue what arrived earlier; the next try begins anew', { mustBeginAnew: true });
}

function readRange(headers: Headers): { start: number | undefined; total: number | undefined } {
  const [, start, total] = /^bytes (?:(\d+)-\d+|\*)\/(\d+|\*)$/.exec(headers.get('content-range') ?? '') ?? [];
  return { start: readSize(start), total: readSize(total) };
}

/** A weak ETag does not promise the same bytes (RFC 9110, 8.8.1); a release does not change twice in a second, so its date will do. */
function findValidator(headers: Headers): string | undefined {
  const tag = headers.get('etag');
  if (tag?.startsWith('"') === true) return tag;
  return headers.get('last-modified') ?? undefined;
}

function readSize(text: string | null | undefined): number | undefined {
  const size = Number.parseInt(text ?? '', 10);
  return Number.isNaN(size) ? undefined : size;
}
