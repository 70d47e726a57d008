/** What can be against a FHIR Claim, or an ExplanationOfBenefit of the payer before, that is to be adjudicated. */
export type FhirClaimErrorCode = 'FHIR_CLAIM_INVALID' | 'FHIR_CLAIM_NOT_SUPPORTED';

/** The place is the FHIRPath of the element. What stood there is somebody's health and is not repeated. */
export class FhirClaimError extends Error {
  override readonly name = 'FhirClaimError';
  readonly category = 'invalid';
  readonly details: { readonly place: string };

  constructor(
    readonly code: FhirClaimErrorCode,
    readonly place: string,
    problem: string,
  ) {
    super(`${place} ${problem}`);
    this.details = { place };
  }
}

/** The element is not what an adjudication needs. */
export function invalid(place: string, problem: string): FhirClaimError {
  return new FhirClaimError('FHIR_CLAIM_INVALID', place, problem);
}

/** The element says something that the rule of adjudication does not look at, though it could change the answer. */
export function unsupported(place: string, problem: string): FhirClaimError {
  return new FhirClaimError('FHIR_CLAIM_NOT_SUPPORTED', place, problem);
}
