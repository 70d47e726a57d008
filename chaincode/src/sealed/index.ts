export { assertReplaceable } from './assert-replaceable';
export { assertAskSealable, assertIdentitySealable, assertPartySealable } from './assert-sealable';
export { SealedAlreadyStored } from './sealed-errors';
