import type { Organisation } from '../../topology';
import { namespaceOf, type NodeName, type Site, type WatcherName } from '../workload';

/** An object of a cluster, as `kubectl apply` takes it. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels: Readonly<Record<string, string>> };
}

/** Whose object it is: the same for everything of one namespace. */
export interface Owner {
  readonly site: Site;
  /** The organisation's name, or what stands in its place for what belongs to none. */
  readonly instance: string;
  readonly namespace: string;
}

/** An organisation, with a namespace of its own. */
export interface Member extends Owner {
  readonly organisation: Organisation;
}

export function newMember(site: Site, organisation: Organisation): Member {
  return { site, organisation, instance: organisation.name, namespace: namespaceOf(site.topology, organisation) };
}

/** Labels that Kubernetes recommends; the network is what a node is part of, its organisation the instance. */
export const LABELS = {
  node: 'app.kubernetes.io/component',
  organisation: 'app.kubernetes.io/instance',
  network: 'app.kubernetes.io/part-of',
} as const;

export function newMetadata(
  { site, instance, namespace }: Owner,
  name: string,
  node?: NodeName | WatcherName,
): KubernetesObject['metadata'] {
  const labels = {
    [LABELS.network]: site.topology.name,
    [LABELS.organisation]: instance,
    ...(node === undefined ? {} : { [LABELS.node]: node }),
  };
  return { name, namespace, labels };
}

/** What finds the pod of a node, and no other pod of the namespace. */
export function newSelector({ instance }: Pick<Owner, 'instance'>, node: NodeName | WatcherName): { matchLabels: Record<string, string> } {
  return { matchLabels: { [LABELS.organisation]: instance, [LABELS.node]: node } };
}
