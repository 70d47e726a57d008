import type { Criterion, Searchable } from './searchable';

/** Whether a resource fulfils all that a search asks for, where it is at hand; elsewhere the search index tells. */
export function meetsCriteria({ terms, exact }: Searchable, criteria: readonly Criterion[]): boolean {
  const held = new Set(terms);
  return criteria.every(
    ({ any, none, accepts }) =>
      any?.some((term) => held.has(term)) !== false && none?.some((term) => held.has(term)) !== true && accepts?.(exact) !== false,
  );
}
