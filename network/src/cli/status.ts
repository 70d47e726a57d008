import { readLiveNetwork, type NetworkState } from '../deployment';
import { readMemory, type ProcessStatus } from '../process';
import { NETWORK_OPTIONS, parseCommand, reporterOf, topologyOf, type Command } from './command';
import { EXIT } from './exit-codes';
import { formatAddresses } from './format-addresses';
import { formatDuration } from './human-reporter';

interface ProcessLine extends ProcessStatus {
  /** Proportional set size, bytes. */
  readonly memory: number | undefined;
}

/** `status`: what runs, since when, how often it had to be started again, and in how much memory. */
export const status: Command = (argv, config) => {
  const { values } = parseCommand(argv, NETWORK_OPTIONS);
  const topology = topologyOf(values, config);
  const reporter = reporterOf(values, config);
  const state = readLiveNetwork(topology);
  if (state === undefined) {
    reporter.result('status', `The network ${topology.name} does not run. \`up\` starts it.`, { running: false });
    return Promise.resolve(EXIT.notRunning);
  }
  const processes = state.processes.map((each) => ({
    ...each,
    memory: each.process === undefined ? undefined : readMemory(each.process.pid),
  }));
  const supervisor = readMemory(state.supervisor.pid);
  const memory = processes.reduce((sum, each) => sum + (each.memory ?? 0), supervisor ?? 0);
  const text = [formatHead(state, memory), ...processes.map(formatLine), '', formatAddresses(topology)].join('\n');
  reporter.result('status', text, { running: true, ...state, processes, memory });
  return Promise.resolve(EXIT.done);
};

function formatHead(state: NetworkState, memory: number): string {
  return `The network ${state.name} is ${state.phase} (pid ${String(state.supervisor.pid)}, since ${state.startedAt}), ${formatMemory(memory)} in all.`;
}

function formatLine({ name, state, process, restarts, readySince, memory }: ProcessLine): string {
  const age = readySince === undefined ? '' : formatDuration(Date.now() - readySince);
  const columns = [
    name.padEnd(24),
    state.padEnd(9),
    String(process?.pid ?? '-').padStart(8),
    formatMemory(memory).padStart(8),
    age.padStart(9),
  ];
  return `  ${columns.join(' ')}${restarts === 0 ? '' : `  restarts: ${String(restarts)}`}`;
}

function formatMemory(bytes: number | undefined): string {
  return bytes === undefined ? '-' : `${String(Math.round(bytes / 1_000_000))} MB`;
}
