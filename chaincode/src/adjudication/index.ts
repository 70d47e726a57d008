export { adjudicateClaim, type Adjudicated } from './adjudicate-claim';
export type { AdjudicationQuestion, ChainPlace } from './adjudication-question';
export { tagOf, type NamedRecords } from './check-items';
export { confirmAdjudication } from './confirm-adjudication';
export { openAuthorized, openBody, openPrevious, openTerms, openUsed, parseDocument } from './open-documents';
