import { GRAFANA_VARIABLES, type Scope } from '../monitoring';
import {
  EXPORTER_FOLDERS,
  newExporterWorkload,
  newGrafanaWorkload,
  newPrometheusWorkload,
  newWorkloads,
  PROMETHEUS_PORT,
  type Images,
  type Site,
  type WatcherMounts,
} from '../workload';
import { CONSORTIUM_NETWORK, newMemberGroup, type Group } from './group';
import { COMPOSE_VARIABLES, newBind, newService, newServices, newVolumes, volumeName } from './service';

interface Watched {
  readonly site: Site;
  readonly scope: Scope;
  readonly images: Images;
  readonly mounts: WatcherMounts;
  readonly project: string;
}

/** Prometheus, Grafana and node_exporter beside the nodes of a scope, on the networks of these. */
export function newWatchers(watched: Watched): { services: Record<string, object>; volumes: Record<string, object> } {
  const { scope, images, mounts, project } = watched;
  const networks = [CONSORTIUM_NETWORK, ...scope.organisations.map(({ name }) => name)];
  const group: Group = {
    project,
    nameOf: (part) => part,
    networksOf: () => Object.fromEntries(networks.map((network) => [network, {}])),
    folderOf: ({ node }, mount) => `${node}/${mount}`,
  };
  const grafana = newGrafanaWorkload(images, mounts, {
    [GRAFANA_VARIABLES.prometheus]: `http://prometheus:${String(PROMETHEUS_PORT)}`,
    [GRAFANA_VARIABLES.dashboards]: mounts.dashboards.folder,
  });
  const kept = [newPrometheusWorkload(images, mounts), grafana];
  const seen = listSeenVolumes(watched);
  const exporter = newService(group, newExporterWorkload(images), [
    newBind(`${COMPOSE_VARIABLES.material}/monitoring/metrics`, EXPORTER_FOLDERS.metrics),
    ...Object.keys(seen).map((source) => ({ type: 'volume', source, target: `${EXPORTER_FOLDERS.volumes}/${source}`, read_only: true })),
  ]);
  return {
    services: { ...newServices(group, kept, images.peer), [group.nameOf('exporter')]: exporter },
    volumes: { ...seen, ...newVolumes(group, kept) },
  };
}

/** Volumes of the nodes of a scope: how full they are is what node_exporter tells. */
function listSeenVolumes({ site, scope, images }: Watched): Record<string, object> {
  const volumes = scope.organisations.map((organisation) => {
    const group = newMemberGroup(site, organisation);
    const kept = newWorkloads(site, organisation, images).filter(({ data }) => data !== undefined);
    return Object.fromEntries(
      kept.map((workload) => [volumeName(group, workload), newVolumes(group, [workload])[volumeName(group, workload)]]),
    );
  });
  return Object.assign({}, ...volumes) as Record<string, object>;
}
