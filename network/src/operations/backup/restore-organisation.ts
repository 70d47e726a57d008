import { X509Certificate } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { makePrivateFolder } from '../../files';
import type { Organisation, Topology } from '../../topology';
import { OperationsError } from '../operations-error';
import { assertFabric } from './back-up-organisation';
import type { ArchiveFacts } from './archive-header';
import { type Manifest } from './manifest';
import { hasContent, listFolders, partOf, PARTS, PART_TITLES, type Part } from './parts';
import { openArchive, unpackArchive } from './read-archive';
import { genesisFile, STAGED_GENESIS, STAGED_ORGANISATION } from './stage-organisation';
import { withStoppedNetwork } from './stopped-network';

export interface RestoreOptions {
  /** All that the archive has, unless given. */
  readonly parts?: readonly Part[] | undefined;
  /** Puts what is there aside instead of refusing. */
  readonly force: boolean;
  /** Proves the archive and says what would be done. */
  readonly dryRun: boolean;
}

export interface RestoreFacts {
  readonly manifest: Manifest;
  readonly restored: readonly Part[];
  /** Folder with what was there before; undefined: nothing was. */
  readonly aside: string | undefined;
  /** What becomes of the organisation's orderer. */
  readonly orderer: 'none' | 'keeps its chain' | 'joins again';
}

/**
 * Puts an organisation back from an archive into the run folder of a network that does not run. The archive is proved whole before anything is
 * touched; folders are written beside and renamed. The orderer's chain is never put back: it stays as it is, or is fetched from the others.
 * @throws OperationsError BACKUP_UNREADABLE, BACKUP_PASSPHRASE_WRONG, BACKUP_DAMAGED, BACKUP_OF_ANOTHER, BACKUP_WOULD_OVERWRITE; DeploymentError NETWORK_RUNNING.
 */
export async function restoreOrganisation(
  topology: Topology,
  organisation: Organisation,
  archive: { readonly file: string; readonly passphrase: string },
  options: RestoreOptions,
): Promise<RestoreFacts> {
  assertFabric(topology);
  const header = await openArchive(archive.file, archive.passphrase);
  assertOwn(header.facts, topology, organisation);
  return withStoppedNetwork(topology, async () => {
    const staging = mkdtempSync(join(topology.paths.run, `restore-${organisation.name}-`));
    try {
      const manifest = await unpackArchive(archive.file, header, staging);
      assertSameChannel(topology, organisation, staging);
      const restored = chooseParts(organisation, manifest, options.parts);
      const occupied = listOccupied(organisation, restored);
      if (occupied.length > 0 && !options.force) throw newWouldOverwrite(organisation, restored, occupied);
      const aside = options.dryRun ? undefined : putInPlace(topology, organisation, { staging, restored, occupied });
      return { manifest, restored, aside, orderer: findOrderer(topology, organisation) };
    } finally {
      rmSync(staging, { recursive: true, force: true });
    }
  });
}

function assertOwn(facts: ArchiveFacts, topology: Topology, organisation: Organisation): void {
  const is = (name: string, mspId: string, of: { network: string; channel: string }): string =>
    `${name} (${mspId}) in the channel ${of.channel} of ${of.network}`;
  const archived = is(facts.organisation, facts.mspId, facts);
  const wanted = is(organisation.name, organisation.mspId, { network: topology.name, channel: topology.channel });
  if (archived !== wanted) throw newOther(`The archive is of ${archived}, but this is ${wanted}.`);
}

/** A network of the same name that was founded anew has other roots and another first block. */
function assertSameChannel(topology: Topology, organisation: Organisation, staging: string): void {
  const [ownGenesis, itsGenesis] = [genesisFile(topology), join(staging, STAGED_GENESIS)];
  const [ownRoot, itsRoot] = [
    organisation.msp.caCertificate,
    join(staging, STAGED_ORGANISATION, relative(organisation.folder, organisation.msp.caCertificate)),
  ];
  if (existsSync(ownGenesis) && existsSync(itsGenesis) && !readFileSync(ownGenesis).equals(readFileSync(itsGenesis)))
    throw newOther(`The archive is of another channel of the name ${topology.channel}: its first block is not ${ownGenesis}.`);
  if (existsSync(ownRoot) && existsSync(itsRoot) && fingerprint(ownRoot) !== fingerprint(itsRoot))
    throw newOther(`The archive is of another ${organisation.name}: its certificate authority is not that of ${ownRoot}.`);
}

