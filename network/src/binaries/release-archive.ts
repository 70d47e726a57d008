import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BinariesError } from './binaries-error';

/** The archive to unpack: something to download or a file on this machine. */
export type Archive = { readonly name: string } & ({ readonly url: URL } | { readonly file: string });

const RELEASES = 'https://github.com/hyperledger/fabric/releases/download';
const SYSTEMS: Readonly<Record<string, string>> = { linux: 'linux', darwin: 'darwin' };
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

/** What the archive can be named after: the machine that it is for. */
export interface Machine {
  /** As `process.platform` says it. */
  readonly platform: string;
  /** As `process.arch` says it. */
  readonly arch: string;
}

/**
 * The archive that the operator named, else the one that Fabric's project releases for this machine. Undefined: none is released for it.
 * @param named a URL or a file
 */
export function chooseArchive(version: string, named: string | undefined, { platform, arch }: Machine): Archive | undefined {
  if (named !== undefined) return readNamed(named);
  const [system, architecture] = [SYSTEMS[platform], ARCHITECTURES[arch]];
  if (system === undefined || architecture === undefined) return undefined;
  const name = `hyperledger-fabric-${system}-${architecture}-${version}.tar.gz`;
  return { name, url: new URL(`${RELEASES}/v${version}/${name}`) };
}

/** As a person is told of it; the credentials that a mirror's address may carry stay out. */
export function formatArchive(archive: Archive): string {
  if ('file' in archive) return archive.file;
  return `${archive.url.origin}${archive.url.pathname}`;
}

function readNamed(named: string): Archive {
  // A file of that name wins, so that no path is ever taken for an address.
  if (!existsSync(named) && /^(https?|file):\/\//i.test(named)) {
    if (!URL.canParse(named)) throw new BinariesError('FABRIC_ARCHIVE_REFUSED', `MEDACCORD_FABRIC_ARCHIVE ${named}: is no address`);
    const url = new URL(named);
    if (url.protocol !== 'file:') return { name: basename(url.pathname) || 'archive', url };
    const file = fileURLToPath(url);
    return { name: basename(file), file };
  }
  return { name: basename(named), file: resolve(named) };
}
