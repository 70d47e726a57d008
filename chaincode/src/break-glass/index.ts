export { addOpenReview, assertDeclarable, declareEmergency, isBlocking, type DeclarationFacts } from './declare-emergency';
export { openDeclaration } from './open-declaration';
export { endOpenReview, reviewBreakGlass } from './review-break-glass';
