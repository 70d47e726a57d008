import type { ElementType } from '@medplum/core';
import type { JsonObject } from '../fhir/json-value';
import { isResourceType } from '../fhir/resource-type';
import type { Rule } from './issue';

const BASE = 'http://hl7.org/fhir/StructureDefinition/';
const RELATIVE = /^([A-Za-z]+)(?:\/[A-Za-z0-9.-]{1,64}(?:\/_history\/[A-Za-z0-9.-]{1,64})?|\?\S+)$/;
const ABSOLUTE = /^[A-Za-z][A-Za-z0-9+.-]*:\S+$/;

/** What is wrong with the reference of a Reference: its form, the contained resource it names, or the type of what it refers to. */
export function checkReference({ reference }: JsonObject, types: readonly ElementType[], contained: ReadonlySet<string>): Rule | undefined {
  if (typeof reference !== 'string' || reference === '#') return undefined;
  if (reference.startsWith('#')) return contained.has(reference.slice(1)) ? undefined : 'reference-format';
  const [, type] = RELATIVE.exec(reference) ?? [];
  if (type === undefined) return ABSOLUTE.test(reference) ? undefined : 'reference-format';
  if (!isResourceType(type)) return 'reference-format';
  return mayReferTo(type, types) ? undefined : 'reference-target';
}

function mayReferTo(type: string, types: readonly ElementType[]): boolean {
  const targets = types.flatMap(({ targetProfile }) => targetProfile ?? []);
  return (
    targets.length === 0 || targets.some((target) => target === BASE + type || target === `${BASE}Resource` || !target.startsWith(BASE))
  );
}
