/** What can be against a FHIR Consent, and against a consent that is to become one. */
export type FhirConsentErrorCode =
  | 'FHIR_CONSENT_INVALID'
  | 'FHIR_CONSENT_NOT_SUPPORTED'
  | 'FHIR_CONSENT_NOT_IN_FORCE'
  | 'FHIR_CONSENT_OF_OTHERS'
  | 'FHIR_CONSENT_RECIPIENT_UNKNOWN'
  | 'FHIR_CONSENT_NOT_EXPRESSIBLE';

/**
 * Nothing of a consent is left out on the way from or to FHIR: what has no counterpart is refused. The place is the FHIRPath of the element,
 * for FHIR_CONSENT_NOT_EXPRESSIBLE that of the part in the consent document. What stood there is not repeated.
 */
export class FhirConsentError extends Error {
  override readonly name = 'FhirConsentError';
  readonly category = 'invalid';
  readonly details: { readonly place: string };

  constructor(
    readonly code: FhirConsentErrorCode,
    readonly place: string,
    problem: string,
  ) {
    super(`${place} ${problem}`);
    this.details = { place };
  }
}

/** The element is not what FHIR R4 asks for. */
export function invalid(place: string, problem: string): FhirConsentError {
  return new FhirConsentError('FHIR_CONSENT_INVALID', place, problem);
}

/** The element says something that a consent here cannot. */
export function unsupported(place: string, problem: string): FhirConsentError {
  return new FhirConsentError('FHIR_CONSENT_NOT_SUPPORTED', place, problem);
}

/** The part of a consent document says something that FHIR R4 cannot. */
export function inexpressible(place: string, problem: string): FhirConsentError {
  return new FhirConsentError('FHIR_CONSENT_NOT_EXPRESSIBLE', place, problem);
}
