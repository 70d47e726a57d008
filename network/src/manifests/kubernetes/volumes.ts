import { isMaterial, listRendered, type Mount, type MountedFile, type Workload } from '../workload';
import { newMetadata, type KubernetesObject, type Owner } from './kubernetes-object';

/** For the owner, which is root, and for the group of the pod. */
const READABLE = 0o440;
const EXECUTABLE = 0o550;

export const DATA_VOLUME = 'data';

/** What is rendered for the mounts of a node, as the objects that hold it. */
export function newConfigMaps(owner: Owner, workload: Workload): KubernetesObject[] {
  return workload.mounts.flatMap((mount) => (listRendered(mount).length === 0 ? [] : [newConfigMap(owner, workload, mount)]));
}

export function newConfigMap(owner: Owner, workload: Workload, mount: Mount): KubernetesObject {
  const data = Object.fromEntries(listRendered(mount).map(({ path, text }) => [path, text]));
  const metadata = newMetadata(owner, configMapName(workload, mount), workload.node);
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data } as KubernetesObject;
}

/** A folder of the container out of several objects; material is referred to, for whoever applies this to have put there. */
export function newVolume(workload: Workload, mount: Mount): object {
  const objectOf = (file: MountedFile): string =>
    isMaterial(file) ? `${file.object.kind} ${file.object.name}` : `ConfigMap ${configMapName(workload, mount)}`;
  const sources = [...new Set(mount.files.map(objectOf))].map((object) => {
    const [kind = '', name = ''] = object.split(' ');
    const items = mount.files.filter((file) => objectOf(file) === object).map(newItem);
    return { [kind === 'Secret' ? 'secret' : 'configMap']: { name, items } };
  });
  return { name: mount.name, projected: { defaultMode: mount.executable === true ? EXECUTABLE : READABLE, sources } };
}

export function newScratchVolume(folder: string): object {
  return { name: scratchName(folder), emptyDir: { medium: 'Memory', sizeLimit: '64Mi' } };
}

export function newVolumeMounts({ mounts, data, scratch }: Workload): object[] {
  return [
    ...mounts.map(({ name, folder }) => ({ name, mountPath: folder, readOnly: true })),
    ...(data === undefined ? [] : [{ name: DATA_VOLUME, mountPath: data.folder }]),
    ...scratch.map((folder) => ({ name: scratchName(folder), mountPath: folder })),
  ];
}

export function newVolumeClaim({ gibibytes }: NonNullable<Workload['data']>): object {
  return { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: `${String(gibibytes)}Gi` } } };
}

function configMapName({ node }: Workload, { name }: Mount): string {
  return `${node}-${name}`;
}

function newItem(file: MountedFile): object {
  return { key: isMaterial(file) ? file.object.key : file.path, path: file.path };
}

function scratchName(folder: string): string {
  return `scratch${folder.replaceAll('/', '-')}`;
}
