import { generateKeyPairSync, sign } from 'node:crypto';
import { concat, fromHex, hex, utf8 } from './bytes';
import { isLowS, signLowS, toLowS, verifyLowS } from './signatures';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const message = utf8('message');

/** Half of OpenSSL's signatures have high S: among so many there is one. */
function signHighS(): Uint8Array {
  const made = Array.from({ length: 100 }, () => new Uint8Array(sign('sha256', message, privateKey)));
  const high = made.find((signature) => !isLowS(signature));
  if (high === undefined) throw new Error('no signature has high S');
  return high;
}

describe('signatures', () => {
  it('are made with low S, whatever OpenSSL gives', () => {
    const made = Array.from({ length: 40 }, () => signLowS(privateKey, message));
    expect(made.every((signature) => isLowS(signature) && verifyLowS(publicKey, message, signature))).toBe(true);
  });

  it('with high S are refused, and accepted once S is lowered', () => {
    const high = signHighS();
    expect(verifyLowS(publicKey, message, high)).toBe(false);
    expect(verifyLowS(publicKey, message, toLowS(high))).toBe(true);
  });

  it.each([
    ['nothing', (): Uint8Array => new Uint8Array(0)],
    ['bytes after the end', (signature: Uint8Array): Uint8Array => concat(signature, Uint8Array.of(0))],
    ['a padded integer', (): Uint8Array => fromHex('30080202000102020001')],
    ['a negative integer', (): Uint8Array => fromHex('3006020181020101')],
    ['zero', (): Uint8Array => fromHex('3006020100020101')],
  ])('are refused when they are %s', (_what, bend) => {
    const bent = bend(signLowS(privateKey, message));
    expect([isLowS(bent), verifyLowS(publicKey, message, bent)]).toEqual([false, false]);
  });

  it('of another message or key are refused', () => {
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;
    const signature = signLowS(privateKey, message);
    expect([verifyLowS(publicKey, utf8('other'), signature), verifyLowS(other, message, signature)]).toEqual([false, false]);
  });

  it('of a key that is no ECDSA key are refused', () => {
    const ed25519 = generateKeyPairSync('ed25519');
    expect(verifyLowS(ed25519.publicKey, message, new Uint8Array(sign(null, message, ed25519.privateKey)))).toBe(false);
  });

  it('stay as they are when S is low already', () => {
    const low = signLowS(privateKey, message);
    expect(hex(toLowS(low))).toBe(hex(low));
  });
});
