import { resolve } from 'node:path';
import { askNetwork, DeploymentError, formatReleaseWish, readLiveNetwork, type RedeployFacts, type ReleaseWish } from '../deployment';
import type { Topology } from '../topology';
import { NETWORK_OPTIONS, parseCommand, reporterOf, topologyOf, type Command } from './command';
import { EXIT } from './exit-codes';
import { formatDuration } from './human-reporter';
import { UsageError } from './usage-error';

const OPTIONS = {
  ...NETWORK_OPTIONS,
  name: { type: 'string' },
  version: { type: 'string' },
  sequence: { type: 'string', default: 'auto' },
} as const;

/**
 * `deploy`: the chaincode as it is built now, as the next sequence, on the running network. A stopped network deploys at its next start.
 * `--chaincode-folder` takes the release from another folder; `--name`, `--version` and `--sequence` are what it must be, else nothing is done.
 */
export const deploy: Command = async (argv, config) => {
  const { values } = parseCommand(argv, OPTIONS);
  const topology = topologyOf(values, config);
  assertName(values.name, topology);
  const wish: ReleaseWish = {
    ...(values['chaincode-folder'] === undefined ? {} : { folder: resolve(values['chaincode-folder']) }),
    ...(values.version === undefined ? {} : { version: values.version }),
    ...(values.sequence === 'auto' ? {} : { sequence: parseSequence(values.sequence) }),
  };
  assertRunning(topology, values.channel);
  const since = Date.now();
  const facts = (await askNetwork(topology, 'deploy', formatReleaseWish(wish))) as RedeployFacts;
  const ms = Date.now() - since;
  const what = `${facts.packageId.slice(0, 40)}..., sequence ${String(facts.sequence)}`;
  const text = facts.transactions.length === 0 ? `Deployed already: ${what}.` : `Deployed in ${formatDuration(ms)}: ${what}.`;
  reporterOf(values, config).result('deploy', text, { ...facts, ms });
  return EXIT.done;
};

function assertName(name: string | undefined, { chaincode }: Topology): void {
  if (name === undefined || name === chaincode.name) return;
  throw new UsageError(
    `--name ${name}: the chaincode of this network is ${chaincode.name}; another one is \`chaincode.name\` of another topology file`,
  );
}

function assertRunning(topology: Topology, channel: string | undefined): void {
  const state = readLiveNetwork(topology);
  if (state === undefined) {
    const hint = 'Start it with `up`: a start deploys the chaincode as it is built.';
    throw new DeploymentError('NETWORK_NOT_RUNNING', `The network ${topology.name} does not run.`, hint);
  }
  if (channel !== undefined && channel !== state.channel)
    throw new UsageError(`--channel ${channel}: the running network's channel is ${state.channel}`);
}

function parseSequence(text: string): number {
  const sequence = Number(text);
  if (!Number.isInteger(sequence) || sequence < 1) throw new UsageError(`--sequence ${text}: must be auto or a number from 1 on`);
  return sequence;
}
