import { removeRunFolder } from '../deployment';
import { NETWORK_OPTIONS, parseCommand, reporterOf, topologyOf, type Command } from './command';
import { EXIT } from './exit-codes';

/** `reset`: forgets a stopped network: its ledger, identities, logs and data, all in its run folder. */
export const reset: Command = (argv, config) => {
  const { values } = parseCommand(argv, NETWORK_OPTIONS);
  const topology = topologyOf(values, config);
  const removed = removeRunFolder(topology);
  const { run } = topology.paths;
  const text = removed
    ? `The network ${topology.name} is forgotten: ${run} is removed.`
    : `There is nothing to forget: ${run} does not exist.`;
  reporterOf(values, config).result('reset', text, { removed });
  return Promise.resolve(EXIT.done);
};
