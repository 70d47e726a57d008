import { renderYaml } from '../../render';
import type { Organisation } from '../../topology';
import { newManifestFile, type ManifestFile } from '../manifest-file';
import { namespaceOf, newWorkloads, type Images, type Site } from '../workload';
import { newNodeObjects } from './controllers';
import { newMetadata, type KubernetesObject, type Owner } from './kubernetes-object';
import { newNetworkPolicies } from './network-policies';

const KUSTOMIZATION = { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization' } as const;

/** A folder for each organisation, to be applied whole (`kubectl apply -k`), and one that has them all in one cluster. */
export function renderKubernetes(site: Site, images: Images): ManifestFile[] {
  const { organisations } = site.topology;
  return [
    newManifestFile('kustomization.yaml', renderYaml({ ...KUSTOMIZATION, resources: organisations.map(({ name }) => name) })),
    ...organisations.flatMap((organisation) => renderOrganisation(site, organisation, images)),
  ];
}

function renderOrganisation(site: Site, organisation: Organisation, images: Images): ManifestFile[] {
  const owner = { site, organisation };
  const workloads = newWorkloads(site, organisation, images);
  const documents: [string, readonly KubernetesObject[]][] = [
    ['namespace', [newNamespace(owner)]],
    ['network-policies', newNetworkPolicies(owner, workloads)],
    ...workloads.map((workload): [string, KubernetesObject[]] => [workload.node, newNodeObjects(owner, workload)]),
  ];
  const kustomization = {
    ...KUSTOMIZATION,
    namespace: namespaceOf(site.topology, organisation),
    resources: documents.map(([name]) => `${name}.yaml`),
  };
  return [
    newManifestFile(`${organisation.name}/kustomization.yaml`, renderYaml(kustomization)),
    ...documents.map(([name, objects]) => newManifestFile(`${organisation.name}/${name}.yaml`, objects.map(renderYaml).join('---\n'))),
  ];
}

/** Pods that break the strictest of Kubernetes' own rules do not get in. */
function newNamespace(owner: Owner): KubernetesObject {
  const { namespace = '', labels } = newMetadata(owner, '');
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace, labels: { ...labels, 'pod-security.kubernetes.io/enforce': 'restricted' } },
  };
}
