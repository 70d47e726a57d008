import { hasAdminKey, readCurrentConfiguration, type CurrentConfiguration } from '../channel';
import { LifecycleError } from '../lifecycle';
import type { Organisation, Topology } from '../topology';
import { NETWORK_OPTIONS, type parseCommand } from './command';
import type { CliConfig } from './config';
import type { Reporter } from './reporter';
import { UsageError } from './usage-error';

export const CHANNEL_OPTIONS = {
  ...NETWORK_OPTIONS,
  'dry-run': { type: 'boolean', default: false },
  'sign-all': { type: 'boolean', default: false },
  offline: { type: 'boolean', default: false },
  organisation: { type: 'string' },
  output: { type: 'string' },
  digest: { type: 'string' },
  host: { type: 'string' },
  list: { type: 'string' },
  identity: { type: 'string' },
  tls: { type: 'string' },
} as const;

export type ChannelValues = ReturnType<typeof parseCommand<typeof CHANNEL_OPTIONS>>['values'];

/** A `channel` command as it was given. */
export interface ChannelCall {
  readonly topology: Topology;
  readonly values: ChannelValues;
  /** After the verb. */
  readonly words: readonly string[];
  readonly reporter: Reporter;
  readonly config: CliConfig;
}

/** An organisation with its nodes where `--host` says that others reach them, instead of where the topology says. */
export function placedOrganisation({ values: { host } }: ChannelCall, organisation: Organisation): Organisation {
  return host === undefined ? organisation : { ...organisation, host };
}

/** An organisation of the topology by its name or its MSP id. @throws UsageError */
export function organisationOf({ organisations }: Topology, name: string): Organisation {
  const found = organisations.find((each) => each.name === name || each.mspId === name);
  if (found !== undefined) return found;
  throw new UsageError(`The topology has no organisation ${name}. It has: ${organisations.map((each) => each.name).join(', ')}.`);
}

/** The MSP id of an organisation that the topology may have no longer: a name of the topology, or the MSP id itself. */
export function mspIdOf({ organisations }: Topology, name: string): string {
  return organisations.find((each) => each.name === name || each.mspId === name)?.mspId ?? name;
}

/** Who acts: the one that is named, else all of the topology that can. */
export function actorsOf({ topology, values }: ChannelCall): readonly Organisation[] {
  if (values.organisation !== undefined) return [organisationOf(topology, values.organisation)];
  return listAble(topology);
}

/** Organisations whose admin's key is on this machine. @throws UsageError when there is none */
export function listAble({ organisations }: Topology): readonly Organisation[] {
  const able = organisations.filter(hasAdminKey);
  if (able.length === 0) throw new UsageError('No admin key of any organisation is on this machine; see --run-folder and --topology.');
  return able;
}

export interface Reading extends CurrentConfiguration {
  /** Whose peer was asked. */
  readonly reader: Organisation;
}

/** The channel's configuration as the first peer that answers has it. @throws LifecycleError of the last that did not */
export async function readChannel(call: ChannelCall): Promise<Reading> {
  let failure: unknown;
  for (const reader of actorsOf(call)) {
    try {
      return { reader, ...(await readCurrentConfiguration(reader, call.topology.channel)) };
    } catch (error) {
      if (!(error instanceof LifecycleError)) throw error;
      failure = error;
    }
  }
  throw failure;
}

/** Lines with the titles of organisations beside their MSP ids. */
export function nameOrganisations(lines: readonly string[], { organisations }: Topology): readonly string[] {
  const titles = new Map(organisations.map(({ mspId, title }) => [mspId, title]));
  return lines.map((line) =>
    // The longest word of letters that an MSP id can be, so that one that is part of another is not taken for it.
    line.replace(/[A-Za-z][A-Za-z0-9.-]*[A-Za-z0-9]/g, (word) => (titles.has(word) ? `${titles.get(word) ?? ''} (${word})` : word)),
  );
}
