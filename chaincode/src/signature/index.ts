export { assertDistinctKeys, KeysNotDistinct } from './assert-distinct-keys';
export { digestOf, payloadDigestOf } from './digest';
export { assertOpening, CommitmentMismatch, isOpening } from './opening';
export { assertSignedBy, isSignedBy, SignatureInvalid } from './verify-signed';
