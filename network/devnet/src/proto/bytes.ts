import { createHash } from 'node:crypto';

export const EMPTY: Uint8Array = new Uint8Array(0);

/** sha256 of the parts, one after another. */
export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return asBytes(hash.digest());
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return asBytes(Buffer.concat(parts));
}

export function utf8(text: string): Uint8Array {
  return asBytes(Buffer.from(text, 'utf8'));
}

/** Text of bytes that were checked to be UTF-8. */
export function text(bytes: Uint8Array): string {
  return asBuffer(bytes).toString('utf8');
}

export function hex(bytes: Uint8Array): string {
  return asBuffer(bytes).toString('hex');
}

export function fromHex(digits: string): Uint8Array {
  return asBytes(Buffer.from(digits, 'hex'));
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && Buffer.compare(a, b) === 0;
}

/** Order of bytes as unsigned numbers, the shorter first: Fabric's order of keys. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  return Buffer.compare(a, b);
}

/** Fabric's order of strings: by their UTF-8 bytes (JavaScript's own order differs beyond U+FFFF). */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

/** Surrogates stand for code points above all others, so they are moved behind U+FFFF. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/** The same memory as a plain Uint8Array: protobuf copies a Buffer, and refuses arrays of other realms. */
export function asBytes(data: Uint8Array): Uint8Array {
  return data.constructor === Uint8Array ? data : new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength);
}
