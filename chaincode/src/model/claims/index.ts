export { addAccumulators, parseAccumulators, subtractAccumulators, type Accumulators } from './accumulators';
export { adjudicate } from './adjudicate';
export type { AdjudicatedLine, Adjudication, Adjustment, Amounts } from './adjudication';
export {
  parseBenefitPlan,
  type BenefitPlan,
  type OwnRule,
  type PlanCategory,
  type Quantity,
  type Share,
  type Tariff,
} from './benefit-plan';
export { parseBilledClaim, parseClaimFacts, type BilledClaim, type ClaimFacts, type ClaimLine } from './claim';
export { claimReasons, reasonCodes, type AmountCategory, type ClaimReason, type ReasonRow } from './claim-reason';
export { addDays, dayOf, parseDay, type Day, type Days } from './day';
export { evidenceNeeded, type NeededEvidence } from './evidence-needed';
export { digitsOf, parseCurrency } from './money';
export { claimTypes, type Services } from './services';
