export { all, formatKeyPolicy, majority, single, withAnyOther, type KeyPolicy } from './key-policy';
export { Ledger } from './ledger';
export { PeerNotOwn, StateInvalid, TransientInputMissing } from './ledger-errors';
