import { renameSync, writeFileSync } from 'node:fs';

/** Replaces a file as a whole, for a reader at any time. Not forced to the disk: for what is written often and lost with the machine anyway. */
export function writeAtomically(file: string, content: string): void {
  const beside = `${file}.new`;
  writeFileSync(beside, content, { mode: 0o600 });
  renameSync(beside, file);
}
