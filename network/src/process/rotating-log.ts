import { closeSync, existsSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

export interface LogLimits {
  /** A file that has reached this size is set aside. */
  readonly bytesPerFile: number;
  /** How many files are kept beside the current one: `x.log.1` is the newest of them. */
  readonly filesKept: number;
}

export const DEFAULT_LOG_LIMITS: LogLimits = { bytesPerFile: 5_000_000, filesKept: 3 };

const LINES_REMEMBERED = 20;
const LONGEST_LINE = 2000;

/** The log of one process: a file of bounded size, and the last lines for whoever has to tell what happened. */
export class RotatingLog {
  readonly path: string;
  readonly #limits: LogLimits;
  readonly #lines: string[] = [];
  #file: number | undefined;
  #bytes = 0;

  constructor(path: string, limits: LogLimits = DEFAULT_LOG_LIMITS) {
    this.path = path;
    this.#limits = limits;
  }

  /**
   * Writes one line (without its line end). Written at once, so that a kill loses nothing that was said before. A full disk or a removed
   * folder costs the line, not the network: it is remembered here all the same.
   */
  write(line: string): void {
    this.#lines.push(line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}...` : line);
    if (this.#lines.length > LINES_REMEMBERED) this.#lines.shift();
    try {
      const bytes = Buffer.from(`${line}\n`);
      writeSync(this.#openFor(bytes.length), bytes);
      this.#bytes += bytes.length;
    } catch {
      this.close();
    }
  }

  get lastLines(): readonly string[] {
    return [...this.#lines];
  }

  /** Lines of an earlier run do not explain the next one. */
  forgetLines(): void {
    this.#lines.length = 0;
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  #openFor(bytes: number): number {
    const file = this.#file ?? this.#open();
    if (this.#bytes === 0 || this.#bytes + bytes <= this.#limits.bytesPerFile) return file;
    this.close();
    this.#rotate();
    return this.#open();
  }

  #open(): number {
    mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
    const file = openSync(this.path, 'a', 0o600);
    this.#file = file;
    this.#bytes = fstatSync(file).size;
    return file;
  }

  #rotate(): void {
    for (let number = this.#limits.filesKept; number >= 1; number -= 1) {
      const older = number === 1 ? this.path : `${this.path}.${number - 1}`;
      if (existsSync(older)) renameSync(older, `${this.path}.${number}`);
    }
  }
}
