import { formatBase64url, parseBase64url } from './encoding/base64url';
import { formatCanonical } from './encoding/canonical-json';
import { RequestInvalid } from './encoding/parser';
import { parseUtf8, formatUtf8 } from './encoding/utf8';
import { signedPayloads, type SignedKind, type SignedPayload } from './signed-payload';

/** Longest compact form that is read, in characters. */
const MAX_LENGTH = 8192;

/** A compact JWS taken apart; its signature is not verified yet. */
export interface Signed<K extends SignedKind> {
  readonly kind: K;
  readonly payload: SignedPayload<K>;
  readonly jws: string;
  /** What the signature is over (RFC 7515 section 5.1): ASCII. */
  readonly signingInput: string;
  /** r || s, 64 bytes (RFC 7518 section 3.4). */
  readonly signature: Uint8Array;
}

function protectedHeader(kind: SignedKind): string {
  return formatBase64url(formatUtf8(formatCanonical({ alg: 'ES256', typ: `medaccord-${kind}+jws` })));
}

/** The text to be signed with ES256: protected header and canonical payload. */
export function formatSigningInput<K extends SignedKind>(kind: K, payload: SignedPayload<K>): string {
  return `${protectedHeader(kind)}.${formatBase64url(formatUtf8(formatCanonical(payload)))}`;
}

/** The compact form of a signing input and its signature (r || s). */
export function formatSigned(signingInput: string, signature: Uint8Array): string {
  return `${signingInput}.${formatBase64url(signature)}`;
}

/**
 * Takes a compact JWS of one kind apart. The header must be exactly ours and the payload canonical, so that one meaning has one text.
 *
 * @throws RequestInvalid naming `place`.
 */
export function parseSigned<K extends SignedKind>(kind: K, jws: unknown, place: string): Signed<K> {
  const { compact, header, body, mac } = splitCompact(jws, place);
  if (header !== protectedHeader(kind)) throw new RequestInvalid(place, `a JWS with the header of medaccord-${kind}+jws and ES256`);
  const signature = parseBase64url(mac);
  if (signature?.length !== 64) throw new RequestInvalid(place, 'a JWS with a signature of 64 bytes');
  const payload = parsePayload(kind, parseBody(body, `${place}.payload`), `${place}.payload`);
  return { kind, payload, jws: compact, signingInput: `${header}.${body}`, signature };
}

/** Tells whether two compact JWS are of one statement: header and payload. A signature has more than one valid form. */
export function isSameStatement(one: string, other: string): boolean {
  return statementOf(one) === statementOf(other);
}

function statementOf(jws: string): string {
  return jws.slice(0, jws.lastIndexOf('.'));
}

/** The bytes of a compact JWS's payload, whatever it is of. */
export function payloadBytes(jws: string): Uint8Array {
  return parseBase64url(jws.split('.')[1] ?? '') ?? new Uint8Array();
}

interface CompactParts {
  readonly compact: string;
  readonly header: string;
  readonly body: string;
  readonly mac: string;
}

function splitCompact(jws: unknown, place: string): CompactParts {
  const parts = typeof jws === 'string' && jws.length <= MAX_LENGTH ? jws.split('.') : [];
  if (parts.length !== 3) throw new RequestInvalid(place, 'a compact JWS');
  const [header, body, mac] = parts as [string, string, string];
  return { compact: parts.join('.'), header, body, mac };
}

function parseBody(body: string, place: string): string {
  const bytes = parseBase64url(body);
  const text = bytes === undefined ? undefined : parseUtf8(bytes);
  if (text === undefined) throw new RequestInvalid(place, 'base64url of UTF-8');
  return text;
}

function parsePayload<K extends SignedKind>(kind: K, text: string, place: string): SignedPayload<K> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new RequestInvalid(place, 'JSON');
  }
  const payload = signedPayloads[kind](value, place) as SignedPayload<K>;
  if (formatCanonical(payload) !== text) throw new RequestInvalid(place, 'canonical JSON (RFC 8785)');
  return payload;
}
