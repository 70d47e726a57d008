import type { z } from 'zod';
import { newError } from '../problem';

/**
 * Checks a value by its schema. The error names every wrong place and what belongs there, never what stood there.
 * @throws CodedError REQUEST_INVALID
 */
export function parseWith(schema: z.ZodType, value: unknown, where: 'path' | 'query' | 'body'): unknown {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => ({ place: formatPlace(where, issue.path), problem: describe(issue) }));
  const [first] = problems;
  throw newError('REQUEST_INVALID', first === undefined ? `The ${where} is not valid` : `${first.place}: ${first.problem}`, {
    details: { problems },
  });
}

/** Unknown names are not repeated: they could be anybody's data. */
function describe(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') return `has ${String(issue.keys.length)} unknown field(s)`;
  if (issue.code === 'invalid_key' || issue.code === 'invalid_element') return 'has an entry that is not valid';
  return issue.message;
}

/** Fields whose entries are named by the caller. */
const tables = ['sealed', 'documents'];

function formatPlace(where: string, path: readonly PropertyKey[]): string {
  return [where, ...path.map((segment, at) => (tables.includes(String(path[at - 1])) ? '*' : String(segment)))].join('.');
}
