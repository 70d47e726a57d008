import { createHmac, hkdfSync, randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto';
import { promisify } from 'node:util';
import { z } from 'zod';
import { OperationsError } from '../operations-error';

/** What an archive says of itself to everybody: its first lines are text. */
export interface ArchiveFacts {
  readonly network: string;
  readonly channel: string;
  readonly organisation: string;
  readonly mspId: string;
  /** ISO 8601, UTC. */
  readonly madeAt: string;
}

/** An archive's first lines, and the key that they lead to with the right passphrase. */
export interface ArchiveHeader {
  readonly bytes: Buffer;
  readonly facts: ArchiveFacts;
  readonly payloadKey: Buffer;
}

const MAGIC = 'medaccord backup 1';
export const HEADER_AT_MOST = 4096;
const SALT_BYTES = 32;
/** 128 MB and a third of a second for each guess (OWASP Password Storage Cheat Sheet). */
const COST = { N: 2 ** 17, r: 8, p: 1 };
/** What a reader spends at most on an archive that somebody made to hurt: 1 GB. */
const DEAREST = { N: 2 ** 20, r: 8, p: 4 };

const headerSchema = z.strictObject({
  network: z.string(),
  channel: z.string(),
  organisation: z.string(),
  mspId: z.string(),
  madeAt: z.string(),
  kdf: z.strictObject({
    name: z.literal('scrypt'),
    N: z.int().min(2).max(DEAREST.N),
    r: z.int().min(1).max(DEAREST.r),
    p: z.int().min(1).max(DEAREST.p),
    salt: z.base64(),
  }),
  cipher: z.literal('aes-256-gcm, chunks of 65536'),
});

const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);

/** Begins an archive. Its key is its own: the salt is new. */
export async function newArchiveHeader(facts: ArchiveFacts, passphrase: string): Promise<ArchiveHeader> {
  const kdf = { name: 'scrypt' as const, ...COST, salt: randomBytes(SALT_BYTES).toString('base64') };
  const text = `${MAGIC}\n${JSON.stringify({ ...facts, kdf, cipher: 'aes-256-gcm, chunks of 65536' })}\n`;
  const keys = await deriveKeys(text, kdf, passphrase);
  const bytes = Buffer.from(`${text}${newMac(keys.header, text)}\n`);
  return { bytes, facts, payloadKey: keys.payload };
}

/**
 * Reads the first lines of an archive.
 * @param start the archive's first bytes, as many as it has up to `HEADER_AT_MOST`.
 * @throws OperationsError BACKUP_UNREADABLE, BACKUP_PASSPHRASE_WRONG
 */
export async function readArchiveHeader(start: Buffer, file: string, passphrase: string): Promise<ArchiveHeader> {
  const { text, mac } = splitHeader(start, file);
  const { kdf, cipher: _cipher, ...facts } = parseHeader(text, file);
  const keys = await deriveKeys(text, kdf, passphrase);
  if (!timingSafeEqual(Buffer.from(newMac(keys.header, text)), Buffer.from(mac))) {
    const hint = 'Name the passphrase file of the day it was made. If it is that one, the first lines of the archive were altered.';
    throw new OperationsError('BACKUP_PASSPHRASE_WRONG', `The passphrase does not open ${file}.`, hint);
  }
  return { bytes: Buffer.from(`${text}${mac}\n`), facts, payloadKey: keys.payload };
}

function splitHeader(start: Buffer, file: string): { text: string; mac: string } {
  const [magic, json, mac] = start.toString('latin1').split('\n', 3);
  if (magic !== MAGIC || json === undefined || mac?.length !== 44 || start[magic.length + json.length + mac.length + 2] !== 0x0a)
    throw newUnreadable(file, 'it does not begin as one');
  return { text: `${magic}\n${Buffer.from(json, 'latin1').toString('utf8')}\n`, mac };
}

function parseHeader(text: string, file: string): z.output<typeof headerSchema> {
  try {
    return headerSchema.parse(JSON.parse(text.slice(MAGIC.length)));
  } catch (error) {
    throw newUnreadable(file, 'its first lines are not understood', error);
  }
}

function newUnreadable(file: string, why: string, cause?: unknown): OperationsError {
  const hint = 'Name an archive that `backup` of this release made.';
  return new OperationsError('BACKUP_UNREADABLE', `${file} is no backup: ${why}.`, hint, cause);
}

type Kdf = z.output<typeof headerSchema>['kdf'];

/** The whole header goes into both keys: who alters a letter of it gets other keys. */
async function deriveKeys(text: string, { N, r, p, salt }: Kdf, passphrase: string): Promise<{ header: Buffer; payload: Buffer }> {
  const cost = { N, r, p, maxmem: 256 * N * r };
  const secret = await derive(passphrase.normalize('NFC'), Buffer.from(salt, 'base64'), 32, cost);
  const expand = (use: string): Buffer => Buffer.from(hkdfSync('sha256', secret, text, `medaccord/backup/${use}`, 32));
  return { header: expand('header'), payload: expand('payload') };
}

function newMac(key: Buffer, text: string): string {
  return createHmac('sha256', key).update(text).digest('base64');
}
