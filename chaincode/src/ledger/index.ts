export { all, atLeast, formatKeyPolicy, single, withAnyOther, type KeyPolicy } from './key-policy';
export { Ledger } from './ledger';
