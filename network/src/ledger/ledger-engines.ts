import type { LedgerName } from '../topology';
import { newDevnetEngine } from './devnet-engine';
import { newFabricEngine } from './fabric-engine';
import type { NewLedgerEngine } from './ledger-engine';

/** The choice of ledger: by the name in the topology. */
export const LEDGER_ENGINES: Readonly<Record<LedgerName, NewLedgerEngine>> = { devnet: newDevnetEngine, fabric: newFabricEngine };
