import { createPrivateKey, sign, type KeyObject } from 'node:crypto';

/** Order of the P-256 group (SEC 2, 2.4.2) and its half: a Fabric MSP takes signatures with s up to the half only. */
const order = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551');
const halfOrder = order / 2n;

/** A signer on the native implementation; the stock one of the client library costs ten times as much. */
export function newSigner(privateKeyPem: string): (message: Uint8Array) => Uint8Array {
  const key = createPrivateKey(privateKeyPem);
  return (message) => signLowS(message, key);
}

/** ECDSA over SHA-256 of `message`, ASN.1 DER, low S. */
export function signLowS(message: Uint8Array, key: KeyObject): Uint8Array {
  const raw = sign('sha256', message, { key, dsaEncoding: 'ieee-p1363' });
  const s = BigInt(`0x${raw.toString('hex', 32)}`);
  const low = s > halfOrder ? Buffer.from((order - s).toString(16).padStart(64, '0'), 'hex') : raw.subarray(32);
  const integers = Buffer.concat([formatInteger(raw.subarray(0, 32)), formatInteger(low)]);
  return Buffer.concat([Buffer.from([0x30, integers.length]), integers]);
}

/** DER INTEGER of an unsigned big-endian number. */
function formatInteger(bytes: Uint8Array): Buffer {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start += 1;
  const trimmed = Buffer.from(bytes.subarray(start));
  const padding = (trimmed[0] ?? 0) >= 0x80 ? [0] : [];
  return Buffer.concat([Buffer.from([0x02, trimmed.length + padding.length, ...padding]), trimmed]);
}
