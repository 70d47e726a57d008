const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const CODES = new TextEncoder().encode(ALPHABET);
const VALUES = new Uint8Array(128).fill(255);
for (const [value, code] of CODES.entries()) VALUES[code] = value;
const ascii = new TextDecoder('latin1');

/** Bytes as base64url without padding (RFC 4648 section 5). */
export function formatBase64url(bytes: Uint8Array): string {
  const out = new Uint8Array(Math.ceil((bytes.length * 4) / 3));
  let at = 0;
  let buffer = 0;
  let bits = 0;
  for (const byte of bytes) {
    buffer = (buffer << 8) | byte;
    for (bits += 8; bits >= 6;) {
      bits -= 6;
      out[at++] = codeOf(buffer >> bits);
    }
    buffer &= (1 << bits) - 1;
  }
  if (bits > 0) out[at] = codeOf(buffer << (6 - bits));
  return ascii.decode(out);
}

/**
 * Reads base64url without padding. One text for one value: padding, other characters and leftover bits that are not zero are refused.
 * @throws {SyntaxError}
 */
export function parseBase64url(text: string): Uint8Array<ArrayBuffer> {
  if (text.length % 4 === 1) throw new SyntaxError('not base64url: impossible length');
  const out = new Uint8Array(Math.floor((text.length * 3) / 4));
  let at = 0;
  let buffer = 0;
  let bits = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    const value = VALUES[code] ?? 255;
    if (value === 255) throw new SyntaxError(`not base64url: character ${index + 1}`);
    buffer = (buffer << 6) | value;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out[at++] = buffer >> bits;
      buffer &= (1 << bits) - 1;
    }
  }
  if (buffer !== 0) throw new SyntaxError('not base64url: leftover bits');
  return out;
}

function codeOf(bits: number): number {
  return CODES[bits & 63] ?? 0;
}
