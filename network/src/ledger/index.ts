export { LEDGER_ENGINES } from './ledger-engines';
export type {
  BuiltChaincode,
  ChaincodeRelease,
  Deployment,
  LedgerEngine,
  LedgerEngineContext,
  MachineNeeds,
  NewLedgerEngine,
} from './ledger-engine';
export { LedgerRefusal } from './ledger-refusal';
export type { FirstTransactionFacts } from './run-first-transactions';
export { submitFirstTransactions } from './first-transactions';
export type { FabricSurroundings } from '../binaries';
