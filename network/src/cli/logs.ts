import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { LogMerger, LogTail, type LogEntry } from '../operations';
import type { Topology } from '../topology';
import { NETWORK_OPTIONS, parseCommand, topologyOf, type Command } from './command';
import type { CliConfig } from './config';
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
/** Colours of text that can be told apart on dark and on light, one process after another. */
const COLOURS = [36, 33, 35, 32, 34, 31, 96, 93, 95, 92, 94, 91];

/**
 * `logs [process]`: the last lines of one process or of each, in the order of their times, whatever form they have; with `--follow` also
 * what comes after them, of processes that begin to write later as well.
 */
export const logs: Command = async (argv, config) => {
  const { values, positionals } = parseCommand(argv, OPTIONS, 1);
  const topology = topologyOf(values, config);
  const [wanted] = positionals;
  const names = listLogs(topology);
  if (wanted !== undefined && !names.includes(wanted)) {
    throw new UsageError(`No log of ${wanted}. There are: ${names.join(', ') || '(none yet)'}`);
  }
  const print = newPrinter(values.json, config, wanted === undefined ? names : [wanted]);
  const reader = new LogReader(topology, wanted);
  print(reader.readLast(parseCount(values.lines, wanted === undefined ? LINES_OF_EACH : LINES_OF_ONE)));
  while (values.follow) {
    await pause(BETWEEN_LOOKS_MS);
    print(reader.readNew());
  }
  return EXIT.done;
};

/** The logs of all processes, or of one, as a single stream. */
class LogReader {
  readonly #topology: Topology;
  readonly #wanted: string | undefined;
  readonly #tails = new Map<string, LogTail>();
  readonly #merger = new LogMerger();

  constructor(topology: Topology, wanted: string | undefined) {
    this.#topology = topology;
    this.#wanted = wanted;
  }

  readLast(count: number): LogEntry[] {
    this.#openNew();
    for (const [name, tail] of this.#tails) this.#merger.add(name, tail.readLast(count), tail.lastWritten ?? Date.now());
    return this.#merger.takeAll();
  }

  /** Lines that were written while the files were read, one after another, wait for the next look. */
  readNew(): LogEntry[] {
    const since = Date.now();
    this.#openNew();
    for (const [name, tail] of this.#tails) this.#merger.add(name, tail.readNew(), since);
    return this.#merger.takeUntil(since);
  }

  #openNew(): void {
    const names = this.#wanted === undefined ? listLogs(this.#topology) : [this.#wanted];
    for (const name of names.filter((each) => !this.#tails.has(each))) {
      this.#tails.set(name, new LogTail(join(this.#topology.paths.logs, name + SUFFIX)));
    }
  }
}

function listLogs({ paths }: Topology): string[] {
  if (!existsSync(paths.logs)) return [];
  return readdirSync(paths.logs)
    .filter((entry) => entry.endsWith(SUFFIX))
    .map((entry) => entry.slice(0, -SUFFIX.length))
    .sort();
}

/** Every line with its time (UTC) and its process, or as an object of JSON. */
function newPrinter(json: boolean, { colour }: CliConfig, names: readonly string[]): (entries: readonly LogEntry[]) => void {
  const order = [...names];
  const paint = (process: string): string => {
    if (!order.includes(process)) order.push(process);
    const label = process.padEnd(Math.max(...order.map(({ length }) => length)));
    return colour ? `\u001b[${String(COLOURS[order.indexOf(process) % COLOURS.length])}m${label}\u001b[0m` : label;
  };
  const format = ({ process, time, text }: LogEntry): string => {
    const iso = new Date(time).toISOString();
    if (json) return JSON.stringify({ time: iso, process, text });
    return `${iso.replace('T', ' ').replace('Z', '')}  ${paint(process)}  ${text}`;
  };
  return (entries) => {
    for (const entry of entries) process.stdout.write(`${format(entry)}\n`);
  };
}

function parseCount(text: string | undefined, otherwise: number): number {
  const count = Number(text ?? otherwise);
  if (!Number.isInteger(count) || count < 0) throw new UsageError(`--lines ${text ?? ''}: must be a number`);
  return count;
}
