import { DeploymentError, readLiveNetwork } from '../deployment';
import { restartInTurn } from '../operations';
import { onlyHere } from '../topology';
import { NETWORK_OPTIONS, parseCommand, reporterOf, topologyOf, type Command } from './command';
import { EXIT } from './exit-codes';
import { UsageError } from './usage-error';

const MOST_WORDS = 1000;

/**
 * `restart PROCESS...`: processes of the running network, one after another; the next only when the one before has what the others had and is
 * known to them. A word without its organisation (`peer`) stands for that process of each.
 */
export const restart: Command = async (argv, config) => {
  const { values, positionals } = parseCommand(argv, NETWORK_OPTIONS, MOST_WORDS);
  const topology = onlyHere(topologyOf(values, config));
  const running = readLiveNetwork(topology);
  if (running === undefined)
    throw new DeploymentError('NETWORK_NOT_RUNNING', `The network ${topology.name} does not run.`, 'Start it with `up`.');
  const known = running.processes.map(({ name }) => name);
  const names = [...new Set(positionals.flatMap((word) => findProcesses(word, known)))];
  if (names.length === 0) throw new UsageError(`restart needs the name of a process. There are: ${known.join(', ')}.`);
  const reporter = reporterOf(values, config);
  await restartInTurn(topology, names, (name) => {
    reporter.note(`  ${name} is restarted`);
  });
  reporter.result('restart', `Restarted: ${names.join(', ')}.`, { restarted: names });
  return EXIT.done;
};

function findProcesses(word: string, known: readonly string[]): string[] {
  if (known.includes(word)) return [word];
  const found = known.filter((name) => name.startsWith(`${word}-`));
  if (found.length === 0) throw new UsageError(`No process is called ${word}. There are: ${known.join(', ')}.`);
  return found;
}