function fingerprint(file: string): string {
  return new X509Certificate(readFileSync(file)).fingerprint256;
}

function newOther(message: string): OperationsError {
  const hint = 'Name the organisation, the topology and the run folder that the archive was made of (its second line tells them).';
  return new OperationsError('BACKUP_OF_ANOTHER', message, hint);
}

function chooseParts(organisation: Organisation, { files }: Manifest, wanted: readonly Part[] | undefined): Part[] {
  const prefix = `${STAGED_ORGANISATION}/`;
  const held = new Set(files.map(({ path }) => (path.startsWith(prefix) ? partOf(path.slice(prefix.length), organisation) : undefined)));
  const missing = wanted?.find((part) => !held.has(part));
  if (missing !== undefined) {
    const hint = `It has: ${PARTS.filter((part) => held.has(part)).join(', ')}.`;
    throw new OperationsError('BACKUP_NOTHING_THERE', `The archive has nothing of ${PART_TITLES[missing]} (${missing}).`, hint);
  }
  return PARTS.filter((part) => held.has(part) && (wanted?.includes(part) ?? true));
}

function listOccupied(organisation: Organisation, parts: readonly Part[]): Part[] {
  return parts.filter((part) => listFolders(part, organisation).some((folder) => hasContent(join(organisation.folder, folder))));
}

function newWouldOverwrite({ name, folder }: Organisation, wanted: readonly Part[], occupied: readonly Part[]): OperationsError {
  const missing = wanted.filter((part) => !occupied.includes(part));
  const some = missing.length === 0 ? '' : `Restore what is missing with --only ${missing.join(',')}, or `;
  const all = `${some === '' ? 'Put' : 'put'} what is there aside with --force: keys, certificates and stores become those of the archive.`;
  const titles = occupied.map((part) => `${PART_TITLES[part]} (${part})`).join(', ');
  return new OperationsError('BACKUP_WOULD_OVERWRITE', `${name} has already, in ${folder}: ${titles}.`, `${some}${all}`);
}

interface Placing {
  readonly staging: string;
  readonly restored: readonly Part[];
  readonly occupied: readonly Part[];
}

/** Each folder goes aside whole and comes in whole; the peer's data last, so that an interrupted restore is begun again. */
function putInPlace(topology: Topology, organisation: Organisation, { staging, restored, occupied }: Placing): string | undefined {
  const aside = join(topology.paths.run, 'replaced', `${organisation.name}-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`);
  for (const folder of restored.toReversed().flatMap((part) => listFolders(part, organisation))) {
    const [target, source] = [join(organisation.folder, folder), join(staging, STAGED_ORGANISATION, folder)];
    makePrivateFolder(dirname(target));
    if (hasContent(target)) {
      makePrivateFolder(dirname(join(aside, folder)));
      renameSync(target, join(aside, folder));
    } else rmSync(target, { recursive: true, force: true });
    if (existsSync(source)) renameSync(source, target);
  }
  placeGenesis(topology, staging);
  return occupied.length === 0 ? undefined : aside;
}

function placeGenesis(topology: Topology, staging: string): void {
  const source = join(staging, STAGED_GENESIS);
  if (existsSync(genesisFile(topology)) || !existsSync(source)) return;
  mkdirSync(topology.paths.ledger, { recursive: true, mode: 0o700 });
  cpSync(source, genesisFile(topology));
}

function findOrderer({ channel }: Topology, { nodes }: Organisation): RestoreFacts['orderer'] {
  if (nodes.orderer === undefined) return 'none';
  return existsSync(join(nodes.orderer.data, 'chains/chains', channel)) ? 'keeps its chain' : 'joins again';
}
