import { renderYaml } from '../../render';
import type { Organisation, Topology } from '../../topology';
import { newManifestFile, type ManifestFile } from '../manifest-file';
import { listRendered, newWorkloads, type Images, type Site, type Workload } from '../workload';
import { CONSORTIUM_NETWORK, newService, newVolumeOwner, ownerName, renderedFolder, serviceName, volumeName } from './service';

/** A Compose project for each organisation, one that has them all on a machine, and what their containers read. */
export function renderCompose(site: Site, images: Images): ManifestFile[] {
  const { topology } = site;
  const all = { name: topology.name, include: topology.organisations.map(({ name }) => ({ path: `${name}.yaml` })) };
  return [
    newManifestFile('all.yaml', renderYaml(all)),
    ...topology.organisations.flatMap((organisation) => renderOrganisation(site, organisation, images)),
  ];
}

function renderOrganisation(site: Site, organisation: Organisation, images: Images): ManifestFile[] {
  const workloads = newWorkloads(site, organisation, images);
  const kept = workloads.filter(({ data }) => data !== undefined);
  const project = {
    name: `${site.topology.name}-${organisation.name}`,
    services: {
      [ownerName(organisation)]: newVolumeOwner(organisation, workloads, images.peer),
      ...Object.fromEntries(workloads.map((workload) => [serviceName(organisation, workload), newService(site, organisation, workload)])),
    },
    networks: newNetworks(site.topology, organisation),
    volumes: Object.fromEntries(
      kept.map((workload) => volumeName(organisation, workload)).map((name) => [name, { name: `${site.topology.name}-${name}` }]),
    ),
  };
  return [
    newManifestFile(`${organisation.name}.yaml`, renderYaml(project)),
    ...workloads.flatMap((workload) => listFiles(organisation, workload)),
  ];
}

/** The same in every project, so that projects on one machine meet on it. */
function newNetworks({ name }: Topology, organisation: Organisation): object {
  return {
    [CONSORTIUM_NETWORK]: { name: `${name}-consortium` },
    [organisation.name]: { name: `${name}-${organisation.name}` },
  };
}

function listFiles(organisation: Organisation, workload: Workload): ManifestFile[] {
  return workload.mounts.flatMap((mount) =>
    listRendered(mount).map(({ path, text }) => ({
      path: `${renderedFolder(organisation, workload, mount)}/${path}`,
      text,
      executable: mount.executable ?? false,
    })),
  );
}
