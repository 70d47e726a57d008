import type { JsonObject } from '../fhir';
import { findOutline } from '../validation';
import { pickElements } from './present-resource';

export const summaries = ['true', 'text', 'data'] as const;
export type Summary = (typeof summaries)[number];

/** The part of a resource that a summary shows (FHIR R4 search.html#summary), by its own elements, each whole; marked SUBSETTED. */
export function summarise(resource: JsonObject, summary: Summary): JsonObject {
  const names = Object.keys(resource);
  if (summary === 'data')
    return pickElements(
      resource,
      names.filter((name) => name !== 'text'),
    );
  const { resourceType } = resource;
  const { summary: short, mandatory } = findOutline(typeof resourceType === 'string' ? resourceType : '') ?? { summary: [], mandatory: [] };
  const wanted = summary === 'text' ? ['text', ...mandatory] : short;
  return pickElements(
    resource,
    wanted.flatMap((name) => (name.endsWith('[x]') ? names.filter((one) => isChoice(one, name)) : [name])),
  );
}

function isChoice(name: string, choice: string): boolean {
  const stem = choice.slice(0, -3);
  return name.startsWith(stem) && /^[A-Z]/.test(name.slice(stem.length));
}
