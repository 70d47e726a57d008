import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DevnetError } from '../devnet-error';
import type { Ledger } from '../store/ledger';

/**
 * Writes every block as NNNNNN.block (serialized common.Block, as a peer hands it out) into a folder. Returns how many.
 * @throws DevnetError DEVNET_EXPORT_FAILED
 */
export function exportBlocks(ledger: Ledger, folder: string): number {
  const { height } = ledger;
  try {
    mkdirSync(folder, { recursive: true });
    for (let number = 0; number < height; number++) {
      const block = ledger.block(number);
      if (block === undefined) throw new Error(`block ${number} is missing`);
      writeFileSync(join(folder, `${String(number).padStart(6, '0')}.block`), block);
    }
    return height;
  } catch (error) {
    throw new DevnetError('DEVNET_EXPORT_FAILED', `cannot export to ${folder}: ${error instanceof Error ? error.message : String(error)}`, {
      folder,
    });
  }
}
