import type { Organisation } from '../../topology';
import { namespaceOf, type NodeName, type Site } from '../workload';

/** An object of a cluster, as `kubectl apply` takes it. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels: Readonly<Record<string, string>> };
}

/** Whose object it is: the same for everything of one organisation. */
export interface Owner {
  readonly site: Site;
  readonly organisation: Organisation;
}

/** Labels that Kubernetes recommends; the network is what a node is part of, its organisation the instance. */
export const LABELS = {
  node: 'app.kubernetes.io/component',
  organisation: 'app.kubernetes.io/instance',
  network: 'app.kubernetes.io/part-of',
} as const;

export function newMetadata({ site, organisation }: Owner, name: string, node?: NodeName): KubernetesObject['metadata'] {
  const labels = {
    [LABELS.network]: site.topology.name,
    [LABELS.organisation]: organisation.name,
    ...(node === undefined ? {} : { [LABELS.node]: node }),
  };
  return { name, namespace: namespaceOf(site.topology, organisation), labels };
}

/** What finds the pod of a node, and no other pod of the namespace. */
export function newSelector({ organisation }: Pick<Owner, 'organisation'>, node: NodeName): { matchLabels: Record<string, string> } {
  return { matchLabels: { [LABELS.organisation]: organisation.name, [LABELS.node]: node } };
}
