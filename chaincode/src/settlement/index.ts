export { openPayment, openSettlement } from './open-settlement';
export { clearPayment, notifyPayment } from './pay-settlement';
export { checkSettledClaim, proposeSettlement, type SettledFacts, type SettlementChain } from './propose-settlement';
export { settle, signSettlement } from './sign-settlement';
