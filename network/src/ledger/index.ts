export { LEDGER_ENGINES } from './ledger-engines';
export { LEDGER_NEEDS } from './ledger-needs';
export type {
  BuiltChaincode,
  ChaincodePort,
  ChaincodeRelease,
  Deployment,
  FirstBlock,
  Joining,
  JoiningOrderers,
  LedgerEngine,
  LedgerEngineContext,
  MachineNeeds,
  NewLedgerEngine,
  NodeHeight,
} from './ledger-engine';
export type { FirstTransactionFacts } from './run-first-transactions';
export { submitFirstTransactions } from './first-transactions';
export type { FabricSurroundings } from '../binaries';
