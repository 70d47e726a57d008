import { setImmediate } from 'node:timers/promises';
import type { JsonObject } from '../fhir/json-value';
import { newError } from '../problem';
import type { Issue } from './issue';
import { validateResource, type ValidationOptions } from './validate-resource';

/** Enough to correct a bundle by; an answer is not to grow with what is wrong. */
const mostIssues = 100;
/** Longest that others wait for the event loop while bundles are validated, but for a single resource that takes longer. */
const turnMs = 20;

/** A resource of a bundle; its place is the entry's (`entry[3]`). */
export interface PlacedResource {
  readonly place: string;
  readonly resource: JsonObject;
}

/** An issue of one of several resources. */
export type PlacedIssue = Issue & { readonly entry: string };

/**
 * Validates resources one after another, letting others work in between.
 * @throws CodedError FHIR_INVALID, with the issues of all of them: the first hundred
 */
export async function assertValid(resources: Iterable<PlacedResource>, options: ValidationOptions): Promise<void> {
  const issues: PlacedIssue[] = [];
  let turn = performance.now();
  for (const { place, resource } of resources) {
    issues.push(...validateResource(resource, options).map((issue) => ({ entry: place, ...issue })));
    if (issues.length > mostIssues) break;
    if (performance.now() - turn > turnMs) {
      await setImmediate();
      turn = performance.now();
    }
  }
  const [first] = issues;
  if (first === undefined) return;
  const told = issues.slice(0, mostIssues);
  const others = told.length === 1 ? '' : ` (${issues.length > mostIssues ? 'more than ' : ''}${String(told.length)} issues in all)`;
  const message = `${first.entry}: ${first.path} ${first.problem} [${first.rule}]${others}`;
  throw newError('FHIR_INVALID', message, { details: { issues: told, areAll: issues.length <= mostIssues } });
}
