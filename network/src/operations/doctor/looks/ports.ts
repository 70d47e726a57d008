import { accepts, findBusyPorts, findPortHolders, type PortHolder } from '../../../process';
import type { Organisation, OrganisationPorts, Topology } from '../../../topology';
import type { PortFacts } from '../checks/ports';
import type { Scene } from '../scene';

interface Port {
  readonly member: string;
  readonly key: keyof OrganisationPorts;
  readonly port: number;
  readonly process: string;
}

const UNKNOWN = 'a process that this user may not see';

/** Of a network that is down, every port is tried; of one that runs, who listens is looked up. */
export async function lookAtPorts(scene: Scene): Promise<PortFacts[]> {
  const ports = scene.topology.organisations.flatMap((each) => listPorts(scene.topology, each));
  return scene.state === undefined ? lookAtFree(scene, ports) : lookAtUsed(scene, ports);
}

async function lookAtFree({ topology }: Scene, ports: readonly Port[]): Promise<PortFacts[]> {
  const { host } = topology;
  const busy = await findBusyPorts(ports.map(({ port, process }) => ({ host, port, title: process })));
  return ports.map((each) => {
    const found = busy.find(({ port }) => port === each.port);
    const holder = found === undefined ? 'nobody' : { other: describeHolder(found.holder) };
    return { ...newFacts(topology, each), isNeeded: false, holder };
  });
}

async function lookAtUsed({ topology, state }: Scene, ports: readonly Port[]): Promise<PortFacts[]> {
  const { host } = topology;
  const processes = state?.processes ?? [];
  const own = new Set([state?.supervisor.pid, ...processes.map(({ process }) => process?.pid)]);
  const isReady = (name: string): boolean => processes.some((each) => each.name === name && each.state === 'ready');
  const holders = findPortHolders(ports.map(({ port }) => port));
  const facts = await Promise.all(
    ports.map(async (each): Promise<PortFacts & Port> => {
      const seen = holders.get(each.port);
      const isHeld = seen !== undefined || (await accepts({ host, port: each.port }));
      const isOurs = seen === undefined ? isReady(each.process) : own.has(seen.pid);
      const holder = !isHeld ? 'nobody' : isOurs ? 'ours' : { other: describeHolder(seen) };
      return { ...each, ...newFacts(topology, each), isNeeded: isReady(each.process), holder };
    }),
  );
  return facts.map(({ member, address, process, isNeeded, holder, key }) => {
    // A release of the chaincode and the next one take turns at the two.
    const beside = facts.some((other) => other.process === process && other.key !== key && other.holder === 'ours');
    return { member, address, process, holder, isNeeded: isNeeded && !(isOfChaincode(key) && beside) };
  });
}

function isOfChaincode(key: keyof OrganisationPorts): boolean {
  return key === 'chaincode' || key === 'chaincodeBeside';
}

function newFacts({ host }: Topology, { member, port, process }: Port): Pick<PortFacts, 'member' | 'address' | 'process'> {
  return { member, address: `${host}:${String(port)}`, process };
}

function describeHolder(holder: PortHolder | undefined): string {
  return holder === undefined ? UNKNOWN : `pid ${String(holder.pid)} (${holder.command})`;
}

function listPorts({ ledger, gateway }: Topology, { name, ports, nodes }: Organisation): Port[] {
  const newPort = (key: keyof OrganisationPorts, process: string): Port => ({ member: name, key, port: ports[key], process });
  const common = [newPort('ca', 'ca'), newPort('chaincode', `chaincode-${name}`)];
  const served = gateway === undefined ? common : [...common, newPort('gateway', `gateway-${name}`)];
  if (ledger === 'devnet') return [newPort('peer', 'ledger'), ...served];
  const peer = (['peer', 'peerOperations', 'peerChaincode'] as const).map((key) => newPort(key, `peer-${name}`));
  const orderer = (['orderer', 'ordererAdmin', 'ordererOperations'] as const).map((key) => newPort(key, `orderer-${name}`));
  return [...peer, ...(nodes.orderer === undefined ? [] : orderer), ...served, newPort('chaincodeBeside', `chaincode-${name}`)];
}
