import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from '@hpke/core';

/** One way to seal: an HPKE cipher suite (RFC 9180 section 7) and the length of its serialised public key in bytes. */
export type Suite = { readonly hpke: CipherSuite; readonly publicKeyLength: number };

export type SuiteId = 'HPKE-P256-SHA256-A256GCM';

/** A new suite is a new row; an envelope names the row it was made with. P-256 comes first because hardware modules hold such keys. */
export const SUITES: Readonly<Record<SuiteId, Suite>> = {
  'HPKE-P256-SHA256-A256GCM': {
    hpke: new CipherSuite({ kem: new DhkemP256HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() }),
    publicKeyLength: 65,
  },
};

export const DEFAULT_SUITE: SuiteId = 'HPKE-P256-SHA256-A256GCM';

export function isSuiteId(text: unknown): text is SuiteId {
  return typeof text === 'string' && Object.hasOwn(SUITES, text);
}
