import type { IncomingMessage } from 'node:http';
import { parseLosslessJson } from '../fhir/json-reader';
import { formatJson } from '../fhir/json-value';
import { parseFhirXml } from '../fhir-xml';
import { newError, readCode } from '../problem';
import { xmlTypes } from './fhir-media-type';
import type { BodyKind } from './route';

const mediaTypes: Readonly<Record<Exclude<BodyKind, 'none'>, readonly string[]>> = {
  json: ['application/json', 'application/scim+json'],
  fhir: ['application/fhir+json', 'application/json', ...xmlTypes],
  patch: ['application/json-patch+json'],
  form: ['application/x-www-form-urlencoded'],
};

/**
 * Reads a body as UTF-8 text, bounded.
 * @throws CodedError MEDIA_TYPE_UNSUPPORTED, REQUEST_TOO_LARGE, REQUEST_NOT_JSON
 */
export async function readText(message: IncomingMessage, kind: Exclude<BodyKind, 'none'>, maxBytes: number): Promise<string> {
  assertMediaType(message, mediaTypes[kind]);
  const declared = Number(message.headers['content-length'] ?? 0);
  if (declared > maxBytes) throw tooLarge(maxBytes);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw tooLarge(maxBytes);
    chunks.push(chunk);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks));
  } catch (cause) {
    throw newError('REQUEST_NOT_JSON', 'The body is not UTF-8', { cause });
  }
}

/**
 * Reads a resource as JSON, in whichever of FHIR's formats it is.
 * @throws CodedError as readText does, FHIR_XML_INVALID
 */
export async function readFhir(message: IncomingMessage, maxBytes: number): Promise<string> {
  const text = await readText(message, 'fhir', maxBytes);
  return xmlTypes.includes(readMediaType(message)) ? formatJson(parseFhirXml(text)) : text;
}

function readMediaType({ headers }: IncomingMessage): string {
  return (headers['content-type'] ?? '').toLowerCase().split(';')[0]?.trim() ?? '';
}

/**
 * Parses strictly: a name that occurs twice, `__proto__` and deep nesting are errors, as is anything that is not JSON.
 * @throws CodedError REQUEST_NOT_JSON
 */
export function parseStrictJson(text: string): unknown {
  try {
    parseLosslessJson(text);
    return JSON.parse(text);
  } catch (cause) {
    const place = readCode(cause) === undefined ? undefined : (cause as { details?: { place?: string } }).details?.place;
    throw newError('REQUEST_NOT_JSON', 'The body must be one JSON value, no name twice in an object', {
      cause,
      ...(place === undefined ? {} : { details: { place } }),
    });
  }
}

function assertMediaType(message: IncomingMessage, allowed: readonly string[]): void {
  const [type = '', ...parameters] = (message.headers['content-type'] ?? '')
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  const charsets = parameters.filter((parameter) => parameter.startsWith('charset='));
  const isUtf8 = charsets.every((charset) => charset.replaceAll('"', '') === 'charset=utf-8');
  if (allowed.includes(type) && isUtf8 && message.headers['content-encoding'] === undefined) return;
  throw newError('MEDIA_TYPE_UNSUPPORTED', `Send ${allowed.join(' or ')}, UTF-8, not compressed`);
}

function tooLarge(maxBytes: number): Error {
  return newError('REQUEST_TOO_LARGE', `The body may have ${String(maxBytes)} bytes at most`, { details: { maxBytes } });
}
