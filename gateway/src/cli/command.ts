import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import type { CliConfig } from './config';
import { CliError } from './cli-error';

/** One verb of the command line. Returns the exit code. */
export type Command = (argv: readonly string[], config: CliConfig) => Promise<number>;

/** 0 done, 1 failed, 2 called wrongly. */
export const EXIT = { done: 0, failed: 1, usage: 2 } as const;

type Values<T extends ParseArgsOptionsConfig> = ReturnType<
  typeof parseArgs<{ options: T; allowPositionals: false; strict: true }>
>['values'];

/**
 * Keys, codes and references may begin with a dash: the word after an option that takes a value is that value, unless it is an option of the verb.
 */
function joinValues(argv: readonly string[], options: ParseArgsOptionsConfig): string[] {
  const isOption = (word: string): boolean => word.startsWith('--') && Object.hasOwn(options, word.slice(2).split('=', 1)[0] ?? '');
  const joined: string[] = [];
  for (const word of argv) {
    const last = joined.at(-1);
    const isValue = last !== undefined && isOption(last) && options[last.slice(2)]?.type === 'string' && !isOption(word);
    if (isValue) joined[joined.length - 1] = `${last}=${word}`;
    else joined.push(word);
  }
  return joined;
}

/** @throws {CliError} USAGE for options that the verb does not have */
export function parseOptions<T extends ParseArgsOptionsConfig>(argv: readonly string[], options: T): Values<T> {
  try {
    return parseArgs({ args: joinValues(argv, options), options, allowPositionals: false, strict: true }).values;
  } catch (error) {
    throw usage((error as Error).message);
  }
}

/** @throws {CliError} USAGE when the option is missing */
export function required(value: string | undefined, option: string): string {
  if (value === undefined) throw usage(`${option} is required.`);
  return value;
}

export function usage(message: string): CliError {
  return new CliError('USAGE', message, 'See `medaccord help`.');
}

/** Prints a line for whoever called. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
