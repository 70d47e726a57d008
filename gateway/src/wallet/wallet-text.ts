import {
  consentStatuses,
  formatCanonical,
  parseConsentSets,
  parseJson,
  parseMspId,
  parseRelationRef,
  parseSigned,
  parseSubjectRef,
  RequestInvalid,
} from '@medaccord/chaincode/model';
import { DecryptFailed, formatBase64url, newRandomBytes, parseBase64url } from '../crypto';
import type { KeptConsent, Wallet, WalletPatient, WalletRelation } from './wallet';

type LockedWallet = {
  readonly v: number;
  readonly kdf: string;
  readonly iterations: number;
  readonly salt: string;
  readonly nonce: string;
  readonly ciphertext: string;
};

// What OWASP's Password Storage Cheat Sheet asks of PBKDF2 with SHA-256; WebCrypto has no memory-hard function.
const ITERATIONS = 600_000;
const MOST_ITERATIONS = 10_000_000;
const encoder = new TextEncoder();

/** The text of a wallet, unprotected: for a file that only its owner can read. */
export function formatWallet(wallet: Wallet): string {
  return formatCanonical(wallet);
}

/** Reads the text of a wallet. @throws {RequestInvalid} naming the place */
export function parseWallet(text: string): Wallet {
  return parseJson(parseWalletValue, text, 'wallet');
}

/** The text of a wallet, encrypted under a passphrase (PBKDF2, AES-256-GCM). */
export async function lockWallet(wallet: Wallet, passphrase: string): Promise<string> {
  const salt = newRandomBytes(16);
  const nonce = newRandomBytes(12);
  const key = await deriveKey(passphrase, salt, ITERATIONS);
  const ciphertext = await crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce }, key, encoder.encode(formatWallet(wallet)));
  const locked: LockedWallet = {
    v: 1,
    kdf: 'PBKDF2-SHA256',
    iterations: ITERATIONS,
    salt: formatBase64url(salt),
    nonce: formatBase64url(nonce),
    ciphertext: formatBase64url(new Uint8Array(ciphertext)),
  };
  return formatCanonical(locked);
}

/** @throws {DecryptFailed} when passphrase or text are wrong */
export async function unlockWallet(text: string, passphrase: string): Promise<Wallet> {
  try {
    const { v, kdf, iterations, salt, nonce, ciphertext } = JSON.parse(text) as LockedWallet;
    if (v !== 1 || kdf !== 'PBKDF2-SHA256' || !(iterations > 0 && iterations <= MOST_ITERATIONS)) throw new DecryptFailed();
    const key = await deriveKey(passphrase, parseBase64url(salt), iterations);
    const plaintext = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: parseBase64url(nonce) }, key, parseBase64url(ciphertext));
    return parseWallet(new TextDecoder().decode(plaintext));
  } catch {
    throw new DecryptFailed();
  }
}

/** Tells whether the text is that of a locked wallet. */
export function isLocked(text: string): boolean {
  return text.startsWith('{"ciphertext":');
}

type AesKey = Awaited<ReturnType<typeof crypto.subtle.deriveKey>>;

async function deriveKey(passphrase: string, salt: Uint8Array<ArrayBuffer>, iterations: number): Promise<AesKey> {
  const secret = await crypto.subtle.importKey('raw', encoder.encode(passphrase.normalize('NFKC')), 'PBKDF2', false, ['deriveKey']);
  const algorithm = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations };
  return crypto.subtle.deriveKey(algorithm, secret, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
}

function parseWalletValue(value: unknown, place: string): Wallet {
  const { version, seed, patients, relations } = asObject(value, place);
  if (version !== 1) throw new RequestInvalid(`${place}.version`, '1');
  if (typeof seed !== 'string' || !/^[A-Za-z0-9_-]{43}$/.test(seed)) throw new RequestInvalid(`${place}.seed`, '32 bytes in base64url');
  return {
    version,
    seed,
    patients: asList(patients, `${place}.patients`).map((item, at) => parsePatient(item, `${place}.patients[${String(at)}]`)),
    relations: asList(relations, `${place}.relations`).map((item, at) => parseRelation(item, `${place}.relations[${String(at)}]`)),
  };
}

function parsePatient(value: unknown, place: string): WalletPatient {
  const { subjectRef, custodian, generation } = asObject(value, place);
  return {
    subjectRef: parseSubjectRef(subjectRef, `${place}.subjectRef`),
    custodian: parseMspId(custodian, `${place}.custodian`),
    generation: asCount(generation, `${place}.generation`),
  };
}

function parseRelation(value: unknown, place: string): WalletRelation {
  const { relationRef, subjectRef, custodian, counterparty, kinds, consentVersion, kept, pending } = asObject(value, place);
  return {
    relationRef: parseRelationRef(relationRef, `${place}.relationRef`),
    subjectRef: parseSubjectRef(subjectRef, `${place}.subjectRef`),
    custodian: parseMspId(custodian, `${place}.custodian`),
    counterparty: parseMspId(counterparty, `${place}.counterparty`),
    kinds: asList(kinds, `${place}.kinds`) as WalletRelation['kinds'],
    consentVersion: asCount(consentVersion, `${place}.consentVersion`),
    ...(kept !== undefined && { kept: parseKept(kept, `${place}.kept`) }),
    ...(pending !== undefined && { pending: parsePending(pending, `${place}.pending`) }),
  };
}

function parseKept(value: unknown, place: string): KeptConsent {
  const { consent, sets, status } = asObject(value, place);
  const { jws } = parseSigned('consent', consent, `${place}.consent`);
  const known = consentStatuses.find((one) => one === status);
  if (known === undefined) throw new RequestInvalid(`${place}.status`, `one of ${consentStatuses.join(', ')}`);
  return { consent: jws, sets: parseConsentSets(sets, `${place}.sets`), status: known };
}

function parsePending(value: unknown, place: string): NonNullable<WalletRelation['pending']> {
  const { consent, documents } = asObject(value, place);
  const { jws } = parseSigned('consent', consent, `${place}.consent`);
  return { consent: jws, documents: asObject(documents, `${place}.documents`) as Record<string, string> };
}

function asObject(value: unknown, place: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new RequestInvalid(place, 'an object');
  return value as Record<string, unknown>;
}

function asList(value: unknown, place: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new RequestInvalid(place, 'a list');
  return value;
}

function asCount(value: unknown, place: string): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw new RequestInvalid(place, 'a count');
  return value as number;
}
