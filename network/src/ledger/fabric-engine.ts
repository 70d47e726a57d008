import type { LedgerEngine, LedgerEngineContext } from './ledger-engine';

/** Hyperledger Fabric: a peer per organisation and the members' orderers, native processes of their own. */
export function newFabricEngine(_context: LedgerEngineContext): LedgerEngine {
  throw new Error('under construction');
}
