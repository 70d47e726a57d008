export { openDelegation } from './open-delegation';
export { assertConfirmed, recordDelegation, type DelegationFacts } from './record-delegation';
