import { createCipheriv, createDecipheriv, createHmac, createSecretKey, hkdfSync, randomBytes, type KeyObject } from 'node:crypto';
import { newError } from '../problem';

const NONCE = 12;
const TAG = 16;
/** Enough that no two values of an organisation share one, and half the space of a whole name. */
const MARK = 12;

/** The gateway's own key: whatever it keeps beside ledger facts is sealed or named with it, so that its files tell nothing. */
export interface LocalKey {
  /** AES-256-GCM; `place` (table and row) is authenticated, so that values cannot be moved. */
  seal(place: string, plain: Uint8Array): Uint8Array;
  /** @throws CodedError STORE_CORRUPT */
  open(place: string, sealed: Uint8Array): Uint8Array;
  /** A name for a value that may not be stored, nor its plain hash: HMAC-SHA256, base64url. */
  name(purpose: string, value: string): string;
  /** The first bytes of such a name, so many as `markLength`, for values of which there are many. */
  mark(purpose: string, value: string): Uint8Array;
  readonly markLength: number;
}

/** @param secret 32 random bytes */
export function newLocalKey(secret: Uint8Array): LocalKey {
  const sealing = derive(secret, 'seal');
  const naming = derive(secret, 'name');
  return {
    seal(place, plain) {
      const nonce = randomBytes(NONCE);
      const cipher = createCipheriv('aes-256-gcm', sealing, nonce).setAAD(Buffer.from(place));
      return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    },
    open(place, sealed) {
      try {
        const decipher = createDecipheriv('aes-256-gcm', sealing, sealed.subarray(0, NONCE), { authTagLength: TAG });
        decipher.setAAD(Buffer.from(place)).setAuthTag(sealed.subarray(sealed.length - TAG));
        return Buffer.concat([decipher.update(sealed.subarray(NONCE, sealed.length - TAG)), decipher.final()]);
      } catch (cause) {
        throw newError('STORE_CORRUPT', "A value of the gateway's own store does not open with its key", { cause });
      }
    },
    name: (purpose, value) => hash(naming, purpose, value).toString('base64url'),
    mark: (purpose, value) => hash(naming, purpose, value).subarray(0, MARK),
    markLength: MARK,
  };
}

function hash(key: KeyObject, purpose: string, value: string): Buffer {
  return createHmac('sha256', key)
    .update(JSON.stringify([purpose, value]))
    .digest();
}

/** A key object: Node takes several times as long to tell what bytes are, at every use. */
function derive(secret: Uint8Array, use: string): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), `medaccord/gateway/${use}`, 32)));
}
