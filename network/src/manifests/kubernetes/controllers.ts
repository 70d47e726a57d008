import { countQuorum, type Workload } from '../workload';
import { newMetadata, newSelector, type KubernetesObject, type Owner } from './kubernetes-object';
import { newPodTemplate } from './pod';
import { DATA_VOLUME, newConfigMaps, newVolumeClaim } from './volumes';

/** Those that nobody calls by the name of their pod. */
const DEPLOYED: ReadonlySet<Workload['node']> = new Set(['gateway', 'chaincode', 'grafana']);

/** Everything of one node: what it reads, where it is reached, what runs it, and how many of its kind may be away. */
export function newNodeObjects(owner: Owner, workload: Workload): KubernetesObject[] {
  return [
    ...newConfigMaps(owner, workload),
    newService(owner, workload),
    ...(DEPLOYED.has(workload.node) ? newDeployment(owner, workload) : [newStatefulSet(owner, workload)]),
    ...(workload.node === 'orderer' ? [newOrdererBudget(owner)] : []),
  ];
}

/** One process on one volume: two would fight for the lock of its database. */
function newStatefulSet(owner: Owner, workload: Workload): KubernetesObject {
  const { node, data } = workload;
  const spec = {
    serviceName: node,
    replicas: 1,
    selector: newSelector(owner, node),
    template: newPodTemplate(owner, workload),
    ...(data === undefined
      ? {}
      : {
          persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
          volumeClaimTemplates: [{ metadata: { name: DATA_VOLUME }, spec: newVolumeClaim(data) }],
        }),
  };
  return newObject({ apiVersion: 'apps/v1', kind: 'StatefulSet' }, owner, workload, spec);
}

function newDeployment(owner: Owner, workload: Workload): KubernetesObject[] {
  const { node, data } = workload;
  const template = newPodTemplate(owner, workload) as { spec: { volumes: object[] } };
  const newDeploymentWith = (strategy: object): KubernetesObject =>
    newObject({ apiVersion: 'apps/v1', kind: 'Deployment' }, owner, workload, {
      replicas: 1,
      strategy,
      selector: newSelector(owner, node),
      template,
    });
  // Nothing is kept: the next one answers before the last one goes.
  if (data === undefined) return [newDeploymentWith({ type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } })];
  const claim = `${node}-data`;
  template.spec.volumes.push({ name: DATA_VOLUME, persistentVolumeClaim: { claimName: claim } });
  return [
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: newMetadata(owner, claim, node),
      spec: newVolumeClaim(data),
    } as KubernetesObject,
    newDeploymentWith({ type: 'Recreate' }),
  ];
}

/** Answers before the node is ready, too: a peer that has not joined its channel must be reached to join it. */
function newService(owner: Owner, workload: Workload): KubernetesObject {
  const ports = workload.ports.map(({ name, port }) => ({ name, port, targetPort: name }));
  const spec = { type: 'ClusterIP', publishNotReadyAddresses: true, selector: newSelector(owner, workload.node).matchLabels, ports };
  return newObject({ apiVersion: 'v1', kind: 'Service' }, owner, workload, spec);
}

/** This namespace has one of the orderers: it may go where the others can do without it. */
function newOrdererBudget(owner: Owner): KubernetesObject {
  const spec = { maxUnavailable: Math.min(1, countQuorum(owner.site.topology).dispensable), selector: newSelector(owner, 'orderer') };
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: newMetadata(owner, 'orderer', 'orderer'),
    spec,
  } as KubernetesObject;
}

function newObject(type: { apiVersion: string; kind: string }, owner: Owner, { node }: Workload, spec: object): KubernetesObject {
  return { ...type, metadata: newMetadata(owner, node, node), spec } as KubernetesObject;
}
