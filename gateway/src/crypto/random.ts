/** Cryptographically random bytes. */
export function newRandomBytes(length: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(length));
}

/** A salt of a commitment: 16 random bytes. */
export function newSalt(): Uint8Array<ArrayBuffer> {
  return newRandomBytes(16);
}
