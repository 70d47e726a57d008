import { createHash } from 'node:crypto';
import { listRendered, newProbeCommand, PACKAGE_ID_VARIABLE, type Probe, type Workload } from '../workload';
import { LABELS, newMetadata, type Owner } from './kubernetes-object';
import { newScratchVolume, newVolume, newVolumeMounts } from './volumes';

/** The ConfigMap by which whoever deploys the chaincode says which package its process answers for. */
const PACKAGE_OBJECT = { name: 'chaincode-package', key: 'id' } as const;

/** No user of the images; the volumes belong to its group. */
const USER = 10_001;
/** A peer that pulls private data takes several seconds to stop. */
const GRACE_SECONDS = 40;

/** The pod of a node, as a StatefulSet or Deployment makes it. */
export function newPodTemplate(owner: Owner, workload: Workload): object {
  const { labels } = newMetadata(owner, workload.node, workload.node);
  return {
    metadata: { labels, annotations: { 'medaccord/configuration': digestConfiguration(workload) } },
    spec: {
      automountServiceAccountToken: false,
      // Kubernetes would describe each Service in variables such as ORDERER_PORT, which Fabric takes for its own settings.
      enableServiceLinks: false,
      terminationGracePeriodSeconds: GRACE_SECONDS,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: USER,
        runAsGroup: USER,
        fsGroup: USER,
        fsGroupChangePolicy: 'OnRootMismatch',
        seccompProfile: { type: 'RuntimeDefault' },
      },
      ...(workload.node === 'orderer' ? { affinity: newSpread(owner) } : {}),
      containers: [newContainer(workload)],
      volumes: [...workload.mounts.map((mount) => newVolume(workload, mount)), ...workload.scratch.map(newScratchVolume)],
    },
  };
}

function newContainer(workload: Workload): object {
  const { node, image, command, environment, ports, resources } = workload;
  return {
    name: node,
    image,
    ...(command === undefined ? {} : { command }),
    ...(workload.arguments === undefined ? {} : { args: workload.arguments }),
    env: [
      ...Object.entries(environment).map(([name, value]) => ({ name, value })),
      ...(node === 'chaincode' ? [{ name: PACKAGE_ID_VARIABLE, valueFrom: { configMapKeyRef: PACKAGE_OBJECT } }] : []),
    ],
    ports: ports.map(({ name, port }) => ({ name, containerPort: port })),
    ...newProbes(workload),
    securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
    // No limit of processors: a throttled orderer misses its heartbeats while the machine is idle.
    resources: {
      requests: { cpu: `${String(resources.milliCpu)}m`, memory: `${String(resources.memoryMiB)}Mi` },
      limits: { memory: `${String(resources.memoryLimitMiB)}Mi` },
    },
    volumeMounts: newVolumeMounts(workload),
  };
}

function newProbes(workload: Workload): object {
  const { alive, ready } = workload;
  return {
    startupProbe: { ...newProbe(workload, alive), periodSeconds: 2, failureThreshold: 150 },
    livenessProbe: { ...newProbe(workload, alive), periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 },
    readinessProbe: { ...newProbe(workload, ready), periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 2 },
  };
}

function newProbe(workload: Workload, probe: Probe): object {
  if (probe.kind === 'metric') return { exec: { command: newProbeCommand(probe, workload) } };
  return probe.kind === 'http' ? { httpGet: { port: probe.port, path: probe.path } } : { tcpSocket: { port: probe.port } };
}

/** A budget counts within its namespace only: what keeps two members' orderers from going down with one machine is that they are on two. */
function newSpread({ site }: Owner): object {
  const network = { [LABELS.network]: site.topology.name };
  const term = {
    labelSelector: { matchLabels: { ...network, [LABELS.node]: 'orderer' } },
    namespaceSelector: { matchLabels: network },
    topologyKey: 'kubernetes.io/hostname',
  };
  return { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: term }] } };
}

/** Changes with what the container reads, so that a changed configuration is a new pod. */
function digestConfiguration({ mounts }: Workload): string {
  const hash = createHash('sha256');
  for (const { path, text } of mounts.flatMap(listRendered)) hash.update(path).update('\0').update(text).update('\0');
  return hash.digest('hex').slice(0, 16);
}
