import { resolve } from 'node:path';
import { callControl } from '../control/call-control';
import { exportBlocks } from '../host/export-blocks';
import { runningDevnet, withLedger } from './open-folder';

/** Writes the blocks of a devnet, running or not. */
export async function exportTo(target: string, folder: string): Promise<void> {
  const place = resolve(target);
  const running = runningDevnet(folder);
  const count =
    running === undefined
      ? withLedger(folder, (ledger) => exportBlocks(ledger, place))
      : await callControl(running, 'export-blocks', { folder: place });
  console.log(`${String(count)} blocks in ${place}`);
}
