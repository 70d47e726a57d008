import { createDecipheriv } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { open, type SealingContext, type SealingKey } from '../../../src/crypto';

const SEALED = /\{"ciphertext":"[\w-]+","enc":"[\w-]+","suite":"[\w-]+","v":1\}/g;
const DATA = /\{"alg":"A256GCM","ciphertext":"([\w-]+)","nonce":"([\w-]+)","v":1\}/g;
/** What 32 bytes in base64url look like: a data key would. */
const KEY = /(?<![\w-])[\w-]{43}(?![\w-])/g;

/** Every value in every table of a database, as text; bytes as Latin-1. */
export function readDatabase(file: string): string[] {
  const database = new DatabaseSync(file, { readOnly: true });
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all() as { name: string }[];
  const values = tables.flatMap(({ name }) => database.prepare(`SELECT * FROM "${name}"`).all().flatMap(Object.values)) as unknown[];
  database.close();
  return values.map((value) => (value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : String(value)));
}

/** Data envelopes in what somebody holds. */
export function findDataEnvelopes(holdings: readonly string[]): { ciphertext: Buffer; nonce: Buffer }[] {
  const found = holdings.flatMap((text) => [...unescape(text).matchAll(DATA)]);
  return found.map(([, ciphertext = '', nonce = '']) => ({
    ciphertext: Buffer.from(ciphertext, 'base64url'),
    nonce: Buffer.from(nonce, 'base64url'),
  }));
}

/** Everything that a key opens among the sealed envelopes in what somebody holds, whatever they were sealed for. */
export async function openAll(holdings: readonly string[], key: SealingKey, contexts: readonly SealingContext[]): Promise<Buffer[]> {
  const envelopes = new Set(holdings.flatMap((text) => [...unescape(text).matchAll(SEALED)].map(([envelope]) => envelope)));
  const opened: Buffer[] = [];
  for (const envelope of envelopes) {
    for (const context of contexts) {
      const plaintext = await open(key, context, envelope).catch(() => undefined);
      if (plaintext !== undefined) opened.push(Buffer.from(plaintext));
    }
  }
  return opened;
}

/** All that could be a data key: 32 bytes, or what reads as 32 bytes in base64url. */
export function findKeys(texts: readonly string[], opened: readonly Buffer[]): Buffer[] {
  const written = [...texts, ...opened.map((bytes) => bytes.toString('latin1'))].flatMap((text) => text.match(KEY) ?? []);
  const keys = [...opened, ...[...new Set(written)].map((text) => Buffer.from(text, 'base64url'))];
  return keys.filter(({ length }) => length === 32);
}

/** Plaintexts of data envelopes under any of the keys. GCM's tag and associated data are left aside: beneath is AES in counter mode from 2 on. */
export function* decryptAll(envelopes: readonly { ciphertext: Buffer; nonce: Buffer }[], keys: readonly Buffer[]): Iterable<string> {
  for (const { ciphertext, nonce } of envelopes) {
    for (const key of keys) {
      const decipher = createDecipheriv('aes-256-ctr', key, Buffer.concat([nonce, Buffer.from([0, 0, 0, 2])]));
      yield decipher.update(ciphertext).toString('latin1');
    }
  }
}

/** A JSON in a JSON has its quotes escaped. */
function unescape(text: string): string {
  return text.replaceAll(/\\+"/g, '"');
}
