import type { Organisation } from '../../topology';
import { newCaWorkload, newOrdererWorkload, newPeerWorkload } from './fabric-workloads';
import type { Images } from './images';
import { newChaincodeWorkload, newGatewayWorkload } from './node-workloads';
import type { Site } from './site';
import type { Workload } from './workload';

export { CA_OPERATIONS_PORT } from './ca-configuration';
export { newImages, type Images } from './images';
export { PACKAGE_ID_VARIABLE } from './node-workloads';
export { newContainerMember } from './places';
export { newProbeCommand } from './probe-command';
export { countDispensable, countQuorum, type Quorum } from './quorum';
export { namespaceOf, newComposeSite, newKubernetesSite, newNativeSite, type NodeName, type Site, type WatcherName } from './site';
export {
  isMaterial,
  listMaterial,
  listRendered,
  type MaterialFile,
  type Mount,
  type MountedFile,
  type Probe,
  type Workload,
  type WorkloadPort,
} from './workload';

export {
  EXPORTER_FOLDERS,
  EXPORTER_PORT,
  GRAFANA_PORT,
  newExporterWorkload,
  newGrafanaWorkload,
  newPrometheusWorkload,
  PROMETHEUS_PORT,
  type WatcherMounts,
} from './watcher-workloads';

/** All containers of an organisation. */
export function newWorkloads(site: Site, organisation: Organisation, images: Images): Workload[] {
  const orderer = newOrdererWorkload(site, organisation, images);
  return [
    ...(orderer === undefined ? [] : [orderer]),
    newPeerWorkload(site, organisation, images),
    newChaincodeWorkload(site, organisation, images),
    newCaWorkload(site, organisation, images),
    newGatewayWorkload(site, organisation, images),
  ];
}
