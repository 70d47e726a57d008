import { formatBase64url } from './encoding/base64url';
import { formatUtf8 } from './encoding/utf8';
import { RequestInvalid } from './encoding/parser';
import { formatSigned, formatSigningInput, parseSigned } from './signed';
import { signedPayloads, type ConsentHeader } from './signed-payload';

const INSTANT = '2026-01-01T00:00:00.000Z';
const header = {
  relationRef: 'R'.repeat(22),
  version: 2,
  status: 'revoked',
  validity: null,
  submitBy: INSTANT,
  document: null,
  sealed: {},
  issuedAt: INSTANT,
} as unknown as ConsentHeader;
const signature = new Uint8Array(64).fill(7);
const encode = (text: string): string => formatBase64url(formatUtf8(text));

describe('a signed statement', () => {
  test('comes back as it went', () => {
    const input = formatSigningInput('consent', header);
    const signed = parseSigned('consent', formatSigned(input, signature), 'consent');
    expect(signed).toEqual({ kind: 'consent', payload: header, jws: formatSigned(input, signature), signingInput: input, signature });
  });

  const [protectedHeader = '', body = ''] = formatSigningInput('consent', header).split('.');
  const mac = formatBase64url(signature);
  test.each([
    ['two parts', `${protectedHeader}.${body}`],
    ['four parts', `${protectedHeader}.${body}.${mac}.`],
    ['another algorithm', `${encode('{"alg":"none","typ":"medaccord-consent+jws"}')}.${body}.`],
    ['another kind', `${encode('{"alg":"ES256","typ":"medaccord-relation+jws"}')}.${body}.${mac}`],
    ['a header with more in it', `${encode('{"alg":"ES256","kid":"x","typ":"medaccord-consent+jws"}')}.${body}.${mac}`],
    ['a header in another order', `${encode('{"typ":"medaccord-consent+jws","alg":"ES256"}')}.${body}.${mac}`],
    ['a payload that is not canonical', `${protectedHeader}.${encode(JSON.stringify({ ...header, a: undefined }, null, 1))}.${mac}`],
    ['a property twice', `${protectedHeader}.${encode(`{"version":1,${JSON.stringify(header).slice(1)}`)}.${mac}`],
    ['an unknown property', `${protectedHeader}.${encode(JSON.stringify({ ...header, zone: 1 }))}.${mac}`],
    ['a payload that is not UTF-8', `${protectedHeader}.${formatBase64url(Uint8Array.of(255))}.${mac}`],
    ['padding', `${protectedHeader}.${body}.${mac}==`],
    ['a short signature', `${protectedHeader}.${body}.${formatBase64url(signature.subarray(1))}`],
    ['a signature in another spelling', `${protectedHeader}.${body}.${mac.slice(0, -1)}x`],
    ['nothing', ''],
    ['too much', 'a'.repeat(9000)],
  ])('with %s is refused', (_, jws) => {
    expect(() => parseSigned('consent', jws, 'consent')).toThrow(RequestInvalid);
  });

  test('of a consent in force names its document', () => {
    expect(() => signedPayloads.consent({ ...header, status: 'in-force' }, 'consent')).toThrow('consent.document');
  });

  test('of a wallet is for a relation or for a patient, not for both', () => {
    const token = { audience: 'AlphaMSP', issuedAt: INSTANT, expiresAt: INSTANT };
    const parse = signedPayloads['wallet-token'];
    expect(parse({ ...token, relationRef: 'R'.repeat(22) }, 'token')).toBeDefined();
    expect(() => parse(token, 'token')).toThrow(RequestInvalid);
    expect(() => parse({ ...token, relationRef: 'R'.repeat(22), subjectRef: 'R'.repeat(22) }, 'token')).toThrow(RequestInvalid);
  });
});
