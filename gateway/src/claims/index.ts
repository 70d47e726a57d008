export { assumedFacts } from './assumed-facts';
export { describeAdjudication } from './describe-adjudication';
export { describeCoverage } from './describe-coverage';
export { describePlan } from './describe-plan';
export { FhirClaimError, type FhirClaimErrorCode } from './fhir-claim-error';
export { formatExplanation } from './format-explanation';
export { parseFhirClaim, type PriorPayments } from './parse-fhir-claim';
export { parsePriorPayments } from './parse-prior-payments';
