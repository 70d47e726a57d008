import { setTimeout as pause } from 'node:timers/promises';
import { readLiveNetwork, type NetworkState } from '../deployment';
import { readNodes, type NodeReport, type OrdererFacts } from '../operations';
import { readMemory, type ProcessStatus } from '../process';
import { onlyHere, type Topology } from '../topology';
import { NETWORK_OPTIONS, parseCommand, reporterOf, topologyOf, type Command } from './command';
import { EXIT } from './exit-codes';
import { formatAddresses } from './format-addresses';
import { formatDuration } from './human-reporter';

interface ProcessLine extends ProcessStatus {
  /** Proportional set size, bytes. */
  readonly memory: number | undefined;
}

const OPTIONS = { ...NETWORK_OPTIONS, watch: { type: 'boolean', short: 'w', default: false } } as const;
const BETWEEN_LOOKS_MS = 1000;

/**
 * `status`: what runs, since when, how often it had to be started again, in how much memory, and how many blocks each node has; with
 * `--watch` again every second.
 */
export const status: Command = async (argv, config) => {
  const { values } = parseCommand(argv, OPTIONS);
  const topology = onlyHere(topologyOf(values, config));
  const reporter = reporterOf(values, config);
  while (values.watch) {
    const { text, facts } = await look(topology);
    reporter.result('status', config.terminal && !values.json ? redraw(text) : text, facts);
    await pause(BETWEEN_LOOKS_MS);
  }
  const { text, facts, code } = await look(topology);
  reporter.result('status', text, facts);
  return code;
};

interface Look {
  readonly text: string;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly code: number;
}

async function look(topology: Topology): Promise<Look> {
  const state = readLiveNetwork(topology);
  if (state === undefined) {
    return { text: `The network ${topology.name} does not run. \`up\` starts it.`, facts: { running: false }, code: EXIT.notRunning };
  }
  const processes = state.processes.map((each) => ({
    ...each,
    memory: each.process === undefined ? undefined : readMemory(each.process.pid),
  }));
  const nodes = await readNodes(topology);
  const supervisor = readMemory(state.supervisor.pid);
  const memory = processes.reduce((sum, each) => sum + (each.memory ?? 0), supervisor ?? 0);
  const lines = processes.map((each) => {
    const node = nodes.find(({ name }) => name === each.name);
    return formatLine(each, node === undefined ? undefined : formatNode(node, nodes));
  });
  const text = [formatHead(state, memory), ...lines, '', formatAddresses(topology)].join('\n');
  return { text, facts: { running: true, ...state, processes, nodes, memory }, code: EXIT.done };
}

/** From the upper left corner, each line to its end, and nothing below: without a moment of emptiness. */
function redraw(text: string): string {
  return `\u001b[H${text.replaceAll('\n', '\u001b[K\n')}\u001b[K\u001b[J`;
}

function formatHead(state: NetworkState, memory: number): string {
  return `The network ${state.name} is ${state.phase} (pid ${String(state.supervisor.pid)}, since ${state.startedAt}), ${formatMemory(memory)} in all.`;
}

function formatLine({ name, state, process, restarts, readySince, memory }: ProcessLine, node: string | undefined): string {
  const age = readySince === undefined ? '' : formatDuration(Date.now() - readySince);
  const columns = [
    name.padEnd(24),
    state.padEnd(9),
    String(process?.pid ?? '-').padStart(8),
    formatMemory(memory).padStart(8),
    age.padStart(9),
    node === undefined ? '' : `  ${node}`,
  ];
  return `  ${columns.join(' ').trimEnd()}${restarts === 0 ? '' : `  restarts: ${String(restarts)}`}`;
}

function formatNode(node: NodeReport, all: readonly NodeReport[]): string {
  if (node.kind === 'silent') return 'does not answer';
  const blocks = node.height === undefined ? 'not in the channel' : `${String(node.height)} blocks`;
  return node.kind === 'peer' ? blocks : `${blocks}, ${formatPart(node, all)}`;
}

/** The leader by its organisation where it says itself that it leads; else by its number among the consenters. */
function formatPart({ isLeader, leaderId }: OrdererFacts, all: readonly NodeReport[]): string {
  if (isLeader) return 'leads';
  if (leaderId === undefined) return 'has no leader';
  const leader = all.find((each) => each.kind === 'orderer' && each.isLeader && each.leaderId === leaderId);
  return `follows ${leader?.organisation ?? `consenter ${String(leaderId)}`}`;
}

function formatMemory(bytes: number | undefined): string {
  return bytes === undefined ? '-' : `${String(Math.round(bytes / 1_000_000))} MB`;
}
