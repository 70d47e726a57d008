import { createPrivateKey, createPublicKey, webcrypto } from 'node:crypto';
import { KEY_ALGORITHM } from './x509-library';

/** A P-256 key pair as WebCrypto takes it, and its private key as PKCS #8 PEM, which is how Fabric's tools keep keys. */
export interface KeyPair {
  readonly keys: webcrypto.CryptoKeyPair;
  readonly privateKeyPem: string;
}

/** Makes a fresh P-256 key pair. */
export async function newKeyPair(): Promise<KeyPair> {
  const keys = await webcrypto.subtle.generateKey(KEY_ALGORITHM, true, ['sign', 'verify']);
  const der = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  const key = createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' });
  return { keys, privateKeyPem: key.export({ format: 'pem', type: 'pkcs8' }).toString() };
}

/** Reads a pair from its private key in PEM. @throws when it is no P-256 key */
export async function readKeyPair(privateKeyPem: string): Promise<KeyPair> {
  const spki = createPublicKey(privateKeyPem).export({ format: 'der', type: 'spki' });
  const [privateKey, publicKey] = await Promise.all([
    parseSigningKey(privateKeyPem),
    webcrypto.subtle.importKey('spki', spki, KEY_ALGORITHM, true, ['verify']),
  ]);
  return { keys: { privateKey, publicKey }, privateKeyPem };
}

/** Reads a private key in PEM into a key that can sign certificates. */
export async function parseSigningKey(pem: string): Promise<webcrypto.CryptoKey> {
  const der = createPrivateKey(pem).export({ format: 'der', type: 'pkcs8' });
  return webcrypto.subtle.importKey('pkcs8', der, KEY_ALGORITHM, false, ['sign']);
}
