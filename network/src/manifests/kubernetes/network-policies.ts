import type { NodeName, Workload } from '../workload';
import { LABELS, newMetadata, newSelector, type KubernetesObject, type Member, type Owner } from './kubernetes-object';

/** Labels by which an operator lets other namespaces in. */
export const ADMITTED = { monitoring: 'medaccord/monitoring', clients: 'medaccord/clients' } as const;

/** Who calls whom, on the port that the callee exists for: of the own organisation, or of every member. */
const CALLS: readonly { readonly caller: NodeName; readonly callee: NodeName; readonly members: 'own' | 'all' }[] = [
  { caller: 'orderer', callee: 'orderer', members: 'all' },
  { caller: 'peer', callee: 'orderer', members: 'all' },
  { caller: 'peer', callee: 'peer', members: 'all' },
  { caller: 'peer', callee: 'chaincode', members: 'own' },
  { caller: 'gateway', callee: 'peer', members: 'own' },
  { caller: 'gateway', callee: 'ca', members: 'own' },
  { caller: 'gateway', callee: 'gateway', members: 'all' },
];

/** Nothing may be called and nothing may call, but what is listed: a policy for everything, and one for each node. */
export function newNetworkPolicies(owner: Member, workloads: readonly Workload[]): KubernetesObject[] {
  return [newClosedPolicy(owner), ...workloads.map((workload) => newNodePolicy(owner, workload))];
}

/** For whatever no other policy speaks of. */
export function newClosedPolicy(owner: Owner): KubernetesObject {
  return newPolicy(owner, 'nothing', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
}

function newNodePolicy(owner: Member, workload: Workload): KubernetesObject {
  const { node } = workload;
  const callers = CALLS.filter(({ callee }) => callee === node);
  const callees = CALLS.filter(({ caller }) => caller === node);
  const ingress = [
    ...callers.map(({ caller, members }) => ({ from: [newParty(owner, caller, members)], ports: [newPort(mainPort(workload))] })),
    ...(node === 'gateway'
      ? [{ from: [{ namespaceSelector: { matchLabels: { [ADMITTED.clients]: 'true' } } }], ports: [newPort(mainPort(workload))] }]
      : []),
    { from: [{ namespaceSelector: { matchLabels: { [ADMITTED.monitoring]: 'true' } } }], ports: watchedPorts(workload).map(newPort) },
  ];
  const egress = callees.map(({ callee, members }) => ({
    to: [newParty(owner, callee, members)],
    ports: portsOf(owner, callee, members).map(newPort),
  }));
  const spec = {
    podSelector: newSelector(owner, node),
    policyTypes: ['Ingress', 'Egress'],
    ingress,
    egress: egress.length === 0 ? [] : [...egress, NAMES],
  };
  return newPolicy(owner, node, spec, node);
}

/** Whoever calls by name must ask for it. */
export const NAMES = {
  to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } } }],
  ports: [
    { protocol: 'UDP', port: 53 },
    { protocol: 'TCP', port: 53 },
  ],
};

function newParty({ site, instance }: Member, node: NodeName, members: 'own' | 'all'): object {
  if (members === 'own') return { podSelector: newSelector({ instance }, node) };
  const network = { [LABELS.network]: site.topology.name };
  return { namespaceSelector: { matchLabels: network }, podSelector: { matchLabels: { ...network, [LABELS.node]: node } } };
}

/** Ports are the topology's: each member has its own. */
function portsOf({ site, organisation }: Member, node: NodeName, members: 'own' | 'all'): number[] {
  return (members === 'own' ? [organisation] : site.topology.organisations).map(({ ports }) => ports[node]);
}

function mainPort({ ports: [first] }: Workload): number {
  if (first === undefined) throw new Error('A container exists for a port');
  return first.port;
}

/** Where it tells about itself, and where a probe sees its certificate; never where it is administered. */
export function watchedPorts(workload: Workload): number[] {
  return workload.ports.filter(({ name }) => name !== 'admin').map(({ port }) => port);
}

export function newPort(port: number): object {
  return { protocol: 'TCP', port };
}

export function newPolicy(owner: Owner, name: string, spec: object, node?: Workload['node']): KubernetesObject {
  return { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: newMetadata(owner, name, node), spec } as KubernetesObject;
}
