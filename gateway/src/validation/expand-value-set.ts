import type { CodeSystem, CodeSystemConcept, ValueSet, ValueSetComposeInclude } from '@medplum/fhirtypes';

/** The codes of a value set, by their system. */
export type Codes = Readonly<Record<string, readonly string[]>>;

/** Finds a code system by its canonical URL. */
export type FindCodeSystem = (url: string) => CodeSystem | undefined;

/**
 * The codes of a value set that lists concepts or takes whole code systems; undefined for one that does anything else
 * (filters, other value sets, exclusions) or takes a code system that is not at hand as a whole, such as UCUM or BCP 13.
 */
export function expandValueSet({ compose }: ValueSet, find: FindCodeSystem): Codes | undefined {
  if (compose === undefined || compose.exclude !== undefined) return undefined;
  const codes: Record<string, readonly string[]> = {};
  for (const include of compose.include) {
    const listed = expandInclude(include, find);
    if (listed === undefined || include.system === undefined) return undefined;
    codes[include.system] = [...(codes[include.system] ?? []), ...listed];
  }
  return codes;
}

function expandInclude({ system, concept, filter, valueSet }: ValueSetComposeInclude, find: FindCodeSystem): string[] | undefined {
  if (system === undefined || filter !== undefined || valueSet !== undefined) return undefined;
  if (concept !== undefined) return concept.map(({ code }) => code);
  const whole = find(system);
  return whole?.content === 'complete' ? codesOf(whole.concept) : undefined;
}

function codesOf(concepts: readonly CodeSystemConcept[] | undefined): string[] {
  return (concepts ?? []).flatMap(({ code, concept }) => [code, ...codesOf(concept)]);
}
