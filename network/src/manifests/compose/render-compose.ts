import { renderYaml } from '../../render';
import type { Organisation, Topology } from '../../topology';
import { newManifestFile, type ManifestFile } from '../manifest-file';
import { listScopes, newWatcherMounts, type Scope } from '../monitoring';
import { listRendered, newWorkloads, type Images, type Site, type Workload } from '../workload';
import { CONSORTIUM_NETWORK, newMemberGroup, type Group } from './group';
import { newServices, newVolumes } from './service';
import { newWatchers } from './watchers';

/** A Compose project for each organisation, one that has them all on a machine, what watches each of these, and what their containers read. */
export function renderCompose(site: Site, images: Images): ManifestFile[] {
  const { topology } = site;
  const all = { name: topology.name, include: topology.organisations.map(({ name }) => ({ path: `${name}.yaml` })) };
  return [
    newManifestFile('all.yaml', renderYaml(all)),
    ...topology.organisations.flatMap((organisation) => renderOrganisation(site, organisation, images)),
    ...listScopes(topology).map((scope) => renderWatchers(site, scope, images)),
  ];
}

function renderOrganisation(site: Site, organisation: Organisation, images: Images): ManifestFile[] {
  const group = newMemberGroup(site, organisation);
  const workloads = newWorkloads(site, organisation, images);
  const project = {
    name: `${site.topology.name}-${organisation.name}`,
    services: newServices(group, workloads, images.peer),
    networks: newNetworks(site.topology, [organisation]),
    volumes: newVolumes(group, workloads),
  };
  return [
    newManifestFile(`${organisation.name}.yaml`, renderYaml(project)),
    ...workloads.flatMap((workload) => listFiles(group, workload)),
  ];
}

/** Goes with the project of the scope: `docker compose -f NAME.yaml -f NAME.monitoring.yaml`. No organisation's name has a dot. */
function renderWatchers(site: Site, scope: Scope, images: Images): ManifestFile {
  const { topology } = site;
  const project = scope.project === undefined ? topology.name : `${topology.name}-${scope.project}`;
  const mounts = newWatcherMounts(site, scope);
  const { services, volumes } = newWatchers({ site, scope, images, mounts, project });
  const networks = newNetworks(topology, scope.organisations);
  return newManifestFile(`${scope.name}.monitoring.yaml`, renderYaml({ name: project, services, networks, volumes }));
}

/** The same in every project, so that projects on one machine meet on it. */
function newNetworks({ name }: Topology, organisations: readonly Organisation[]): object {
  const own = organisations.map((organisation) => [organisation.name, { name: `${name}-${organisation.name}` }]);
  return { [CONSORTIUM_NETWORK]: { name: `${name}-consortium` }, ...Object.fromEntries(own) } as object;
}

function listFiles(group: Group, workload: Workload): ManifestFile[] {
  return workload.mounts.flatMap((mount) =>
    listRendered(mount).map(({ path, text }) => ({
      path: `${group.folderOf(workload, mount.name)}/${path}`,
      text,
      executable: mount.executable ?? false,
    })),
  );
}
