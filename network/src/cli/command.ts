import { resolve } from 'node:path';
import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import {
  isChannelName,
  LEDGER_NAMES,
  listHere,
  loadTopology,
  onlyHere,
  type LedgerName,
  type Organisation,
  type Topology,
} from '../topology';
import { claimForMember, readMembersHere } from '../deployment/member-folder';
import type { CliConfig } from './config';
import { newReporter, type Reporter } from './reporter';
import { UsageError } from './usage-error';

/** One verb of the command line. Returns the exit code. */
export type Command = (argv: readonly string[], config: CliConfig) => Promise<number>;

/** Which network a verb speaks of, and how it answers; the same for all verbs. */
export const NETWORK_OPTIONS = {
  topology: { type: 'string' },
  'run-folder': { type: 'string' },
  'base-port': { type: 'string' },
  ledger: { type: 'string' },
  channel: { type: 'string' },
  'chaincode-folder': { type: 'string' },
  json: { type: 'boolean', default: false },
} as const satisfies ParseArgsOptionsConfig;

/** What the verbs that bring a network up have beside that. */
export const RUN_OPTIONS = {
  ...NETWORK_OPTIONS,
  'test-switches': { type: 'boolean', default: false },
} as const satisfies ParseArgsOptionsConfig;

/** For verbs that bring one member alone onto a machine of its own. */
export const MEMBER_OPTION = { organisation: { type: 'string' } } as const satisfies ParseArgsOptionsConfig;

interface NetworkValues {
  readonly topology?: string | undefined;
  readonly 'run-folder'?: string | undefined;
  readonly 'base-port'?: string | undefined;
  readonly ledger?: string | undefined;
  readonly channel?: string | undefined;
  readonly 'chaincode-folder'?: string | undefined;
  readonly json?: boolean | undefined;
  readonly 'test-switches'?: boolean | undefined;
}

type ParsedCommand<T extends ParseArgsOptionsConfig> = ReturnType<
  typeof parseArgs<{ options: T; allowPositionals: boolean; strict: true }>
>;

/** @throws UsageError for options and words that the verb does not have */
export function parseCommand<T extends ParseArgsOptionsConfig>(argv: readonly string[], options: T, words = 0): ParsedCommand<T> {
  try {
    const parsed = parseArgs({ args: [...argv], options, allowPositionals: words > 0, strict: true });
    if (parsed.positionals.length > words) throw new Error(`unexpected: ${parsed.positionals.slice(words).join(' ')}`);
    return parsed;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** With the members that the run folder says are on this machine. @throws TopologyUnreadable, TopologyInvalid, UsageError, DeploymentError */
export function topologyOf(values: NetworkValues, config: CliConfig): Topology {
  const topology = loadTopology(values.topology ?? config.defaultTopology, {
    root: config.root,
    ...(values['run-folder'] === undefined ? {} : { runFolder: values['run-folder'] }),
    ...(values['base-port'] === undefined ? {} : { basePort: parsePort(values['base-port']) }),
    ...(values.ledger === undefined ? {} : { ledger: parseLedger(values.ledger) }),
    ...(values.channel === undefined ? {} : { channel: parseChannel(values.channel) }),
    ...(values['chaincode-folder'] === undefined ? {} : { chaincodeFolder: resolve(values['chaincode-folder']) }),
  });
  return readMembersHere(topology);
}

/**
 * The topology of a network that is about to be on this machine: with `--organisation` that member alone, whose the run folder is from then on.
 * @throws as {@link topologyOf}, DeploymentError RUN_FOLDER_FOREIGN
 */
export function claimedTopologyOf(values: NetworkValues & { readonly organisation?: string | undefined }, config: CliConfig): Topology {
  const topology = topologyOf(values, config);
  if (values.organisation === undefined) return topology;
  const member = findOrganisation(topology, values.organisation);
  if (topology.ledger === 'fabric') return claimForMember(topology, member);
  throw new UsageError(
    `--organisation ${member.name}: one member alone runs on Fabric (--ledger fabric); the ${topology.ledger} plays all of them`,
  );
}

/** The options that lead another command to the same network. */
export function repeatOptions(values: NetworkValues): string[] {
  const given = (['topology', 'run-folder', 'base-port', 'ledger', 'channel', 'chaincode-folder'] as const).flatMap((name) =>
    values[name] === undefined ? [] : [`--${name}`, values[name]],
  );
  const flags = (['json', 'test-switches'] as const).filter((name) => values[name] === true);
  return [...given, ...flags.map((name) => `--${name}`)];
}

/**
 * The organisation of that name; unless named, the one whose machine this is.
 * @throws UsageError when the topology has none of that name, or several are on this machine and none was named
 */
export function findOrganisation(topology: Topology, name: string | undefined): Organisation {
  const { organisations } = topology;
  const here = listHere(topology);
  const organisation = name === undefined && here.length === 1 ? here[0] : organisations.find((each) => each.name === name);
  if (organisation !== undefined) return organisation;
  const known = organisations.map((each) => each.name).join(', ');
  throw new UsageError(name === undefined ? `Name one with --organisation: ${known}` : `--organisation ${name}: there are ${known}`);
}

/** The organisations that a verb is about: all of this machine, unless one of them is named. @throws UsageError */
export function chooseOrganisations(topology: Topology, name: string | undefined): readonly Organisation[] {
  return name === undefined ? listHere(topology) : [findOrganisation(onlyHere(topology), name)];
}

export function reporterOf(values: NetworkValues, config: CliConfig): Reporter {
  return newReporter(values.json === true, config.colour);
}

function parseChannel(text: string): string {
  if (!isChannelName(text))
    throw new UsageError(`--channel ${text}: must be lower case letters, digits, dots and dashes, starting with a letter`);
  return text;
}

function parseLedger(text: string): LedgerName {
  const ledger = LEDGER_NAMES.find((name) => name === text);
  if (ledger === undefined) throw new UsageError(`--ledger ${text}: must be ${LEDGER_NAMES.join(' or ')}`);
  return ledger;
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1024 || port > 65_535)
    throw new UsageError(`--base-port ${text}: must be a number from 1024 to 65535`);
  return port;
}

/** The one word that a command such as `channel sign` takes. @throws UsageError */
export function wordOf(words: readonly string[], command: string, what: string): string {
  const [word, ...more] = words;
  if (word === undefined || more.length > 0) throw new UsageError(`${command} takes one ${what}.`);
  return word;
}
