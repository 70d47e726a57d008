export { answerEligibility } from './answer-eligibility';
export { isClaimAsked } from './is-claim-asked';
export { ledgerTypes, personalTypes, type ClaimType, type LedgerType } from './ledger-types';
export type { LedgerOptions } from './ledger-options';
export { LedgerReader, type LedgerAnswer, type LedgerScope } from './ledger-reader';
export { ledgerSearchParameters, parseLedgerSearch, type LedgerSearch } from './parse-ledger-search';
export { findClaimEntries, formatPapers, openPapers, type ClaimEntries, type ClaimPapers } from './read-claim';
