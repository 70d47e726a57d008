import { DeploymentError, askNetwork, readLiveNetwork, writeJoining, type JoinFacts } from '../deployment';
import { restartInTurn } from '../operations';
import { NETWORK_OPTIONS, parseCommand, reporterOf, topologyOf, type Command } from './command';
import { EXIT } from './exit-codes';
import { formatDuration } from './human-reporter';

/**
 * `join`: the running network takes in what the topology file has in addition: organisations at its end, and orderers of members that ran none.
 * Then what reads of the members when it starts is restarted, one after another. Repeating it completes what was interrupted.
 */
export const join: Command = async (argv, config) => {
  const { values } = parseCommand(argv, NETWORK_OPTIONS);
  const topology = topologyOf(values, config);
  if (readLiveNetwork(topology) === undefined) {
    const hint = 'Start it with the topology that it had, then repeat the command.';
    throw new DeploymentError('NETWORK_NOT_RUNNING', `The network ${topology.name} does not run.`, hint);
  }
  const reporter = reporterOf(values, config);
  const since = Date.now();
  writeJoining(topology);
  const facts = (await askNetwork(topology, 'join')) as JoinFacts;
  if (!values.json) for (const step of facts.steps) reporter.step(step);
  await restartInTurn(topology, facts.outdated, (name) => {
    reporter.note(`  ${name} is restarted`);
  });
  const ms = Date.now() - since;
  reporter.result('join', formatFacts(facts, ms), { ...facts, restarted: facts.outdated, ms });
  return EXIT.done;
};

function formatFacts({ organisations, orderers, outdated }: JoinFacts, ms: number): string {
  const done = [
    ...(organisations.length === 0 ? [] : [`joined: ${organisations.join(', ')}`]),
    ...(orderers.length === 0 ? [] : [`order with the others: ${orderers.map((name) => `orderer-${name}`).join(', ')}`]),
    ...(outdated.length === 0 ? [] : [`restarted: ${outdated.join(', ')}`]),
  ];
  if (done.length === 0) return 'Nothing to do: the network has all that the topology has.';
  const next =
    organisations.length === 0 ? '' : '\nThe rules of the consortium do not name it yet: `rules members` proposes the version that does.';
  return `Done in ${formatDuration(ms)}; ${done.join('; ')}.${next}`;
}
