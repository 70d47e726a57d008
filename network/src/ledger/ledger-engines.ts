import { createRequire } from 'node:module';
import type { LedgerName } from '../topology';
import { newDevnetEngine } from './devnet-engine';
import type { newFabricEngine } from './fabric/fabric-engine';
import type { NewLedgerEngine } from './ledger-engine';

/** The choice of ledger: by the name in the topology. Fabric's is loaded when chosen, with all that it needs to speak to its nodes. */
export const LEDGER_ENGINES: Readonly<Record<LedgerName, NewLedgerEngine>> = {
  devnet: newDevnetEngine,
  fabric: (context) => {
    const load = createRequire(__filename);
    const engine = load('./fabric/fabric-engine') as { newFabricEngine: typeof newFabricEngine };
    return engine.newFabricEngine(context);
  },
};
