import { formatCanonical } from './canonical-json';
import { parseJson, RequestInvalid, type Parser } from './parser';

/** Parses a text that is the canonical one of its value, so that what is hashed is what was parsed. @throws RequestInvalid */
export function parseCanonical<T>(parse: Parser<T>, text: string, place: string): T {
  const value = parseJson(parse, text, place);
  if (formatCanonical(value) !== text) throw new RequestInvalid(place, 'canonical JSON (RFC 8785)');
  return value;
}
