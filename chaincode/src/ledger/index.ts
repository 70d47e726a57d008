export { all, formatKeyPolicy, majority, single, withAnyOther, type KeyPolicy } from './key-policy';
export { Ledger } from './ledger';
