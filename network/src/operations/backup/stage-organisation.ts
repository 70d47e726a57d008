import { rmSync } from 'node:fs';
import { copyFile, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { makePrivateFolder } from '../../files';
import type { Organisation, Topology } from '../../topology';
import { OperationsError } from '../operations-error';
import { copyDatabases, copyTree, listFiles } from './copy-tree';
import { hasContent, isRebuilt, listFolders, type Part } from './parts';

/** Stops a process for as long as the work takes. */
export type WhileStopped = <T>(process: string, work: () => Promise<T>) => Promise<T>;

export interface Staged {
  /** For how long the peer did not run on account of the copy. */
  readonly stoppedMs: number;
}

const MEGABYTE = 1_000_000;
const SPARE_BYTES = 100 * MEGABYTE;

/** Where the copy of an organisation lies until it is packed. */
export function stagingFolder({ paths }: Topology, { name }: Organisation): string {
  return join(paths.run, `backup-${name}`);
}

/** In the staging folder: the organisation's own folders, as they are in its own. */
export const STAGED_ORGANISATION = 'organisation';
/** Beside them: the channel's first block. */
export const STAGED_GENESIS = 'genesis.block';

/** Where a network keeps the channel's first block. */
export function genesisFile({ paths }: Topology): string {
  return join(paths.ledger, STAGED_GENESIS);
}

/**
 * Copies what an organisation keeps into its staging folder. The peer is stopped for the last copy of its data alone: most of it was copied while it
 * ran. The gateway's store is copied in the same moment, so that both are of one time: without its peer a gateway can complete nothing.
 * @throws OperationsError BACKUP_NOTHING_THERE, BACKUP_NO_ROOM
 */
export async function stageOrganisation(topology: Topology, organisation: Organisation, whileStopped: WhileStopped): Promise<Staged> {
  const staging = stagingFolder(topology, organisation);
  const { data } = organisation.nodes.peer;
  if (!hasContent(join(data, 'ledgersData'))) {
    const hint = 'A backup is made of a peer that has joined its channel: start the network once.';
    throw new OperationsError('BACKUP_NOTHING_THERE', `The peer of ${organisation.name} has no ledger in ${data}.`, hint);
  }
  rmSync(staging, { recursive: true, force: true });
  makePrivateFolder(staging);
  await assertRoom(organisation, staging);
  await copyParts(organisation, staging, ['identities', 'authorities']);
  await copyGenesis(topology, staging);
  const target = join(staging, STAGED_ORGANISATION, listFolders('peer', organisation)[0] ?? '');
  const before = await copyTree(data, target, { leavesOut: isRebuilt, isAlive: true });
  const since = Date.now();
  await whileStopped(`peer-${organisation.name}`, async () => {
    await copyTree(data, target, { leavesOut: isRebuilt, before });
    await copyParts(organisation, staging, ['gateway']);
  });
  return { stoppedMs: Date.now() - since };
}

async function copyParts(organisation: Organisation, staging: string, parts: readonly Part[]): Promise<void> {
  for (const folder of parts.flatMap((part) => listFolders(part, organisation)))
    await copyDatabases(join(organisation.folder, folder), join(staging, STAGED_ORGANISATION, folder), isRebuilt);
}

async function copyGenesis(topology: Topology, staging: string): Promise<void> {
  if (!hasContent(topology.paths.ledger)) return;
  const [first] = (await listFiles(topology.paths.ledger, () => false, false)).filter((path) => path === STAGED_GENESIS);
  if (first !== undefined) await copyFile(genesisFile(topology), join(staging, STAGED_GENESIS));
}

/** The copy lies on the disk of the run folder until it is packed. */
async function assertRoom({ name, folder, nodes }: Organisation, staging: string): Promise<void> {
  const leavesOut = (path: string): boolean => isRebuilt(path) || path === 'orderer';
  let bytes = SPARE_BYTES;
  for (const path of await listFiles(folder, leavesOut, true))
    bytes += await stat(join(folder, path)).then(
      ({ size }) => size,
      () => 0,
    );
  const { bavail, bsize } = await statfs(staging);
  if (bavail * bsize >= bytes) return;
  const [needed, free] = [bytes, bavail * bsize].map((each) => `${String(Math.ceil(each / MEGABYTE))} MB`);
  const message = `A copy of ${name} needs ${needed} beside ${nodes.peer.data}, and ${free} are left.`;
  throw new OperationsError('BACKUP_NO_ROOM', message, 'Free some space. Nothing was stopped.');
}
