import { createPublicKey, type KeyObject } from 'node:crypto';
import { signLowS } from '../ledger/signer';

const commonNameOid = Buffer.from('0603550403', 'hex');
const ecdsaWithSha256 = Buffer.from('300a06082a8648ce3d040302', 'hex');
const noAttributes = Buffer.from('a000', 'hex');
const versionZero = Buffer.from('020100', 'hex');

/** A PKCS #10 certificate request (RFC 2986) for a P-256 key, subject `CN=name`, as PEM. */
export function newCertificateRequest(name: string, privateKey: KeyObject): string {
  const publicKey = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  const attribute = sequence(commonNameOid, tag(0x0c, Buffer.from(name, 'utf8')));
  const subject = sequence(tag(0x31, attribute));
  const info = sequence(versionZero, subject, publicKey, noAttributes);
  const signature = tag(0x03, Buffer.concat([Buffer.from([0]), signLowS(info, privateKey)]));
  const request = sequence(info, ecdsaWithSha256, signature).toString('base64');
  const lines = request.match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE REQUEST-----', ...lines, '-----END CERTIFICATE REQUEST-----', ''].join('\n');
}

function sequence(...parts: readonly Uint8Array[]): Buffer {
  return tag(0x30, Buffer.concat(parts));
}

function tag(type: number, content: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([type, ...formatLength(content.length)]), content]);
}

function formatLength(length: number): number[] {
  if (length < 0x80) return [length];
  return length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
}
