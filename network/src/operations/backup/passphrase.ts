import { readFileSync, statSync } from 'node:fs';
import { OperationsError } from '../operations-error';

const FOR_OTHERS = 0o077;
const SHORTEST = 16;

/** Reads a passphrase from the only line of a file that its owner alone may read. @throws OperationsError PASSPHRASE_UNFIT */
export function readPassphrase(file: string): string {
  const [passphrase = '', ...rest] = readText(file).split(/\r?\n/);
  if (rest.some((line) => line !== '')) throw newUnfit(`${file} has more than one line.`);
  if (passphrase.length < SHORTEST) throw newUnfit(`The passphrase in ${file} is shorter than ${String(SHORTEST)} characters.`);
  return passphrase;
}

function readText(file: string): string {
  try {
    if ((statSync(file).mode & FOR_OTHERS) !== 0) throw newUnfit(`Others may read ${file}: chmod 600.`);
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof OperationsError) throw error;
    throw newUnfit(`${file} cannot be read (${(error as Error).message}).`);
  }
}

function newUnfit(message: string): OperationsError {
  const hint = 'Make one: (umask 077; openssl rand -base64 32 > FILE). Keep it apart from the archive: without it nothing is restored.';
  return new OperationsError('PASSPHRASE_UNFIT', message, hint);
}
