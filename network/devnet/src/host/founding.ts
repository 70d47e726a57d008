import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writePrivately } from '../genesis/material-store';
import { MEMORY } from './channel-parts';

/** A mark that a ledger has begun and is not yet as its first consortium says; a start that finds it completes the work. */
export class Founding {
  readonly #file: string | undefined;

  constructor(folder: string) {
    this.#file = folder === MEMORY ? undefined : join(folder, 'founding');
  }

  get isOpen(): boolean {
    return this.#file === undefined || existsSync(this.#file);
  }

  /** Before anything of the ledger exists. */
  begin(): void {
    if (this.#file !== undefined) writePrivately(this.#file, 'the ledger is being founded; the next start completes it\n');
  }

  complete(): void {
    if (this.#file !== undefined) rmSync(this.#file, { force: true });
  }
}
