import { renderYaml } from '../../render';
import type { Organisation } from '../../topology';
import { newManifestFile, type ManifestFile } from '../manifest-file';
import { newWorkloads, type Images, type Site } from '../workload';
import { newNodeObjects } from './controllers';
import { newMember, type KubernetesObject } from './kubernetes-object';
import { renderMaterialScript } from './material-script';
import { newNetworkPolicies } from './network-policies';
import { KUSTOMIZATION, newNamespace, renderFolder } from './render-folder';
import { renderWatchers } from './watchers';

/** A folder for each organisation, to be applied whole (`kubectl apply -k`), one that has them all in one cluster, and what watches each of these. */
export function renderKubernetes(site: Site, images: Images): ManifestFile[] {
  const { organisations } = site.topology;
  return [
    newManifestFile('kustomization.yaml', renderYaml({ ...KUSTOMIZATION, resources: organisations.map(({ name }) => name) })),
    ...organisations.flatMap((organisation) => renderOrganisation(site, organisation, images)),
    ...renderWatchers(site, images),
  ];
}

function renderOrganisation(site: Site, organisation: Organisation, images: Images): ManifestFile[] {
  const member = newMember(site, organisation);
  const workloads = newWorkloads(site, organisation, images);
  const folder = renderFolder(organisation.name, member.namespace, [
    ['namespace', [newNamespace(member)]],
    ['network-policies', newNetworkPolicies(member, workloads)],
    ...workloads.map((workload): [string, KubernetesObject[]] => [workload.node, newNodeObjects(member, workload)]),
  ]);
  return [...folder, renderMaterialScript(organisation.name, member, workloads)];
}
