import { newError } from '../problem';
import { parseSearchDate } from './search-date';

/**
 * The types that `_type` names, in alphabetical order; all that are offered without it.
 * @throws CodedError REQUEST_INVALID
 */
export function parseTypes(value: string | undefined, offered: readonly string[]): readonly string[] {
  if (value === undefined || value === '') return [...offered].sort();
  const types = [...new Set(value.split(','))];
  if (types.some((type) => !offered.includes(type)))
    throw newError('REQUEST_INVALID', 'query._type: must be resource types that are offered here');
  return types.sort();
}

/** An instant, as the texts of this store write it. @throws CodedError REQUEST_INVALID */
export function parseInstant(value: string | undefined, name: string): string | undefined {
  if (value === undefined) return undefined;
  if (!/^\d/.test(value)) throw newError('REQUEST_INVALID', `query.${name}: must be an instant such as 2026-01-31T00:00:00Z`);
  return parseSearchDate(value, name).from;
}
