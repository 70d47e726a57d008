import type { Organisation, Topology } from '../../topology';

/** The processes of one organisation, each a container. */
export const NODES = ['orderer', 'peer', 'chaincode', 'ca', 'gateway'] as const;
export type NodeName = (typeof NODES)[number];

/** What watches them: one of each for whoever watches, not for each organisation. */
export const WATCHERS = ['prometheus', 'grafana', 'exporter'] as const;
export type WatcherName = (typeof WATCHERS)[number];

/** Where the network's processes run: what they are called there. */
export interface Site {
  readonly name: 'native' | 'compose' | 'kubernetes';
  readonly topology: Topology;
  /** Under which name an organisation's node is reached from every other. */
  hostOf(organisation: Pick<Organisation, 'name'>, node: NodeName | WatcherName): string;
}

/** This machine, without containers. */
export function newNativeSite(topology: Topology): Site {
  return { name: 'native', topology, hostOf: () => topology.host };
}

/** Machines with Docker, one or several: names are of the consortium's own domain, so that they mean the same on each of them. */
export function newComposeSite(topology: Topology): Site {
  return { name: 'compose', topology, hostOf: ({ name }, node) => `${node}.${name}.${topology.domain}` };
}

/** A Kubernetes cluster with a namespace for each organisation. */
export function newKubernetesSite(topology: Topology): Site {
  return {
    name: 'kubernetes',
    topology,
    hostOf: (organisation, node) => `${node}.${namespaceOf(topology, organisation)}.svc.cluster.local`,
  };
}

export function namespaceOf(topology: Pick<Topology, 'name'>, organisation: Pick<Organisation, 'name'>): string {
  return `${topology.name}-${organisation.name}`;
}
