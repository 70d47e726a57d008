import type { ElementDefinition, StructureDefinition } from '@medplum/fhirtypes';

/** ele-1 (nothing is empty) needs no expression; the library gets the precedence in ras-2 wrong and refuses a probability of 0.5. */
const UNUSED = new Set(['ele-1', 'ras-2']);

/** A StructureDefinition with what validation reads of it: about a tenth of what is published. */
export function pruneDefinition(definition: StructureDefinition): StructureDefinition {
  const { resourceType, url, name, type, kind, derivation, snapshot } = definition;
  const element = (snapshot?.element ?? []).map(pruneElement);
  return { resourceType, url, name, type, kind, ...(derivation && { derivation }), snapshot: { element } } as StructureDefinition;
}

function pruneElement(element: ElementDefinition): ElementDefinition {
  const { id, path, sliceName, slicing, min, max, contentReference, type, constraint, binding } = element;
  const constraints = (constraint ?? []).filter(({ key, severity }) => severity === 'error' && !UNUSED.has(key));
  const pruned = {
    id: id?.includes(':') ? id : undefined,
    path,
    sliceName,
    slicing: slicing && { discriminator: slicing.discriminator, rules: slicing.rules },
    min,
    max,
    base: baseOf(element),
    contentReference,
    type: type?.map(({ code, profile, targetProfile, extension }) => ({ code, profile, targetProfile, extension })),
    constraint: constraints.map(({ key, severity, human, expression }) => ({ key, severity, human, expression })),
    binding: binding?.strength === 'required' ? { strength: binding.strength, valueSet: binding.valueSet } : undefined,
    ...fixedValueOf(element),
  };
  return pruned as ElementDefinition;
}

/** Without it an element is taken for one of its own; one that refers to another would take that one's. */
function baseOf({ base, max, path, contentReference }: ElementDefinition): ElementDefinition['base'] {
  if (base === undefined || (contentReference === undefined && base.max === max && base.path === path)) return undefined;
  return { path: base.path, min: base.min, max: base.max };
}

function fixedValueOf(element: ElementDefinition): Partial<ElementDefinition> {
  return Object.fromEntries(Object.entries(element).filter(([name]) => /^(?:fixed|pattern)[A-Z]/.test(name)));
}
