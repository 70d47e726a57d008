import type { LedgerName } from '../topology';
import type { MachineNeeds } from './ledger-engine';

/**
 * What each ledger needs of the machine that its processes run on. Fabric: a database of a peer may open 500 files; ledgers and write-ahead
 * logs of eight nodes begin with 200 MB.
 */
export const LEDGER_NEEDS: Readonly<Record<LedgerName, MachineNeeds>> = {
  devnet: { openFiles: 256, freeBytes: 100_000_000 },
  fabric: { openFiles: 4096, freeBytes: 1_000_000_000 },
};
