import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { writePublicFile } from '../files';
import { BinariesError } from './binaries-error';

/** What an archive of this name was when it was first unpacked here. */
interface DigestRecord {
  readonly sha256: string;
  readonly from: string;
  readonly at: string;
}

type DigestRecords = Readonly<Record<string, DigestRecord>>;

const SHA256 = /^(?:sha256:)?([0-9a-f]{64})$/i;

/** SHA-256 of a file, hex. */
export async function digestFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/** @throws BinariesError when the operator's digest is none */
export function parsePin(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const digest = SHA256.exec(text.trim())?.[1];
  if (digest !== undefined) return digest.toLowerCase();
  throw new BinariesError('FABRIC_ARCHIVE_REFUSED', `MEDACCORD_FABRIC_SHA256 must be 64 hexadecimal digits, but is ${text}`);
}

/** The digests of the archives that were unpacked into one cache: what a name stood for once, it must stand for ever after. */
export class ArchiveDigests {
  readonly #file: string;

  constructor(folder: string) {
    this.#file = join(folder, 'archive-digests.json');
  }

  /** @throws BinariesError when the archive is not the one that the operator pinned or, without a pin, not the one of the first time */
  assertExpected(name: string, digest: string, pin: string | undefined): void {
    if (pin !== undefined) {
      if (digest === pin) return;
      throw newMismatch(name, digest, `MEDACCORD_FABRIC_SHA256 pins ${pin}`);
    }
    const record = this.#read()[name];
    if (record === undefined || record.sha256 === digest) return;
    throw newMismatch(name, digest, `it was ${record.sha256} when it came from ${record.from} at ${record.at} (recorded in ${this.#file})`);
  }

  record(name: string, sha256: string, from: string): void {
    const records = this.#read();
    if (records[name]?.sha256 === sha256) return;
    const next: DigestRecords = { ...records, [name]: { sha256, from, at: new Date().toISOString() } };
    writePublicFile(this.#file, `${JSON.stringify(next, null, 2)}\n`);
  }

  #read(): DigestRecords {
    return existsSync(this.#file) ? (JSON.parse(readFileSync(this.#file, 'utf8')) as DigestRecords) : {};
  }
}

function newMismatch(name: string, digest: string, expected: string): BinariesError {
  return new BinariesError(
    'FABRIC_ARCHIVE_REFUSED',
    `${name} has the SHA-256 ${digest}, but ${expected}. Nothing of it was unpacked.`,
    'Compare with the digest that the release page states; pin the right one in MEDACCORD_FABRIC_SHA256.',
  );
}
