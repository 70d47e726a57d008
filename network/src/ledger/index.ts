export { LEDGER_ENGINES } from './ledger-engines';
export type {
  BuiltChaincode,
  ChaincodePort,
  ChaincodeRelease,
  Deployment,
  LedgerEngine,
  Joining,
  JoiningOrderers,
  LedgerEngineContext,
  MachineNeeds,
  NewLedgerEngine,
} from './ledger-engine';
export type { FirstTransactionFacts } from './run-first-transactions';
export { submitFirstTransactions } from './first-transactions';
export type { FabricSurroundings } from '../binaries';
