export { assertDistinctKeys } from './assert-distinct-keys';
export { digestOf, payloadDigestOf, sha256 } from './digest';
export { assertOpening, isOpening } from './opening';
export { statementVerifier } from './statement-verifier';
export { assertSignedBy, isSignedBy } from './verify-signed';
