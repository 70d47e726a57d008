export { answerEligibility } from './answer-eligibility';
export { ledgerTypes, personalTypes, type LedgerType } from './ledger-types';
export type { LedgerOptions } from './ledger-options';
export { LedgerReader, type LedgerAnswer, type LedgerScope } from './ledger-reader';
export { ledgerSearchParameters } from './parse-ledger-search';
export { findClaimEntries, formatPapers, openPapers, type ClaimEntries, type ClaimPapers } from './read-claim';
