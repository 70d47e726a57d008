import { isMaterial, newProbeCommand, PACKAGE_ID_VARIABLE, type Mount, type Site, type Workload, type WorkloadPort } from '../workload';
import type { Organisation } from '../../topology';

/** What an operator sets, in `.env` or the environment; each has a value that holds without. */
export const COMPOSE_VARIABLES = {
  material: '${MEDACCORD_ORGANISATIONS:-./organisations}',
  user: '${MEDACCORD_UID:-1000}:${MEDACCORD_GID:-1000}',
  publish: '${MEDACCORD_PUBLISH:-127.0.0.1}',
  packageId: '${MEDACCORD_PACKAGE_ID:-}',
} as const;

/** The network on which peers and orderers of all members meet. */
export const CONSORTIUM_NETWORK = 'consortium';

/** Beside `/tmp`: what a scratch folder may hold. */
const SCRATCH = 'size=64m,mode=1777';

export function serviceName({ name }: Organisation, { node }: Workload): string {
  return `${name}-${node}`;
}

export function volumeName(organisation: Organisation, workload: Workload): string {
  return `${serviceName(organisation, workload)}-data`;
}

/** One container of an organisation as Compose describes it. */
export function newService(site: Site, organisation: Organisation, workload: Workload): object {
  const { node, image, command, environment, data, scratch, resources } = workload;
  return {
    image,
    ...(command === undefined ? {} : { command }),
    user: COMPOSE_VARIABLES.user,
    environment: { ...environment, ...(node === 'chaincode' ? { [PACKAGE_ID_VARIABLE]: COMPOSE_VARIABLES.packageId } : {}) },
    ...newHardening(),
    init: true,
    ...(data === undefined ? {} : { depends_on: { [ownerName(organisation)]: { condition: 'service_completed_successfully' } } }),
    networks: newNetworks(site, organisation, workload),
    ...newPorts(workload),
    volumes: [
      ...workload.mounts.flatMap((mount) => newBinds(organisation, workload, mount)),
      ...(data === undefined ? [] : [{ type: 'volume', source: volumeName(organisation, workload), target: data.folder }]),
    ],
    tmpfs: scratch.map((folder) => `${folder}:${SCRATCH}`),
    healthcheck: { test: ['CMD', ...newProbeCommand(workload.alive)], interval: '10s', timeout: '5s', retries: 3, start_period: '30s' },
    restart: 'unless-stopped',
    stop_grace_period: '30s',
    deploy: {
      resources: {
        limits: { memory: `${String(resources.memoryLimitMiB)}m` },
        reservations: { cpus: String(resources.milliCpu / 1000), memory: `${String(resources.memoryMiB)}m` },
      },
    },
    logging: { driver: 'json-file', options: { 'max-size': '10m', 'max-file': '5' } },
  };
}

/** A new volume belongs to root: this gives those of an organisation to the user that its containers run as, and ends. */
export function newVolumeOwner(organisation: Organisation, workloads: readonly Workload[], image: string): object {
  const kept = workloads.filter(({ data }) => data !== undefined);
  const folder = ({ node }: Workload): string => `/volumes/${node}`;
  return {
    image,
    command: ['chown', COMPOSE_VARIABLES.user, ...kept.map(folder)],
    user: '0:0',
    ...newHardening(),
    cap_add: ['CHOWN'],
    network_mode: 'none',
    volumes: kept.map((workload) => ({ type: 'volume', source: volumeName(organisation, workload), target: folder(workload) })),
    restart: 'no',
  };
}

export function ownerName({ name }: Organisation): string {
  return `${name}-volumes`;
}

function newHardening(): object {
  return { read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] };
}

/** Peers and orderers are on the consortium's network; what serves the organisation alone is not reachable from there. */
function newNetworks(site: Site, organisation: Organisation, { node }: Workload): object {
  const own = { [organisation.name]: { aliases: [site.hostOf(organisation, node)] } };
  const consortium = { [CONSORTIUM_NETWORK]: { aliases: [site.hostOf(organisation, node)] } };
  if (node === 'orderer') return consortium;
  return node === 'peer' ? { ...consortium, ...own } : own;
}

/** The number outside is the number inside: addresses in the channel's configuration mean the same everywhere. */
function newPorts({ ports }: Workload): object {
  const published = ports.flatMap(({ port, publish }) => {
    const address = newPublishedAddress(publish);
    return address === undefined ? [] : [`${address}:${String(port)}:${String(port)}`];
  });
  return published.length === 0 ? {} : { ports: published };
}

function newPublishedAddress(publish: WorkloadPort['publish']): string | undefined {
  if (publish === 'members') return COMPOSE_VARIABLES.publish;
  return publish === 'machine' ? '127.0.0.1' : undefined;
}

/** A folder of rendered files is bound whole, material file by file; a missing one is an error, not a new folder of root's. */
function newBinds(organisation: Organisation, workload: Workload, mount: Mount): object[] {
  const bind = (source: string, target: string): object => ({
    type: 'bind',
    source,
    target,
    read_only: true,
    bind: { create_host_path: false },
  });
  const rendered = renderedFolder(organisation, workload, mount);
  if (!mount.files.some(isMaterial)) return [bind(`./${rendered}`, mount.folder)];
  return mount.files.map((file) => {
    const source = isMaterial(file) ? `${COMPOSE_VARIABLES.material}/${file.file}` : `./${rendered}/${file.path}`;
    return bind(source, `${mount.folder}/${file.path}`);
  });
}

/** Where the rendered files of a mount are, from the folder of the Compose files. */
export function renderedFolder({ name }: Organisation, { node }: Workload, mount: Mount): string {
  return `${name}/${node}/${mount.name}`;
}
