export { assumedFacts } from './assumed-facts';
export {
  adjudicationProblems,
  checkAdjudication,
  findDecidingPlan,
  standingAuthorizations,
  usedAfter,
  type AdjudicationPapers,
  type AdjudicationProblem,
  type AdjudicationVerdict,
  type OtherAdjudication,
} from './check-adjudication';
export { checkClaims, type CheckedClaim, type ClaimPaper, type ClaimPapers, type OpenPapers } from './check-claims';
export { describeAdjudication } from './describe-adjudication';
export { describeCoverage } from './describe-coverage';
export { describeClaim, type ClaimStatus } from './describe-claim';
export { describePlan } from './describe-plan';
export { FhirClaimError, invalid, type FhirClaimErrorCode } from './fhir-claim-error';
export { itemReferencesOf } from './item-references';
export { formatMoney } from './money-text';
export { listOf } from './list-of';
export { parseFhirClaim } from './parse-fhir-claim';
export { parsePriorPayments, type PriorPayments } from './parse-prior-payments';
