import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DiskFacts } from '../checks/disk';
import type { Scene } from '../scene';

/** Each disk once, by the first folder of the network that lies on it. */
export function lookAtDisks({ topology }: Scene): DiskFacts[] {
  const { run, ledger, logs, organisations } = topology.paths;
  const data = topology.organisations.flatMap(({ nodes, gatewayData }) => [nodes.peer.data, nodes.orderer?.data ?? run, gatewayData]);
  const byDisk = new Map<number, string>();
  for (const folder of [nearest(run), ledger, logs, organisations, ...data].filter((each) => existsSync(each))) {
    const { dev } = statSync(folder);
    if (!byDisk.has(dev)) byDisk.set(dev, folder);
  }
  return [...byDisk.values()].map(readDisk);
}

/** Before the first start: where the run folder will be. */
function nearest(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : nearest(dirname(folder));
}

function readDisk(folder: string): DiskFacts {
  const { bavail, blocks, bsize, files, ffree } = statfsSync(folder);
  return {
    folder,
    freeBytes: bavail * bsize,
    totalBytes: blocks * bsize,
    // Some file systems make their tables as they go, and count none.
    freeFiles: files === 0 ? undefined : ffree,
    isWritable: isWritable(folder),
  };
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
