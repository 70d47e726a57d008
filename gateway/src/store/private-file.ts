import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';

/**
 * Reads a private file (mode 0600), or makes it once: whole or not at all, whoever dies in between, and never overwritten.
 * @throws Error when others may read it
 */
export function loadOrCreatePrivateFile(path: string, make: () => string): string {
  if (!existsSync(path)) createPrivateFile(path, make());
  if ((statSync(path).mode & 0o077) !== 0) throw new Error(`${path} can be read by others than its owner; set its mode to 0600`);
  return readFileSync(path, 'utf8');
}

/** Makes a folder that its owner alone may enter. */
export function makePrivateFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  chmodSync(path, 0o700);
}

function createPrivateFile(path: string, content: string): void {
  makePrivateFolder(dirname(path));
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  const file = openSync(draft, 'wx', 0o600);
  try {
    writeSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  try {
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    unlinkSync(draft);
  }
}
