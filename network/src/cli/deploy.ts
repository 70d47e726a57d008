import { askNetwork, DeploymentError, readLiveNetwork, type RedeployFacts } from '../deployment';
import { NETWORK_OPTIONS, parseCommand, reporterOf, topologyOf, type Command } from './command';
import { EXIT } from './exit-codes';
import { formatDuration } from './human-reporter';
import { UsageError } from './usage-error';

const OPTIONS = { ...NETWORK_OPTIONS, sequence: { type: 'string', default: 'auto' } } as const;

/** `deploy`: the chaincode as it is built now, as the next sequence, on the running network. A stopped network deploys at its next start. */
export const deploy: Command = async (argv, config) => {
  const { values } = parseCommand(argv, OPTIONS);
  if (values.sequence !== 'auto') throw new UsageError(`--sequence ${values.sequence}: only auto, the next one, is possible`);
  const topology = topologyOf(values, config);
  if (readLiveNetwork(topology) === undefined) {
    const hint = 'Start it with `up`: a start deploys the chaincode as it is built.';
    throw new DeploymentError('NETWORK_NOT_RUNNING', `The network ${topology.name} does not run.`, hint);
  }
  const since = Date.now();
  const facts = (await askNetwork(topology, 'deploy')) as RedeployFacts;
  const ms = Date.now() - since;
  const what = `${facts.packageId.slice(0, 40)}..., sequence ${String(facts.sequence)}`;
  const text = facts.transactions.length === 0 ? `Deployed already: ${what}.` : `Deployed in ${formatDuration(ms)}: ${what}.`;
  reporterOf(values, config).result('deploy', text, { ...facts, ms });
  return EXIT.done;
};
