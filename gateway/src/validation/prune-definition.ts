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
  const { id, path, sliceName, slicing, min, max, base, contentReference, type, constraint, binding } = element;
  const constraints = (constraint ?? []).filter(({ key, severity }) => severity === 'error' && !UNUSED.has(key ?? ''));
  return {
    ...(id?.includes(':') && { id }),
    path,
    ...(sliceName && { sliceName }),
    ...(slicing && { slicing: { discriminator: slicing.discriminator, rules: slicing.rules } }),
    min,
    max,
    // Without it the element is taken for one of its own; what refers to another element would take that one's.
    ...(base &&
      (contentReference ?? (base.max !== max || base.path !== path)) && { base: { path: base.path, min: base.min, max: base.max } }),
    ...(contentReference && { contentReference }),
    ...(type && { type: type.map(({ code, profile, targetProfile, extension }) => ({ code, profile, targetProfile, extension })) }),
    ...(constraints.length > 0 && {
      constraint: constraints.map(({ key, severity, human, expression }) => ({ key, severity, human, expression })),
    }),
    ...(binding?.strength === 'required' && { binding: { strength: binding.strength, valueSet: binding.valueSet } }),
    ...fixedValueOf(element),
  } as ElementDefinition;
}

function fixedValueOf(element: ElementDefinition): Partial<ElementDefinition> {
  return Object.fromEntries(Object.entries(element).filter(([name]) => /^(?:fixed|pattern)[A-Z]/.test(name)));
}
