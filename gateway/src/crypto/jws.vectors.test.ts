import { createPublicKey, generateKeyPairSync, randomBytes, sign, verify } from 'node:crypto';
import {
  formatInstant,
  formatSigned,
  formatSigningInput,
  type MspId,
  type RelationRef,
  type WalletToken,
} from '@medaccord/chaincode/model';
import { formatBase64url, generateSigningKey, importSigningKey, parseBase64url, publicJwkOf, signJws, verifyJws, type PrivateJwk } from '.';

const newReference = (): string => randomBytes(16).toString('base64url');

const newToken = (): WalletToken => ({
  relationRef: newReference() as RelationRef,
  audience: 'AMSP' as MspId,
  issuedAt: formatInstant(0),
  expiresAt: formatInstant(60_000),
});

describe('a JWS', () => {
  it('verifies with its key and gives its payload', async () => {
    const key = await importSigningKey(await generateSigningKey());
    const token = newToken();
    await expect(verifyJws('wallet-token', await signJws('wallet-token', token, key), key.publicJwk)).resolves.toEqual(token);
  });

  it('is what another implementation of ES256 verifies, and the reverse', async () => {
    const stored = await generateSigningKey();
    const jws = await signJws('wallet-token', newToken(), await importSigningKey(stored));
    const [header, payload, signature] = jws.split('.');
    const publicKey = createPublicKey({ key: publicJwkOf(stored), format: 'jwk' });
    const bytes = Buffer.from(`${header!}.${payload!}`);
    expect(verify('sha256', bytes, { key: publicKey, dsaEncoding: 'ieee-p1363' }, parseBase64url(signature!))).toBe(true);

    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const input = formatSigningInput('wallet-token', newToken());
    const made = formatSigned(input, sign('sha256', Buffer.from(input), { key: pair.privateKey, dsaEncoding: 'ieee-p1363' }));
    await expect(verifyJws('wallet-token', made, pair.publicKey.export({ format: 'jwk' }) as PrivateJwk)).resolves.toBeDefined();
  });

  it('is refused with another key, another kind, a flipped bit, a DER signature or another header', async () => {
    const key = await importSigningKey(await generateSigningKey());
    const other = await importSigningKey(await generateSigningKey());
    const jws = await signJws('wallet-token', newToken(), key);
    const [header, payload, signature] = jws.split('.') as [string, string, string];
    const flipped = parseBase64url(signature);
    flipped[10]! ^= 1;
    const none = formatBase64url(new TextEncoder().encode('{"alg":"none"}'));
    await expect(verifyJws('wallet-token', jws, other.publicJwk)).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' });
    await expect(verifyJws('wallet-token', `${header}.${payload}.${formatBase64url(flipped)}`, key.publicJwk)).rejects.toMatchObject({
      code: 'SIGNATURE_INVALID',
    });
    await expect(verifyJws('consent', jws, key.publicJwk)).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    await expect(verifyJws('wallet-token', `${none}.${payload}.`, key.publicJwk)).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    await expect(verifyJws('wallet-token', `${jws}AAAA`, key.publicJwk)).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  });

  it('is refused under a key that is no point of the curve', async () => {
    const key = await importSigningKey(await generateSigningKey());
    const jws = await signJws('wallet-token', newToken(), key);
    await expect(verifyJws('wallet-token', jws, { ...key.publicJwk, x: key.publicJwk.y })).rejects.toMatchObject({
      code: 'SIGNATURE_INVALID',
    });
  });
});

describe('base64url', () => {
  it('has one text for one value', () => {
    for (let length = 0; length < 40; length += 1) {
      const bytes = crypto.getRandomValues(new Uint8Array(length));
      const text = formatBase64url(bytes);
      expect(text).toBe(Buffer.from(bytes).toString('base64url'));
      expect(parseBase64url(text)).toEqual(bytes);
    }
    for (const wrong of ['A', 'AB', 'AA==', 'A A', 'AA+/', 'AÄAA', 'AAB']) expect(() => parseBase64url(wrong)).toThrow(SyntaxError);
  });
});
