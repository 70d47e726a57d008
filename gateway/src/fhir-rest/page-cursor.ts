import { newError } from '../problem';
import type { LocalKey, Place } from '../store';
import type { Pair } from './parse-search';

/** Where the next page of a list begins. */
export interface PageCursor {
  /** What it is the cursor of: a type, or a resource whose history it is. */
  readonly of: string;
  /** The search as it was asked. */
  readonly pairs: readonly Pair[];
  /** The last one before: place in a list, or version in a history. */
  readonly after: Place;
}

const place = 'fhir/cursor';

/** A text that only this gateway can read and nobody can change: the search in it may hold record numbers of people. */
export function formatCursor(key: LocalKey, cursor: PageCursor): string {
  return Buffer.from(key.seal(place, Buffer.from(JSON.stringify(cursor)))).toString('base64url');
}

/** @throws CodedError REQUEST_INVALID when it was not made here for this list */
export function parseCursor(key: LocalKey, text: string, of: string): PageCursor {
  try {
    const cursor = JSON.parse(Buffer.from(key.open(place, Buffer.from(text, 'base64url'))).toString('utf8')) as PageCursor;
    if (cursor.of === of) return cursor;
  } catch {
    // Told below.
  }
  throw newError('REQUEST_INVALID', 'query._cursor: is not a link of this list; begin the search anew');
}
