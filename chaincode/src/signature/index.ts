export { assertDistinctKeys, KeysNotDistinct } from './assert-distinct-keys';
export { digestOf } from './digest';
export { assertOpening, CommitmentMismatch, isOpening } from './opening';
export { assertSignedBy, isSignedBy, SignatureInvalid, thumbprintOf } from './verify-signed';
