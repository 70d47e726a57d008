import { renderConfigtx } from '../render';
import type { Topology } from '../topology';
import { renderCompose } from './compose/render-compose';
import { renderKubernetes } from './kubernetes/render-kubernetes';
import { renderFirstTransactions } from './first-transactions';
import { newManifestFile, type ManifestFile } from './manifest-file';
import { assertNamesFree } from './manifests-error';
import { renderMonitoring } from './monitoring';
import { newComposeSite, newContainerMember, newImages, newKubernetesSite, type Site } from './workload';

/**
 * Everything that operators need to run the topology's network in containers and to watch it, there or without, out of the topology alone. Pure: the same topology and version of
 * the project are the same bytes on every machine.
 *
 * @param projectVersion tag of the project's own image
 * @throws ManifestsError ORGANISATION_NAME_TAKEN
 */
export function renderManifests(topology: Topology, projectVersion: string): ManifestFile[] {
  assertNamesFree(topology);
  const images = newImages(topology, projectVersion);
  const compose = newComposeSite(topology);
  const kubernetes = newKubernetesSite(topology);
  return [
    ...inFolder('compose', [renderChannel(compose), ...renderCompose(compose, images)]),
    ...inFolder('kubernetes', [renderChannel(kubernetes), ...renderKubernetes(kubernetes, images)]),
    ...inFolder('monitoring', renderMonitoring(topology)),
    ...inFolder('transactions', renderFirstTransactions(topology)),
  ];
}

function renderChannel(site: Site): ManifestFile {
  return newManifestFile(
    'configtx.yaml',
    renderConfigtx(site.topology, (organisation) => newContainerMember(site, organisation)),
  );
}

function inFolder(folder: string, files: readonly ManifestFile[]): ManifestFile[] {
  return files.map((file) => ({ ...file, path: `${folder}/${file.path}` }));
}
