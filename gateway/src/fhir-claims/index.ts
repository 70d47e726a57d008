export { answerOf, type Answer, type DecisionPapers } from './answer';
export { fhirIdOf, ledgerIdOf } from './elements';
export { estimatedAnswer } from './estimated-answer';
export { formatClaim, type ClaimStanding } from './format-claim';
export { formatClaimResponse } from './format-claim-response';
export { formatCoverage } from './format-coverage';
export { formatEligibility, type CoverageStanding, type EligibilityQuestion } from './format-eligibility';
export { formatExplanation } from './format-explanation';
