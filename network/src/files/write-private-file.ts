import { chmodSync, closeSync, fsyncSync, mkdirSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const PRIVATE_FILE = 0o600;
const PUBLIC_FILE = 0o644;
const PRIVATE_FOLDER = 0o700;

/** Makes a folder, and those above it, that its owner alone may enter. */
export function makePrivateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: PRIVATE_FOLDER });
}

/** Writes a file that its owner alone may read. It is there whole or not at all, whatever happens meanwhile. */
export function writePrivateFile(file: string, content: string | Uint8Array): void {
  writeWhole(file, content, PRIVATE_FILE);
}

/** Writes a file that anybody who may enter its folder may read; whole or not at all. */
export function writePublicFile(file: string, content: string): void {
  writeWhole(file, content, PUBLIC_FILE);
}

function writeWhole(file: string, content: string | Uint8Array, mode: number): void {
  makePrivateFolder(dirname(file));
  const draft = `${file}.${String(process.pid)}.new`;
  const descriptor = openSync(draft, 'w', mode);
  try {
    writeFileSync(descriptor, content);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  chmodSync(draft, mode);
  renameSync(draft, file);
}
