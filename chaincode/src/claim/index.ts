export { acknowledgeClaim } from './acknowledge-claim';
export { billItem, freeItem } from './billed-items';
export type { StandingClaim } from './standing-claim';
export { assertSubmittable, isSameClaim, openAdjudication, replaceClaim, submitClaim, type SubmissionFacts } from './submit-claim';
