import type { SubjectRef } from '@medaccord/chaincode/model';
import {
  compartmentReferencesOf,
  findHeld,
  parseCondition,
  parseReference,
  type BundleEntry,
  type IndexedResource,
  type ResourceIndex,
} from '../fhir';

/**
 * Whose records a transaction is about, as far as it tells by itself: by what it replaces, or by a patient held here whom it refers to. The first
 * one counts; the import then holds every resource against her. Nothing for a patient who is new here.
 * @throws FhirError
 */
export async function findSubject(entries: readonly BundleEntry[], index: ResourceIndex): Promise<SubjectRef | undefined> {
  for (const entry of entries) {
    const held = (await findReplaced(entry, index)) ?? (await findReferred(entry, index));
    if (held !== undefined) return held.subjectRef as SubjectRef;
  }
  return undefined;
}

async function findReplaced({ type, request, place }: BundleEntry, index: ResourceIndex): Promise<IndexedResource | undefined> {
  if ('id' in request) return ofSomebody(await index.find(type, request.id));
  const condition = 'condition' in request ? request.condition : request.ifNoneExist;
  if (condition === undefined) return undefined;
  return ofSomebody((await findHeld(index, type, parseCondition(condition, `${place}.request`)))[0]);
}

async function findReferred({ type, resource, place }: BundleEntry, index: ResourceIndex): Promise<IndexedResource | undefined> {
  for (const { reference, path } of compartmentReferencesOf(type, resource)) {
    const parsed = parseReference(reference);
    const query = /^Patient\?(.+)$/.exec(reference)?.[1];
    const found =
      query === undefined
        ? parsed?.type === 'Patient'
          ? await index.find('Patient', parsed.id)
          : undefined
        : (await findHeld(index, 'Patient', parseCondition(query, `${place}.resource.${path}`)))[0];
    if (ofSomebody(found) !== undefined) return found;
  }
  return undefined;
}

function ofSomebody(held: IndexedResource | undefined): IndexedResource | undefined {
  return held === undefined || held.subjectRef === null ? undefined : held;
}
