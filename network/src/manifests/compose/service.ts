import { isMaterial, newProbeCommand, PACKAGE_ID_VARIABLE, type Mount, type Workload, type WorkloadPort } from '../workload';
import type { Group } from './group';

/** What an operator sets, in `.env` or the environment; each has a value that holds without. */
export const COMPOSE_VARIABLES = {
  material: '${MEDACCORD_ORGANISATIONS:-./organisations}',
  user: '${MEDACCORD_UID:-1000}:${MEDACCORD_GID:-1000}',
  publish: '${MEDACCORD_PUBLISH:-127.0.0.1}',
  packageId: '${MEDACCORD_PACKAGE_ID:-}',
} as const;

/** Beside `/tmp`: what a scratch folder may hold. */
const SCRATCH = 'size=64m,mode=1777';

/** Names of the volumes of a group: in its file, and on the machine. */
export function newVolumes(group: Group, workloads: readonly Workload[]): Record<string, object> {
  return Object.fromEntries(
    listKept(workloads).map((workload) => [volumeName(group, workload), { name: `${group.project}-${volumeName(group, workload)}` }]),
  );
}

/** Containers of a group as Compose describes them, by name; first what hands new volumes over to them. */
export function newServices(group: Group, workloads: readonly Workload[], ownerImage: string): Record<string, object> {
  return {
    [ownerName(group)]: newVolumeOwner(group, workloads, ownerImage),
    ...Object.fromEntries(workloads.map((workload) => [group.nameOf(workload.node), newService(group, workload)])),
  };
}

/** One container; `volumes` beside those of the workload. */
export function newService(group: Group, workload: Workload, volumes: readonly object[] = []): object {
  const { node, image, environment, data, scratch, resources } = workload;
  const command = workload.command ?? workload.arguments;
  return {
    image,
    ...(command === undefined ? {} : { command }),
    user: COMPOSE_VARIABLES.user,
    environment: { ...environment, ...(node === 'chaincode' ? { [PACKAGE_ID_VARIABLE]: COMPOSE_VARIABLES.packageId } : {}) },
    ...newHardening(),
    init: true,
    ...(data === undefined ? {} : { depends_on: { [ownerName(group)]: { condition: 'service_completed_successfully' } } }),
    networks: group.networksOf(workload),
    ...newPorts(workload),
    volumes: [
      ...workload.mounts.flatMap((mount) => newBinds(group, workload, mount)),
      ...(data === undefined ? [] : [{ type: 'volume', source: volumeName(group, workload), target: data.folder }]),
      ...volumes,
    ],
    tmpfs: scratch.map((folder) => `${folder}:${SCRATCH}`),
    healthcheck: {
      test: ['CMD', ...newProbeCommand(workload.alive, workload)],
      interval: '10s',
      timeout: '5s',
      retries: 3,
      start_period: '30s',
    },
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

/** A new volume belongs to root: this gives those of a group to the user that its containers run as, and ends. */
function newVolumeOwner(group: Group, workloads: readonly Workload[], image: string): object {
  const kept = listKept(workloads);
  const folder = ({ node }: Workload): string => `/volumes/${node}`;
  return {
    image,
    command: ['chown', COMPOSE_VARIABLES.user, ...kept.map(folder)],
    user: '0:0',
    ...newHardening(),
    cap_add: ['CHOWN'],
    network_mode: 'none',
    volumes: kept.map((workload) => ({ type: 'volume', source: volumeName(group, workload), target: folder(workload) })),
    restart: 'no',
  };
}

function ownerName(group: Group): string {
  return group.nameOf('volumes');
}

export function volumeName(group: Group, { node }: Workload): string {
  return `${group.nameOf(node)}-data`;
}

function listKept(workloads: readonly Workload[]): Workload[] {
  return workloads.filter(({ data }) => data !== undefined);
}

function newHardening(): object {
  return { read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] };
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
function newBinds(group: Group, workload: Workload, mount: Mount): object[] {
  const rendered = mount.at === undefined ? `./${group.folderOf(workload, mount.name)}` : `../${mount.at}`;
  if (!mount.files.some(isMaterial)) return [newBind(rendered, mount.folder)];
  return mount.files.map((file) => {
    const source = isMaterial(file) ? `${COMPOSE_VARIABLES.material}/${file.file}` : `${rendered}/${file.path}`;
    return newBind(source, `${mount.folder}/${file.path}`);
  });
}

export function newBind(source: string, target: string): object {
  return { type: 'bind', source, target, read_only: true, bind: { create_host_path: false } };
}
