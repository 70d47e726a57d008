import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { openLedger } from '../ledger/open-ledger';
import type { ControlAddress } from '../control/control-door';
import { DevnetError } from '../devnet-error';
import { EMPTY } from '../proto/bytes';
import { controlFile } from '../host/start-devnet';
import { lockFolder } from '../store/folder-lock';
import type { Ledger } from '../store/ledger';

/** The control door of the devnet that runs on a folder; undefined: none runs. */
export function runningDevnet(folder: string): ControlAddress | undefined {
  const file = controlFile(resolve(folder));
  const address = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as ControlAddress & { pid: number }) : undefined;
  return address !== undefined && isAlive(address.pid) ? address : undefined;
}

/**
 * Uses the ledger of a folder on which no devnet runs.
 * @throws DevnetError DEVNET_FOLDER_IN_USE, DEVNET_EXPORT_FAILED
 */
export function withLedger<T>(folder: string, use: (ledger: Ledger) => T): T {
  const place = resolve(folder);
  if (!existsSync(join(place, 'chain.sqlite')))
    throw new DevnetError('DEVNET_EXPORT_FAILED', `${place} holds no ledger; name its folder with --folder`, { folder: place });
  const unlock = lockFolder(place);
  try {
    const ledger = openLedger({ folder: place, genesis: EMPTY, hostedMsps: [] });
    try {
      return use(ledger);
    } finally {
      ledger.close();
    }
  } finally {
    unlock();
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
