export { accumulatorKeys, addAccumulators, parseAccumulators, subtractAccumulators, type Accumulators } from './accumulators';
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
export { addDays, dayOf, parseDay, yearOf, type Day, type Days } from './day';
export { formatAppeal, parseAppealPaper, type AppealLevel, type AppealPaper, type AppealStatement } from './appeal';
export { parseAppealDecision, parseAppealEntry, type Appeal, type AppealDecision, type AppealEntry } from './appeal-entry';
export { billedItemMessage } from './billed-item';
export {
  billedClaimOf,
  claimUses,
  parseClaimBody,
  type ClaimBody,
  type ClaimBodyLine,
  type ClaimUse,
  type NamedRecord,
  type RelatedClaim,
} from './claim-body';
export {
  adjudicationOutcomes,
  coverageStatuses,
  MOST_CLAIMS,
  parseAccumulatorEntry,
  parseAcknowledgement,
  parseAdjudicationEntry,
  parseBilledItem,
  parseClaimEntry,
  parseCoverageEntry,
  parsePlanEntry,
  parseReplacement,
  returnReasons,
  type AccumulatorEntry,
  type Acknowledgement,
  type AdjudicationEntry,
  type BilledItem,
  type ClaimEntry,
  type CoverageEntry,
  type CoverageStatus,
  type PlanEntry,
  type Replacement,
  type ReturnReason,
} from './claim-entry';
export { defaultClaimRules, type ClaimRules } from './claim-rules';
export { parseCoverageDocument, type CoverageDocument } from './coverage-document';
export { parseAdjudicationDocument, type AdjudicationDocument, type LineOverride } from './adjudication-document';
export {
  authorizationId,
  coveredDays,
  decideClaim,
  decidedAt,
  decidedOutcome,
  paidBy,
  paidOf,
  settledFactsOf,
  type SettledFacts,
} from './decide-claim';
export { decidingPlan } from './deciding-plan';
export { evidenceNeeded, type NeededEvidence } from './evidence-needed';
export { isNeeded, neededRecords, type NeededRecord } from './needed-records';
export { digitsOf, MOST_MONEY, MOST_UNITS, parseCurrency } from './money';
export { claimTypes, type Services } from './services';
export {
  parsePaymentDocument,
  parseSettlementDocument,
  type PaymentDocument,
  type SettledClaim,
  type SettlementDocument,
} from './settlement-document';
export { parsePaymentEntry, parseSettlementEntry, type PaymentEntry, type SettlementEntry } from './settlement-entry';
