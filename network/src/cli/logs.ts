import { closeSync, existsSync, fstatSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Topology } from '../topology';
import { NETWORK_OPTIONS, parseCommand, topologyOf, type Command } from './command';
import { EXIT } from './exit-codes';
import { UsageError } from './usage-error';

const OPTIONS = {
  ...NETWORK_OPTIONS,
  follow: { type: 'boolean', short: 'f', default: false },
  lines: { type: 'string', short: 'n' },
} as const;
const LINES_OF_ONE = 200;
const LINES_OF_EACH = 20;
const BETWEEN_LOOKS_MS = 200;
const SUFFIX = '.log';

/** `logs [process]`: the last lines of one process or of each, and with `--follow` what comes after them. */
export const logs: Command = async (argv, config) => {
  const { values, positionals } = parseCommand(argv, OPTIONS, 1);
  const topology = topologyOf(values, config);
  const names = chooseProcesses(topology, positionals[0]);
  const count = Number(values.lines ?? (names.length === 1 ? LINES_OF_ONE : LINES_OF_EACH));
  if (!Number.isInteger(count) || count < 0) throw new UsageError(`--lines ${values.lines ?? ''}: must be a number`);
  const tails = names.map((name) => new Tail(join(topology.paths.logs, name + SUFFIX), names.length === 1 ? '' : `${name}: `));
  for (const tail of tails) tail.print(count);
  while (values.follow) {
    await pause(BETWEEN_LOOKS_MS);
    for (const tail of tails) tail.printNew();
  }
  return EXIT.done;
};

function chooseProcesses(topology: Topology, wanted: string | undefined): string[] {
  const folder = topology.paths.logs;
  const found = existsSync(folder)
    ? readdirSync(folder)
        .filter((entry) => entry.endsWith(SUFFIX))
        .map((entry) => entry.slice(0, -SUFFIX.length))
    : [];
  if (wanted === undefined) return found;
  if (found.includes(wanted)) return [wanted];
  throw new UsageError(`No log of ${wanted}. There are: ${found.join(', ') || '(none yet)'}`);
}

/** The end of a growing file, which may be set aside for a new one meanwhile. */
class Tail {
  readonly #path: string;
  readonly #prefix: string;
  #inode = 0;
  #position = 0;

  constructor(path: string, prefix: string) {
    this.#path = path;
    this.#prefix = prefix;
  }

  print(count: number): void {
    const content = readFileSync(this.#path);
    this.#inode = statSync(this.#path).ino;
    this.#position = content.length;
    const lines = content.toString().trimEnd().split('\n');
    if (count > 0) this.#write(lines.slice(-count));
  }

  printNew(): void {
    if (!existsSync(this.#path)) return;
    const file = openSync(this.#path, 'r');
    const { ino, size } = fstatSync(file);
    if (ino !== this.#inode) this.#position = 0;
    this.#inode = ino;
    const bytes = Buffer.alloc(Math.max(0, size - this.#position));
    const whole = bytes.subarray(0, readSync(file, bytes, 0, bytes.length, this.#position)).lastIndexOf('\n') + 1;
    closeSync(file);
    this.#position += whole;
    if (whole > 0) this.#write(bytes.toString('utf8', 0, whole - 1).split('\n'));
  }

  #write(lines: readonly string[]): void {
    for (const line of lines) process.stdout.write(`${this.#prefix}${line}\n`);
  }
}
