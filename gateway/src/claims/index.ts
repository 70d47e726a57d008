export { assumedFacts } from './assumed-facts';
export { describeAdjudication } from './describe-adjudication';
export { describeCoverage } from './describe-coverage';
export { describePlan } from './describe-plan';
export { FhirClaimError, type FhirClaimErrorCode } from './fhir-claim-error';
export { formatMoney } from './money-text';
export { listOf } from './list-of';
export { parseFhirClaim } from './parse-fhir-claim';
export { parsePriorPayments, type PriorPayments } from './parse-prior-payments';
