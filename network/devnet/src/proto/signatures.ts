import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { asBytes, fromHex, hex } from './bytes';

/** Order of P-256, and half of it: Fabric takes a signature only with S at most n/2 (bccsp/utils/ecdsa.go). */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const HALF_ORDER = ORDER >> 1n;

/**
 * ECDSA P-256 over sha256 of the message: DER, low S.
 * @param key a private key, or its PEM.
 */
export function signLowS(key: KeyObject | string, message: Uint8Array): Uint8Array {
  return toLowS(sign('sha256', message, typeof key === 'string' ? createPrivateKey(key) : key));
}

/** False for anything but a P-256 signature in DER with low S over sha256 of the message. Never throws. */
export function verifyLowS(key: KeyObject | string, message: Uint8Array, signature: Uint8Array): boolean {
  const publicKey = typeof key === 'string' ? createPublicKey(key) : key;
  if (publicKey.asymmetricKeyType !== 'ec' || !isLowS(signature)) return false;
  try {
    return verify('sha256', message, publicKey, signature);
  } catch {
    return false;
  }
}

export function isLowS(signature: Uint8Array): boolean {
  const parts = parseSignature(signature);
  return parts !== undefined && parts.r > 0n && parts.s > 0n && parts.s <= HALF_ORDER;
}

/** The same signature with S at most n/2; bytes that are no signature come back as they are. */
export function toLowS(signature: Uint8Array): Uint8Array {
  const parts = parseSignature(signature);
  if (parts === undefined || parts.s <= HALF_ORDER) return asBytes(signature);
  return sequence(integer(parts.r), integer(ORDER - parts.s));
}

/** DER: SEQUENCE { INTEGER r, INTEGER s }, in its only valid encoding and nothing after it. */
function parseSignature(der: Uint8Array): { r: bigint; s: bigint } | undefined {
  if (der[0] !== 0x30 || der[1] !== der.length - 2) return undefined;
  const r = readInteger(der, 2);
  const s = r === undefined ? undefined : readInteger(der, r.end);
  if (r === undefined || s === undefined || s.end !== der.length) return undefined;
  return { r: r.value, s: s.value };
}

function readInteger(der: Uint8Array, at: number): { value: bigint; end: number } | undefined {
  const length = der[at + 1] ?? 0;
  const content = der.subarray(at + 2, at + 2 + length);
  if (der[at] !== 0x02 || length === 0 || content.length !== length || !isMinimal(content)) return undefined;
  return { value: BigInt(`0x${hex(content)}`), end: at + 2 + length };
}

/** Not negative, and without a leading zero that the sign does not need. */
function isMinimal(content: Uint8Array): boolean {
  const [first = 0, second = 0x80] = content;
  return first < 0x80 && (first > 0 || second >= 0x80);
}

function integer(value: bigint): Uint8Array {
  const digits = value.toString(16);
  const bytes = fromHex(digits.length % 2 === 0 ? digits : `0${digits}`);
  const content = (bytes[0] ?? 0) >= 0x80 ? [0, ...bytes] : [...bytes];
  return Uint8Array.from([0x02, content.length, ...content]);
}

function sequence(...parts: readonly Uint8Array[]): Uint8Array {
  const content = parts.flatMap((part) => [...part]);
  return Uint8Array.from([0x30, content.length, ...content]);
}
