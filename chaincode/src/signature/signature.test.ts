import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { formatSigned, parseSigned, type Commitment, type Jwk, type Signed, type SignedPayload } from '../model';
import { assertOpening, assertSignedBy, digestOf, isSignedBy } from '.';

const INSTANT = '2026-01-01T00:00:00.000Z';
const token = {
  subjectRef: 'S'.repeat(22),
  audience: 'AlphaMSP',
  issuedAt: INSTANT,
  expiresAt: INSTANT,
} as unknown as SignedPayload<'wallet-token'>;

function newKey(): { privateKey: KeyObject; jwk: Jwk } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { privateKey, jwk: publicKey.export({ format: 'jwk' }) as unknown as Jwk };
}

function signed(privateKey: KeyObject): Signed<'wallet-token'> {
  const text = JSON.stringify({ audience: token.audience, expiresAt: INSTANT, issuedAt: INSTANT, subjectRef: token.subjectRef });
  const header = Buffer.from('{"alg":"ES256","typ":"medaccord-wallet-token+jws"}').toString('base64url');
  const input = `${header}.${Buffer.from(text).toString('base64url')}`;
  const signature = sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  return parseSigned('wallet-token', formatSigned(input, signature), 'token');
}

describe('a signature', () => {
  const { privateKey, jwk } = newKey();
  const statement = signed(privateKey);

  test('holds for its key and its bytes only', () => {
    expect(isSignedBy(statement, jwk)).toBe(true);
    expect(isSignedBy(statement, newKey().jwk)).toBe(false);
    expect(isSignedBy({ ...statement, signingInput: `${statement.signingInput}x` }, jwk)).toBe(false);
    for (let at = 0; at < 64; at += 7) {
      const flipped = Uint8Array.from(statement.signature, (byte, index) => (index === at ? byte ^ 1 : byte));
      expect(isSignedBy({ ...statement, signature: flipped }, jwk)).toBe(false);
    }
    expect(isSignedBy({ ...statement, signature: new Uint8Array(64) }, jwk)).toBe(false);
  });

  test('is verified as RFC 7515 appendix A.3 signs', () => {
    const key = {
      kty: 'EC',
      crv: 'P-256',
      x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
      y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
    } as const;
    const signingInput =
      'eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ';
    const signature = Buffer.from('DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q', 'base64url');
    expect(isSignedBy({ ...statement, signingInput, signature }, key as Jwk)).toBe(true);
  });

  test('holds for no key that is not a point of the curve', () => {
    expect(isSignedBy(statement, { ...jwk, y: jwk.x })).toBe(false);
    expect(isSignedBy(statement, { ...jwk, x: 'A'.repeat(43) })).toBe(false);
  });

  test('is refused with a code when no key made it', () => {
    expect(() => assertSignedBy(statement, newKey().jwk, newKey().jwk)).toThrow(expect.objectContaining({ code: 'SIGNATURE_INVALID' }));
    expect(() => assertSignedBy(statement, newKey().jwk, jwk)).not.toThrow();
  });
});

test('a commitment is opened by its preimage only', () => {
  const commitment = digestOf('preimage') as string as Commitment;
  expect(() => assertOpening(commitment, Buffer.from('preimage'), 'document')).not.toThrow();
  expect(() => assertOpening(commitment, Buffer.from('other'), 'document')).toThrow(
    expect.objectContaining({ code: 'COMMITMENT_MISMATCH' }),
  );
  expect(() => assertOpening(null, Buffer.from('preimage'), 'document')).toThrow(expect.objectContaining({ details: { of: 'document' } }));
});
