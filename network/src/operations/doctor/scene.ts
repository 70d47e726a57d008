import { setTimeout as pause } from 'node:timers/promises';
import { BinariesError, lookForFabric, type FabricBinaries, type FabricSurroundings } from '../../binaries';
import { readLiveNetwork, type NetworkState } from '../../deployment';
import { onlyHere, type Organisation, type Topology } from '../../topology';
import { readNodes, type NodeReport } from '../nodes/node-facts';
import type { DiskLimits } from './checks/disk';

/** What the doctor is told beside the topology. */
export interface DoctorSettings {
  /** Where Fabric's binaries may be. */
  readonly surroundings: FabricSurroundings;
  /** Certificates that end within so many days are findings. */
  readonly withinDays: number;
  readonly disk: DiskLimits;
  /** Milliseconds since the epoch, by the clock of this machine. */
  readonly now: () => number;
}

/** What several checks look at, seen once. */
export interface Scene {
  /** What of the network is on this machine. */
  readonly topology: Topology;
  /** How many orderers are on other members' machines, and not looked at. */
  readonly orderersElsewhere: number;
  readonly settings: DoctorSettings;
  /** Where the next start would find Fabric's programs, looked for once; nothing is fetched. */
  readonly binaries: () => Promise<FabricBinaries | BinariesError>;
  /** Of a network whose supervisor lives on this machine. */
  readonly state: NetworkState | undefined;
  readonly nodes: readonly NodeReport[];
  /** The nodes a moment later; undefined: all were of one mind the first time. */
  readonly later: readonly NodeReport[] | undefined;
  readonly betweenMs: number;
  /** Whether anything runs that could be asked. */
  readonly isRunning: boolean;
}

const BETWEEN_LOOKS_MS = 1500;

/** Looks at the nodes; twice, when they differ: a node that is a block behind now is nothing to speak of. */
export async function readScene(consortium: Topology, settings: DoctorSettings): Promise<Scene> {
  const topology = onlyHere(consortium);
  const orderersElsewhere = consortium.organisations.filter(({ isHere, nodes }) => !isHere && nodes.orderer !== undefined).length;
  let looked: ReturnType<Scene['binaries']> | undefined;
  const binaries: Scene['binaries'] = () => (looked ??= lookForBinaries(topology, settings));
  const state = readLiveNetwork(topology);
  const nodes = await readNodes(topology);
  const since = Date.now();
  const isRunning = state !== undefined || nodes.some(({ kind }) => kind !== 'silent');
  const later = isRunning && !areOfOneMind(nodes) ? await readNodesLater(topology) : undefined;
  return { topology, orderersElsewhere, settings, binaries, state, nodes, later, betweenMs: Date.now() - since, isRunning };
}

/** Organisations whose peer said something; where the ledger has no nodes of its own, all. */
export function listAnswering({ topology, nodes, later = nodes }: Scene): readonly Organisation[] {
  const isSilent = ({ name }: Organisation): boolean => later.some((each) => each.kind === 'silent' && each.name === `peer-${name}`);
  return topology.organisations.filter((each) => !isSilent(each));
}

/** The organisation whose a process is, by the name of the process: `peer-north`. */
export function memberOf({ organisations }: Topology, process: string): string | undefined {
  return organisations.find(({ name }) => process.slice(process.indexOf('-') + 1) === name)?.name;
}

async function lookForBinaries({ fabric }: Topology, { surroundings }: DoctorSettings): Promise<FabricBinaries | BinariesError> {
  try {
    return await lookForFabric(fabric, surroundings);
  } catch (error) {
    if (error instanceof BinariesError) return error;
    throw error;
  }
}

async function readNodesLater(topology: Topology): Promise<NodeReport[]> {
  await pause(BETWEEN_LOOKS_MS);
  return readNodes(topology);
}

function areOfOneMind(nodes: readonly NodeReport[]): boolean {
  const heights = new Set(nodes.map((node) => (node.kind === 'silent' ? -1 : node.height)));
  const leaders = new Set(nodes.flatMap((node) => (node.kind === 'orderer' ? [`${String(node.view)} ${String(node.leaderId)}`] : [])));
  return heights.size <= 1 && leaders.size <= 1 && nodes.every((node) => node.kind !== 'orderer' || node.isActive);
}
