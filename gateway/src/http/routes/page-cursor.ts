import { z } from 'zod';
import { newError } from '../../problem';

/** Query parameters of a list that is read page by page. */
export const paging = {
  count: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(400).optional(),
};

/** Where the next page begins; null at the end. A place in a list is no secret: it holds what the list is ordered by, and numbers or random ids. */
export function formatCursor(place: object | undefined): string | null {
  return place === undefined ? null : Buffer.from(JSON.stringify(place)).toString('base64url');
}

/** @throws CodedError REQUEST_INVALID */
export function parseCursor<T>(place: z.ZodType<T>, text: string | undefined): T | undefined {
  if (text === undefined) return undefined;
  try {
    return place.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
  } catch {
    throw newError('REQUEST_INVALID', 'query.cursor: is not a link of this list; begin the search anew');
  }
}
