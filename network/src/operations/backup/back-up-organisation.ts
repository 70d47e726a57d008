import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { askNetwork, readLiveNetwork } from '../../deployment';
import { writePrivateFile } from '../../files';
import { tryLock } from '../../process';
import type { Organisation, Topology } from '../../topology';
import { readNodes } from '../nodes/node-facts';
import { untilBack } from '../nodes/restart-in-turn';
import { OperationsError } from '../operations-error';
import { assertNothingElsewhere, listElsewhere } from './elsewhere';
import { listDigests, MANIFEST, type Manifest } from './manifest';
import { STAGED_GENESIS, STAGED_ORGANISATION, stageOrganisation, stagingFolder, type Staged } from './stage-organisation';
import { withStoppedNetwork } from './stopped-network';
import { assertAbsent, writeArchive } from './write-archive';

export interface BackupFacts {
  readonly file: string;
  readonly bytes: number;
  readonly files: number;
  /** Of the files together. */
  readonly contentBytes: number;
  readonly height: number | undefined;
  /** For how long the peer did not run; undefined: the network did not run. */
  readonly stoppedMs: number | undefined;
  /** What the organisation's gateways keep outside of its folder, in words: it is not in the archive. */
  readonly elsewhere: readonly string[];
}

export interface BackupOptions {
  /** Leaves out what the gateways keep outside of the organisation's folder instead of refusing. */
  readonly withoutElsewhere: boolean;
}

/** What the running network does of a backup, asked at its door: the copy that needs the peer stopped. */
export const STAGE_VERB = 'stage';

/**
 * Writes all that an organisation keeps into one sealed file: the peer's ledger with its private data, keys and certificates, certificate authorities,
 * the gateway's keys and store. Of a running network the one peer is stopped for a moment; all others go on.
 * @throws OperationsError BACKUP_NEEDS_FABRIC, BACKUP_RUNNING, BACKUP_EXISTS, BACKUP_INCOMPLETE, BACKUP_NOTHING_THERE, BACKUP_NO_ROOM, NODE_NOT_BACK; ProcessError, AnsweredError.
 */
export async function backUpOrganisation(
  topology: Topology,
  organisation: Organisation,
  { file, passphrase }: { readonly file: string; readonly passphrase: string },
  { withoutElsewhere }: BackupOptions,
): Promise<BackupFacts> {
  assertFabric(topology);
  assertAbsent(file);
  const elsewhere = listElsewhere(organisation);
  if (!withoutElsewhere) assertNothingElsewhere(organisation, elsewhere);
  const release = lockStaging(topology, organisation);
  try {
    const { stoppedMs, height } = await stage(topology, organisation);
    const manifest = await writeManifest(topology, organisation, { height, elsewhere });
    const staging = stagingFolder(topology, organisation);
    const entries = [STAGED_ORGANISATION, STAGED_GENESIS].filter((name) => manifest.files.some(({ path }) => path.split('/')[0] === name));
    const { version: _version, fabric: _fabric, height: _height, elsewhere: _elsewhere, files, ...facts } = manifest;
    await writeArchive(staging, entries, file, { facts, passphrase });
    const contentBytes = files.reduce((total, { bytes }) => total + bytes, 0);
    return { file, bytes: statSync(file).size, files: files.length, contentBytes, height, stoppedMs, elsewhere };
  } finally {
    rmSync(stagingFolder(topology, organisation), { recursive: true, force: true });
    release();
  }
}

/** @throws OperationsError BACKUP_NEEDS_FABRIC */
export function assertFabric({ ledger, paths }: Topology): void {
  if (ledger === 'fabric') return;
  const message = `The ledger of this network is the ${ledger}, which keeps all organisations in one database.`;
  const hint = `Stop it with \`down\` and keep a copy of ${paths.run}; or name the ledger with --ledger fabric.`;
  throw new OperationsError('BACKUP_NEEDS_FABRIC', message, hint);
}

function lockStaging(topology: Topology, organisation: Organisation): () => void {
  statRun(topology);
  const release = tryLock(`${stagingFolder(topology, organisation)}.lock`);
  if (release !== undefined) return release;
  const message = `${organisation.name} is being backed up already.`;
  throw new OperationsError('BACKUP_RUNNING', message, 'Wait until that ends.');
}

function statRun({ paths, name }: Topology): void {
  if (statSync(paths.run, { throwIfNoEntry: false })?.isDirectory() === true) return;
  const hint = 'Name the network with --topology and --run-folder.';
  throw new OperationsError('BACKUP_NOTHING_THERE', `There is no network ${name} in ${paths.run}.`, hint);
}

async function stage(
  topology: Topology,
  organisation: Organisation,
): Promise<{ stoppedMs: number | undefined; height: number | undefined }> {
  if (readLiveNetwork(topology) === undefined) {
    await withStoppedNetwork(topology, () => stageOrganisation(topology, organisation, (_name, work) => work()));
    return { stoppedMs: undefined, height: undefined };
  }
  const before = await readNodes(topology);
  const peer = `peer-${organisation.name}`;
  const { stoppedMs } = (await askNetwork(topology, STAGE_VERB, organisation.name)) as Staged;
  await untilBack(topology, peer, before);
  const own = before.find(({ name }) => name === peer);
  return { stoppedMs, height: own?.kind === 'peer' ? own.height : undefined };
}

async function writeManifest(
  topology: Topology,
  organisation: Organisation,
  { height, elsewhere }: Pick<BackupFacts, 'height' | 'elsewhere'>,
): Promise<Manifest> {
  const { name, mspId } = organisation;
  const folder = stagingFolder(topology, organisation);
  const manifest: Manifest = {
    version: 1,
    network: topology.name,
    channel: topology.channel,
    organisation: name,
    mspId,
    madeAt: new Date().toISOString(),
    fabric: topology.fabric.version,
    ...(height === undefined ? {} : { height }),
    elsewhere: [...elsewhere],
    files: await listDigests(folder),
  };
  writePrivateFile(join(folder, MANIFEST), `${JSON.stringify(manifest)}\n`);
  return manifest;
}
