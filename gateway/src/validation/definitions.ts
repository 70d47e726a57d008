import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadDataType, tryGetDataType, type InternalTypeSchema } from '@medplum/core';
import type { StructureDefinition } from '@medplum/fhirtypes';
import { codesFile, definitionsFolder, outlinesFile } from './definitions-folder';
import type { Codes } from './expand-value-set';
import type { Outline } from './outline';

const loaded = new Set<string>();
let codes: ReadonlyMap<string, Codes> | undefined;
let outlines: ReadonlyMap<string, Outline> | undefined;

/**
 * The schema of a type, loaded with the types of its elements when it is first asked for; undefined for a primitive type. The library
 * keeps one table of types for the process.
 * @throws Error when the definitions were not built
 */
export function findType(name: string): InternalTypeSchema | undefined {
  load(name);
  return tryGetDataType(name);
}

/** The codes of a value set that R4 requires somewhere; undefined when they cannot be enumerated. */
export function findCodes(canonical: string): Codes | undefined {
  codes ??= new Map(Object.entries(readDefinition(codesFile) as Record<string, Codes>));
  return codes.get(canonical.split('|', 1)[0] ?? canonical);
}

/** Which elements of a resource type belong to a summary, and which are mandatory. */
export function findOutline(type: string): Outline | undefined {
  outlines ??= new Map(Object.entries(readDefinition(outlinesFile) as Record<string, Outline>));
  return outlines.get(type);
}

function load(name: string): void {
  if (loaded.has(name)) return;
  loaded.add(name);
  if (loaded.size === 1) assertBuilt();
  // Most names are those of primitive types, which have no file; some come from a resource.
  if (!/^[A-Z][A-Za-z]*$/.test(name) || !existsSync(join(definitionsFolder, `${name}.json`))) return;
  const definition = readDefinition(`${name}.json`) as StructureDefinition;
  loadDataType(definition);
  const types = (definition.snapshot?.element ?? []).flatMap(({ type }) => type ?? []);
  types.forEach(({ code }) => load(code));
}

function assertBuilt(): void {
  if (!existsSync(join(definitionsFolder, codesFile)))
    throw new Error(`There are no FHIR definitions at ${definitionsFolder}: npm run build makes them`);
}

function readDefinition(file: string): unknown {
  return JSON.parse(readFileSync(join(definitionsFolder, file), 'utf8'));
}
