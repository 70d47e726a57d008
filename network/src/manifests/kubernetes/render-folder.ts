import { renderYaml } from '../../render';
import { newManifestFile, type ManifestFile } from '../manifest-file';
import { newMetadata, type KubernetesObject, type Owner } from './kubernetes-object';

export const KUSTOMIZATION = { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization' } as const;

/** A folder of documents, each with its objects, and what makes one whole of them. */
export function renderFolder(
  folder: string,
  namespace: string,
  documents: readonly (readonly [name: string, objects: readonly KubernetesObject[]])[],
): ManifestFile[] {
  const kustomization = { ...KUSTOMIZATION, namespace, resources: documents.map(([name]) => `${name}.yaml`) };
  return [
    newManifestFile(`${folder}/kustomization.yaml`, renderYaml(kustomization)),
    ...documents.map(([name, objects]) => newManifestFile(`${folder}/${name}.yaml`, objects.map(renderYaml).join('---\n'))),
  ];
}

/** Pods that break the strictest of Kubernetes' own rules do not get in. */
export function newNamespace(owner: Owner, more: Readonly<Record<string, string>> = {}): KubernetesObject {
  const { labels } = newMetadata(owner, '');
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: owner.namespace, labels: { ...labels, ...more, 'pod-security.kubernetes.io/enforce': 'restricted' } },
  };
}
