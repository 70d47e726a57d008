import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';

/** The end of a growing file, which may be set aside for a new one meanwhile. Only whole lines are read. */
export class LogTail {
  readonly #path: string;
  #file: number | undefined;
  #position = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** The last lines that are there now; what comes later is for `readNew`. */
  readLast(count: number): string[] {
    this.close();
    return count === 0 ? this.readNew().slice(0, 0) : this.readNew().slice(-count);
  }

  /** What was written since the last call, also to a file that was set aside since. None while there is no file. */
  readNew(): string[] {
    this.#file ??= this.#open();
    if (this.#file === undefined) return [];
    const lines = this.#readOn(this.#file);
    if (this.#isCurrent(this.#file)) return lines;
    // It was set aside after its last line, which may have come after the reading above.
    lines.push(...this.#readOn(this.#file));
    this.close();
    this.#file = this.#open();
    return this.#file === undefined ? lines : [...lines, ...this.#readOn(this.#file)];
  }

  /** When something was last written, milliseconds since the epoch; undefined while there is no file. */
  get lastWritten(): number | undefined {
    return statSync(this.#path, { throwIfNoEntry: false })?.mtimeMs;
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
    this.#position = 0;
  }

  #open(): number | undefined {
    try {
      return openSync(this.#path, 'r');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  #isCurrent(file: number): boolean {
    const there = statSync(this.#path, { throwIfNoEntry: false });
    return there === undefined || there.ino === fstatSync(file).ino;
  }

  #readOn(file: number): string[] {
    const bytes = Buffer.alloc(Math.max(0, fstatSync(file).size - this.#position));
    const end = bytes.subarray(0, readSync(file, bytes, 0, bytes.length, this.#position)).lastIndexOf('\n') + 1;
    this.#position += end;
    return end === 0 ? [] : bytes.toString('utf8', 0, end - 1).split('\n');
  }
}
