import { formatCanonical } from '@medaccord/chaincode/model';
import { formatBase64url, parseBase64url } from './base64url';
import { DecryptFailed } from './crypto-errors';
import type { SealingKey, SealingPublicKey } from './sealing-key';
import type { WebKey } from './signing-key';
import { SUITES, type SuiteId } from './suites';

/**
 * What an envelope is for, bound into it as HPKE `info` (RFC 9180 section 5.1): an envelope opens only for the very kind, reference, id
 * and recipient it was sealed for. `recipient` is an MSP id, or PATIENT.
 */
export type SealingContext = { readonly kind: string; readonly ref: string; readonly id: string; readonly recipient: string };

/** The recipient of what is sealed to a patient's or a relation's own key. */
export const PATIENT = 'patient';

type SealedEnvelope = { readonly v: number; readonly suite: string; readonly enc: string; readonly ciphertext: string };

const encoder = new TextEncoder();

/**
 * Seals bytes to a public key (HPKE base mode).
 * @returns the envelope as canonical JSON {v: 1, suite, enc, ciphertext}
 * @throws {Error} when the public key is not one of its suite
 */
export async function seal(to: SealingPublicKey, context: SealingContext, plaintext: Uint8Array): Promise<string> {
  const { hpke } = SUITES[to.suite];
  const recipientPublicKey = await importPublicKey(to);
  const sealed = await hpke.seal({ recipientPublicKey, info: infoOf(to.suite, context) }, plaintext);
  const envelope: SealedEnvelope = {
    v: 1,
    suite: to.suite,
    enc: formatBase64url(new Uint8Array(sealed.enc)),
    ciphertext: formatBase64url(new Uint8Array(sealed.ct)),
  };
  return formatCanonical(envelope);
}

/** Opens an envelope. @throws {DecryptFailed} whatever is wrong with envelope, key or context. */
export async function open(key: SealingKey, context: SealingContext, envelope: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const { enc, ciphertext } = parseSealedEnvelope(envelope, key.suite);
    const params = { recipientKey: key.privateKey, enc: parseBase64url(enc), info: infoOf(key.suite, context) };
    return new Uint8Array(await SUITES[key.suite].hpke.open(params, parseBase64url(ciphertext)));
  } catch {
    throw new DecryptFailed();
  }
}

/** Keys that were sealed to before, by the value they came in: an organisation seals every record to itself. */
const imported = new WeakMap<SealingPublicKey, Promise<WebKey>>();

function importPublicKey(to: SealingPublicKey): Promise<WebKey> {
  const known = imported.get(to) ?? SUITES[to.suite].hpke.kem.deserializePublicKey(parseBase64url(to.publicKey));
  imported.set(to, known);
  return known;
}

function infoOf(suite: SuiteId, { kind, ref, id, recipient }: SealingContext): Uint8Array<ArrayBuffer> {
  return encoder.encode(formatCanonical({ suite, kind, ref, id, recipient }));
}

function parseSealedEnvelope(text: string, suite: SuiteId): SealedEnvelope {
  const envelope = JSON.parse(text) as SealedEnvelope;
  // One envelope has one text: what the ledger holds is its hash, so nothing else may open as the same.
  const isWhole = envelope.v === 1 && envelope.suite === suite && Object.keys(envelope).length === 4 && formatCanonical(envelope) === text;
  if (!isWhole) throw new DecryptFailed();
  return envelope;
}
