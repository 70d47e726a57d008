import type { NodeName, WatcherName } from './site';

/** A file of an organisation's material: where it is in the folder of all organisations, and which object of a cluster holds it. */
export interface MaterialFile {
  readonly file: string;
  readonly object: { readonly kind: 'Secret' | 'ConfigMap'; readonly name: string; readonly key: string };
}

/** A file as the container sees it, its path relative to the mount's folder: rendered text, or material that exists only where the node runs. */
export type MountedFile = { readonly path: string; readonly text: string } | ({ readonly path: string } & MaterialFile);

/** A folder of the container that it can only read. */
export interface Mount {
  readonly name: string;
  readonly folder: string;
  readonly files: readonly MountedFile[];
  readonly executable?: boolean;
  /** The folder of the whole output in which the files are rendered anyway, for another reader. */
  readonly at?: string;
}

export interface WorkloadPort {
  readonly name: string;
  readonly port: number;
  /** Who reaches it from outside the machine's containers: other members' machines, this machine alone, or nobody. */
  readonly publish: 'members' | 'machine' | 'nobody';
}

/** How it is seen that a container works: by an answer over HTTP, by a connection, or by a line of its metrics. */
export type Probe =
  | { readonly kind: 'http'; readonly port: number; readonly path: string }
  | { readonly kind: 'tcp'; readonly port: number }
  | { readonly kind: 'metric'; readonly port: number; readonly line: string };

export interface Resources {
  /** Processors that it is certain of, in thousandths; more are used where they are idle. */
  readonly milliCpu: number;
  readonly memoryMiB: number;
  readonly memoryLimitMiB: number;
}

/** One container, before anybody says whether Docker or Kubernetes runs it. */
export interface Workload {
  readonly node: NodeName | WatcherName;
  readonly image: string;
  /** In the place of what the image would run. */
  readonly command?: readonly string[];
  /** Given to what the image runs. */
  readonly arguments?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** The first is the one it exists for. */
  readonly ports: readonly WorkloadPort[];
  readonly mounts: readonly Mount[];
  /** What it must never lose: a folder, and the gibibytes asked for it. */
  readonly data?: { readonly folder: string; readonly gibibytes: number };
  /** Folders in memory that it may write. */
  readonly scratch: readonly string[];
  readonly alive: Probe;
  readonly ready: Probe;
  /** What the image has to ask with: `bash` unless it is said. */
  readonly client?: 'bash' | 'wget';
  readonly resources: Resources;
}

export function isMaterial(file: MountedFile): file is { readonly path: string } & MaterialFile {
  return 'object' in file;
}

/** The files of a mount that are rendered, with their text. */
export function listRendered({ files }: Mount): { readonly path: string; readonly text: string }[] {
  return files.flatMap((file) => (isMaterial(file) ? [] : [file]));
}

/** Every file of an organisation's material that its containers read, once. */
export function listMaterial(workloads: readonly Workload[]): MaterialFile[] {
  const files = workloads.flatMap(({ mounts }) => mounts.flatMap((mount) => mount.files.filter(isMaterial)));
  return [...new Map(files.map((file) => [`${file.object.name}/${file.object.key}`, file])).values()];
}
