export { ConsentCheck, type CheckAnswer, type CheckQuestion } from './consent-check';
export { previewDraft, type RelationPreview } from './preview';
export { detailsOf, plainRecord, type RuledRecord, type Ruling, type StandingOptions } from './standing';
