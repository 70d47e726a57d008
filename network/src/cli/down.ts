import { setTimeout as pause } from 'node:timers/promises';
import { endLeftovers, readLiveNetwork } from '../deployment';
import { canSignal, isRunning } from '../process';
import { NETWORK_OPTIONS, parseCommand, reporterOf, topologyOf, type Command } from './command';
import { EXIT } from './exit-codes';

const PATIENCE_MS = 30_000;
const BETWEEN_LOOKS_MS = 25;

/** `down`: stops a running network in order, wherever it was started; done when nothing of it is left. */
export const down: Command = async (argv, config) => {
  const { values } = parseCommand(argv, NETWORK_OPTIONS);
  const topology = topologyOf(values, config);
  const reporter = reporterOf(values, config);
  const since = Date.now();
  const state = readLiveNetwork(topology);
  if (state !== undefined) {
    canSignal(state.supervisor.pid, 'SIGTERM');
    while (isRunning(state.supervisor)) {
      // Its warden ends what it held.
      if (Date.now() - since > PATIENCE_MS) canSignal(state.supervisor.pid, 'SIGKILL');
      await pause(BETWEEN_LOOKS_MS);
    }
  }
  await endLeftovers(topology);
  const text =
    state === undefined ? `The network ${topology.name} does not run.` : `The network ${topology.name} is down; its ledger is kept.`;
  reporter.result('down', text, { wasRunning: state !== undefined, ms: Date.now() - since });
  return EXIT.done;
};
