export { LEDGER_ENGINES } from './ledger-engines';
export type { ChaincodeRelease, Deployment, LedgerEngine, LedgerEngineContext, NewLedgerEngine } from './ledger-engine';
export { LedgerRefusal } from './ledger-refusal';
export type { FirstTransactionFacts } from './run-first-transactions';
export { submitFirstTransactions } from './first-transactions';
