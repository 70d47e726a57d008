import { mapHashToField } from '@noble/curves/abstract/modular';
import { p256 } from '@noble/curves/nist';
import type { Keys } from '@medaccord/chaincode/model';
import {
  formatBase64url,
  importSealingKey,
  importSigningKey,
  newRandomBytes,
  parseBase64url,
  type PrivateJwk,
  type SealingKey,
  type SigningKey,
} from '../crypto';

/** The keys of a patient at one custodian, or of one relation. */
export type DerivedKeys = {
  readonly signing: SigningKey;
  readonly sealing: SealingKey;
  readonly recovery: SigningKey;
  /** The public halves, as they are registered. */
  readonly public: Keys;
};

const encoder = new TextEncoder();

/** A fresh seed: 32 random bytes, base64url. Whoever has it has the wallet. */
export function newSeed(): string {
  return formatBase64url(newRandomBytes(32));
}

/** Bytes that follow from a seed and a path and tell nothing of either (HKDF-SHA256, RFC 5869, without salt). */
export async function deriveBytes(seed: string, path: string, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const key = await crypto.subtle.importKey('raw', parseBase64url(seed), 'HKDF', false, ['deriveBits']);
  const info = encoder.encode(`medaccord/wallet/1/${path}`);
  return new Uint8Array(await crypto.subtle.deriveBits({ name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info }, key, length * 8));
}

/**
 * The part of a seed that goes on paper or to a trusted person: recovery keys follow from it, signing and sealing keys do not. It can
 * close relations and replace a patient's keys, nothing else.
 */
export async function deriveRecoverySeed(seed: string): Promise<string> {
  return formatBase64url(await deriveBytes(seed, 'recovery', 32));
}

/** The keys for a subject or relation reference; `generation` counts the replacements of a patient's keys. */
export async function deriveKeys(seed: string, ref: string, generation = 0): Promise<DerivedKeys> {
  const path = `${ref}/${String(generation)}`;
  const [signing, sealing, recovery] = await Promise.all([
    derivePrivateJwk(seed, `${path}/signing`),
    derivePrivateJwk(seed, `${path}/sealing`),
    deriveRecoverySeed(seed).then((recoverySeed) => derivePrivateJwk(recoverySeed, path)),
  ]);
  return {
    signing: await importSigningKey(signing),
    sealing: await importSealingKey({ suite: 'HPKE-P256-SHA256-A256GCM', privateKey: sealing }),
    recovery: await importSigningKey(recovery),
    public: { signing: publicOf(signing), sealing: publicOf(sealing), recovery: publicOf(recovery) },
  };
}

/** The recovery key alone, from the recovery seed. */
export async function deriveRecoveryKey(recoverySeed: string, ref: string, generation = 0): Promise<SigningKey> {
  return importSigningKey(await derivePrivateJwk(recoverySeed, `${ref}/${String(generation)}`));
}

/** A P-256 key from 48 derived bytes, modulo the order of the group (FIPS 186-5 appendix A.2.1: the bias is below 2^-128). */
async function derivePrivateJwk(seed: string, path: string): Promise<PrivateJwk> {
  const scalar = mapHashToField(await deriveBytes(seed, path, 48), p256.Point.Fn.ORDER);
  const point = p256.getPublicKey(scalar, false);
  return {
    kty: 'EC',
    crv: 'P-256',
    x: formatBase64url(point.subarray(1, 33)),
    y: formatBase64url(point.subarray(33)),
    d: formatBase64url(scalar),
  };
}

function publicOf({ kty, crv, x, y }: PrivateJwk): Keys['signing'] {
  return { kty, crv, x, y };
}
