import { dataKeyPreimage, formatCanonical, type Commitment, type Salt } from '@medaccord/chaincode/model';
import { formatBase64url, parseBase64url } from './base64url';
import { commit } from './commitment';
import { DecryptFailed } from './crypto-errors';
import { newRandomBytes } from './random';
import type { WebKey } from './signing-key';

/** Where a part belongs, bound to it as associated data: the record version, its custodian and the salt (base64url) of the part's commitment. */
export type DataContext = {
  readonly recordId: string;
  readonly version: number;
  readonly custodian: string;
  readonly salt: string;
  readonly part: 'payload' | 'details';
};

type DataEnvelope = { readonly v: number; readonly alg: string; readonly nonce: string; readonly ciphertext: string };

type GcmParameters = { name: 'AES-GCM'; iv: Uint8Array<ArrayBuffer>; additionalData: Uint8Array<ArrayBuffer> };

const encoder = new TextEncoder();

/** A fresh key for one record version; it encrypts that version's payload and details and nothing else. */
export function newDataKey(): Uint8Array<ArrayBuffer> {
  return newRandomBytes(32);
}

/** Encrypts one part under a data key with a fresh nonce. @returns the envelope as canonical JSON {v: 1, alg, nonce, ciphertext} */
export async function encryptPart(dataKey: Uint8Array, context: DataContext, plaintext: Uint8Array): Promise<string> {
  const nonce = newRandomBytes(12);
  const key = await importDataKey(dataKey, 'encrypt');
  const ciphertext = await crypto.subtle.encrypt(parametersOf(nonce, context), key, plaintext);
  const envelope: DataEnvelope = {
    v: 1,
    alg: 'A256GCM',
    nonce: formatBase64url(nonce),
    ciphertext: formatBase64url(new Uint8Array(ciphertext)),
  };
  return formatCanonical(envelope);
}

/** Decrypts one part. @throws {DecryptFailed} whatever is wrong with envelope, key or context. */
export async function decryptPart(dataKey: Uint8Array, context: DataContext, envelope: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const { nonce, ciphertext } = parseDataEnvelope(envelope);
    const key = await importDataKey(dataKey, 'decrypt');
    return new Uint8Array(await crypto.subtle.decrypt(parametersOf(parseBase64url(nonce), context), key, parseBase64url(ciphertext)));
  } catch {
    throw new DecryptFailed();
  }
}

/** The commitment to a data key that the record's anchor carries. */
export function commitDataKey(dataKey: Uint8Array, salt: Salt): Promise<Commitment> {
  return commit(dataKeyPreimage(dataKey, salt));
}

/**
 * GCM alone lets one ciphertext open under two keys, so a custodian could show different people different records; the anchor's
 * commitment leaves one key.
 * @throws {DecryptFailed} when it is not the key committed to
 */
export async function assertDataKey(commitment: string, dataKey: Uint8Array, salt: Salt): Promise<void> {
  if ((await commitDataKey(dataKey, salt)) !== commitment) throw new DecryptFailed();
}

function parametersOf(nonce: Uint8Array<ArrayBuffer>, context: DataContext): GcmParameters {
  const { recordId, version, custodian, salt, part } = context;
  return { name: 'AES-GCM', iv: nonce, additionalData: encoder.encode(formatCanonical({ recordId, version, custodian, salt, part })) };
}

function importDataKey(dataKey: Uint8Array, usage: 'encrypt' | 'decrypt'): Promise<WebKey> {
  if (dataKey.length !== 32) throw new RangeError('a data key has 32 bytes');
  return crypto.subtle.importKey('raw', dataKey as Uint8Array<ArrayBuffer>, 'AES-GCM', false, [usage]);
}

function parseDataEnvelope(text: string): DataEnvelope {
  const envelope = JSON.parse(text) as DataEnvelope;
  const isWhole =
    envelope.v === 1 && envelope.alg === 'A256GCM' && Object.keys(envelope).length === 4 && formatCanonical(envelope) === text;
  if (!isWhole) throw new DecryptFailed();
  return envelope;
}
