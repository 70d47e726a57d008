import { readFileSync, rmSync } from 'node:fs';
import { identifyProcess, isRunning, type ProcessIdentity, type ProcessStatus } from '../process';
import { listHere, type Topology } from '../topology';
import { writeAtomically } from './write-atomically';

export type NetworkPhase = 'starting' | 'up' | 'stopping';

/** Where one organisation of this machine is reached. */
export interface OrganisationAddresses {
  readonly name: string;
  readonly title: string;
  readonly mspId: string;
  readonly role: string;
  readonly peer: string;
  readonly ca: string;
  readonly gateway: string;
}

/** What a running network says of itself, in `supervisor.json`. */
export interface NetworkState {
  readonly version: 1;
  readonly name: string;
  readonly ledger: string;
  readonly channel: string;
  readonly supervisor: ProcessIdentity;
  readonly phase: NetworkPhase;
  readonly startedAt: string;
  readonly organisations: readonly OrganisationAddresses[];
  readonly processes: readonly ProcessStatus[];
}

export function newNetworkState(topology: Topology, startedAt: string): NetworkState {
  return {
    version: 1,
    name: topology.name,
    ledger: topology.ledger,
    channel: topology.channel,
    supervisor: identifyProcess(process.pid),
    phase: 'starting',
    startedAt,
    organisations: listAddresses(topology),
    processes: [],
  };
}

export function listAddresses(topology: Topology): OrganisationAddresses[] {
  return listHere(topology).map(({ name, title, mspId, role, endpoints: { peer, ca, gateway } }) => ({
    name,
    title,
    mspId,
    role,
    peer,
    ca,
    gateway,
  }));
}

/** For whoever looks from outside. A full disk or a removed folder must not keep the network from running, nor from stopping. */
export function writeNetworkState(topology: Topology, state: NetworkState): void {
  try {
    writeAtomically(topology.paths.supervisor, `${JSON.stringify(state, undefined, 2)}\n`);
  } catch {
    // The next change is written again.
  }
}

export function removeNetworkState(topology: Topology): void {
  rmSync(topology.paths.supervisor, { force: true });
}

/** What the last supervisor wrote, alive or not; undefined when the last one ended in order. */
export function readNetworkState(topology: Topology): NetworkState | undefined {
  try {
    return JSON.parse(readFileSync(topology.paths.supervisor, 'utf8')) as NetworkState;
  } catch {
    return undefined;
  }
}

/** The state of a network whose supervisor lives. */
export function readLiveNetwork(topology: Topology): NetworkState | undefined {
  const state = readNetworkState(topology);
  return state !== undefined && isRunning(state.supervisor) ? state : undefined;
}
