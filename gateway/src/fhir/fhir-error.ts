import type { ErrorCategory } from '@medaccord/chaincode/model';

/** What can be wrong with a bundle, with what its sender can do about it. */
export const fhirErrorCategories = {
  BUNDLE_NOT_JSON: 'invalid',
  BUNDLE_INVALID: 'invalid',
  BUNDLE_NOT_SUPPORTED: 'invalid',
  BUNDLE_DUPLICATE: 'invalid',
  BUNDLE_REFERENCE_UNRESOLVED: 'rule',
  BUNDLE_CONDITION_AMBIGUOUS: 'conflict',
  BUNDLE_VERSION_OUTDATED: 'conflict',
  BUNDLE_RESOURCE_DELETED: 'gone',
  BUNDLE_SUBJECT_MISSING: 'rule',
  BUNDLE_SUBJECT_OTHER: 'rule',
} as const satisfies Record<string, ErrorCategory>;

/** Where FHIR R4 (http.html) asks for another HTTP status than the category has. */
export const fhirErrorStatuses: Partial<Readonly<Record<string, number>>> = {
  BUNDLE_CONDITION_AMBIGUOUS: 412,
  BUNDLE_VERSION_OUTDATED: 412,
};

export type FhirErrorCode = keyof typeof fhirErrorCategories;

/** A bundle that cannot be imported. Says where and what belongs there; what stood there is somebody's health and is never repeated. */
export class FhirError extends Error {
  override readonly name = 'FhirError';
  readonly category: ErrorCategory;
  readonly details: { readonly place: string };

  constructor(
    readonly code: FhirErrorCode,
    place: string,
    problem: string,
  ) {
    super(`${place} ${problem}`);
    this.category = fhirErrorCategories[code];
    this.details = { place };
  }
}

const ELEMENT_NAME = /^_?[A-Za-z][A-Za-z0-9]{0,63}$/;

/** The place of an element inside another: `entry[3].resource.code`. A name that no FHIR element could have is not repeated. */
export function placeIn(parent: string, name: string | number): string {
  if (typeof name === 'number') return `${parent}[${String(name)}]`;
  const shown = ELEMENT_NAME.test(name) ? name : '(a name that is no FHIR element)';
  return parent === '' ? shown : `${parent}.${shown}`;
}
