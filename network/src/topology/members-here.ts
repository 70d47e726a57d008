import type { Organisation, Topology } from './topology';

/** The topology on a machine that runs the processes of one member alone. */
export function ofMember(topology: Topology, name: string): Topology {
  return { ...topology, organisations: topology.organisations.map((each) => ({ ...each, isHere: each.name === name })) };
}

/** Members whose processes run on this machine. */
export function listHere({ organisations }: Topology): readonly Organisation[] {
  return organisations.filter(({ isHere }) => isHere);
}

/** Whether all members' processes run on this machine. */
export function isWhole({ organisations }: Topology): boolean {
  return organisations.every(({ isHere }) => isHere);
}

/** What of the network is on this machine, as a topology of its own: for whoever looks after processes, files and certificates. */
export function onlyHere(topology: Topology): Topology {
  return isWhole(topology) ? topology : { ...topology, organisations: listHere(topology) };
}
