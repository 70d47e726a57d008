export { assertFirst, assertNamed } from './assert-envelope';
export { assertAskSealable, assertIdentitySealable, assertPartySealable } from './assert-sealable';
