import type { SubjectRef } from '@medaccord/chaincode/model';
import { compartmentReferencesOf, type PlacedReference } from './compartment';
import { FhirError } from './fhir-error';
import type { JsonObject } from './json-value';
import { parseReference } from './link-resolver';
import type { IndexedResource, ResourceIndex } from './resource-index';
import type { Target } from './target';

/** Gives whose record a resource (links rewritten) is: the import's subject, or null outside the Patient compartment. */
export type SubjectCheck = (target: Target, resource: JsonObject) => Promise<SubjectRef | null>;

type Options = { readonly index: ResourceIndex; readonly subjectRef: SubjectRef | undefined };

const FOREIGN_PATIENT = /\/Patient\/[^/]+(?:\/_history\/[^/]+)?$/;

/**
 * Every resource inside the Patient compartment must belong to the import's subject and to nobody else: one bundle, one patient.
 * @throws {FhirError} BUNDLE_SUBJECT_MISSING, BUNDLE_SUBJECT_OTHER, BUNDLE_REFERENCE_UNRESOLVED
 */
export function newSubjectCheck(targets: readonly Target[], { index, subjectRef }: Options): SubjectCheck {
  const patients = new Map(targets.filter(({ entry }) => entry.type === 'Patient').map((target) => [target.id, target]));
  assertOnePatient([...patients.values()]);

  return async (target, resource) => {
    const { entry, current } = target;
    const place = `${entry.place}.resource`;
    const isOfPatient = entry.type === 'Patient' || (await countPatients(compartmentReferencesOf(entry.type, resource), place)) > 0;
    if (isOfPatient && subjectRef === undefined) {
      throw new FhirError('BUNDLE_SUBJECT_MISSING', place, 'belongs to a patient: name the subject of the import (?subject=).');
    }
    const subject = isOfPatient && subjectRef !== undefined ? subjectRef : null;
    if (current !== undefined && current.subjectRef !== subject) {
      throw new FhirError('BUNDLE_SUBJECT_OTHER', place, 'is held here already as the record of somebody else, or of nobody.');
    }
    return subject;
  };

  async function countPatients(references: readonly PlacedReference[], place: string): Promise<number> {
    const checks = references.map(({ reference, path }) => isOwnPatient(reference, `${place}.${path}`));
    return (await Promise.all(checks)).filter((isOwn) => isOwn).length;
  }

  /** False when the reference is not to a patient at all. */
  async function isOwnPatient(reference: string, place: string): Promise<boolean> {
    if (FOREIGN_PATIENT.test(reference)) throw new FhirError('BUNDLE_SUBJECT_OTHER', place, 'refers to a patient of another system.');
    const parsed = parseReference(reference);
    if (parsed?.type !== 'Patient') return false;
    const entered = patients.get(parsed.id);
    if (entered !== undefined && entered.current === undefined) return true;
    assertOwn(entered?.current ?? (await index.find('Patient', parsed.id)), place);
    return true;
  }

  function assertOwn(held: IndexedResource | undefined, place: string): void {
    if (held === undefined) {
      throw new FhirError('BUNDLE_REFERENCE_UNRESOLVED', place, 'refers to a patient who is neither in the bundle nor held here.');
    }
    if (subjectRef !== undefined && held.subjectRef !== subjectRef) {
      throw new FhirError('BUNDLE_SUBJECT_OTHER', place, 'refers to another patient than the subject of the import.');
    }
  }
}

function assertOnePatient(patients: readonly Target[]): void {
  const [first, second] = patients;
  if (first === undefined || second === undefined) return;
  throw new FhirError(
    'BUNDLE_SUBJECT_OTHER',
    second.entry.place,
    `is a second patient beside ${first.entry.place}: one bundle, one patient.`,
  );
}
