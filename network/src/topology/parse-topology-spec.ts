import type { z } from 'zod';
import { findReferenceProblems } from './find-reference-problems';
import { TopologyInvalid, type TopologyProblem } from './topology-errors';
import { topologySpec, type TopologySpec } from './topology-spec';

/**
 * Reads a topology as a person writes it.
 *
 * @param text JSON.
 * @param source what to call the file in an error.
 * @throws {@link TopologyInvalid} with all problems at once: shape, unknown keys, names that refer to nothing.
 */
export function parseTopologySpec(text: string, source: string): TopologySpec {
  const value = parseJson(text, source);
  const parsed = topologySpec.safeParse(value);
  const shape = parsed.success ? [] : parsed.error.issues.flatMap(problemsOf);
  const problems = [...shape, ...findReferenceProblems(value)];
  if (!parsed.success || problems.length > 0) {
    throw new TopologyInvalid(source, problems);
  }
  return parsed.data;
}

function parseJson(text: string, source: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new TopologyInvalid(source, [{ place: '(file)', problem: `is not JSON: ${(error as SyntaxError).message}` }]);
  }
}

function problemsOf(issue: z.core.$ZodIssue): TopologyProblem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ place: formatPlace([...issue.path, key]), problem: 'is not a known key' }));
  }
  if (issue.code === 'invalid_key') {
    return issue.issues.map((inner) => ({ place: formatPlace(issue.path), problem: `its name ${inner.message}` }));
  }
  return [{ place: formatPlace(issue.path), problem: describe(issue) }];
}

function describe(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_value') {
    return `must be one of ${issue.values.map(String).join(', ')}`;
  }
  return issue.message;
}

/** ['organisations', 2, 'mspId'] is `organisations[2].mspId`. */
function formatPlace(path: readonly PropertyKey[]): string {
  const place = path.map((step) => (typeof step === 'number' ? `[${String(step)}]` : `.${String(step)}`)).join('');
  return place === '' ? '(file)' : place.replace(/^\./, '');
}
