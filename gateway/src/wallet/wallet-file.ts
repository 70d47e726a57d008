import { randomUUID } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { isLocked, formatWallet, lockWallet, parseWallet, unlockWallet } from './wallet-text';
import type { Wallet } from './wallet';

/** Reads a wallet file. @throws {DecryptFailed} when it is locked and the passphrase is wrong or missing, {RequestInvalid}, ENOENT */
export async function readWalletFile(file: string, passphrase?: string): Promise<Wallet> {
  const text = await readFile(file, 'utf8');
  return isLocked(text) ? unlockWallet(text, passphrase ?? '') : parseWallet(text);
}

/**
 * Writes a wallet file for its owner alone (0600), locked when there is a passphrase. The old file stays whole until the new one is on
 * the disk: a wallet that is lost halfway would be lost for good.
 */
export async function writeWalletFile(file: string, wallet: Wallet, passphrase?: string): Promise<void> {
  const text = passphrase === undefined ? formatWallet(wallet) : await lockWallet(wallet, passphrase);
  const fresh = `${file}.${randomUUID()}`;
  try {
    const handle = await open(fresh, 'wx', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(fresh, file);
  } catch (error) {
    await rm(fresh, { force: true });
    throw error;
  }
}
