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

export interface BodyBounds {
  readonly maxBytes: number;
  /** Milliseconds from now in which all of it must have arrived. */
  readonly withinMs: number;
}

/**
 * Reads a body as UTF-8 text, bounded.
 * @throws CodedError MEDIA_TYPE_UNSUPPORTED, REQUEST_TOO_LARGE, REQUEST_TOO_SLOW, REQUEST_NOT_JSON
 */
export async function readText(message: IncomingMessage, kind: Exclude<BodyKind, 'none'>, bounds: BodyBounds): Promise<string> {
  assertMediaType(message, mediaTypes[kind]);
  const declared = Number(message.headers['content-length'] ?? 0);
  if (declared > bounds.maxBytes) throw tooLarge(bounds.maxBytes);
  const bytes = await collect(message, bounds);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw newError('REQUEST_NOT_JSON', 'The body is not UTF-8', { cause });
  }
}

/**
 * Reads a resource as JSON, in whichever of FHIR's formats it is.
 * @throws CodedError as readText does, FHIR_XML_INVALID
 */
export async function readFhir(message: IncomingMessage, bounds: BodyBounds): Promise<string> {
  const text = await readText(message, 'fhir', bounds);
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

/** What has arrived when it ends; the connection is left alone, so that a caller who is cut off can be told why. */
function collect(message: IncomingMessage, { maxBytes, withinMs }: BodyBounds): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const stop = (error: Error): void => {
      clearTimeout(timer);
      message.removeAllListeners('data');
      chunks.length = 0;
      reject(error);
    };
    const timer = setTimeout(() => {
      stop(newError('REQUEST_TOO_SLOW', `The body must arrive within ${String(withinMs)} ms`));
    }, withinMs);
    message.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) stop(tooLarge(maxBytes));
      else chunks.push(chunk);
    });
    message.once('end', () => {
      clearTimeout(timer);
      resolve(Buffer.concat(chunks));
    });
    message.once('error', () => {
      stop(cutOff());
    });
    message.once('close', () => {
      stop(cutOff());
    });
  });
}

function cutOff(): Error {
  return newError('REQUEST_NOT_JSON', 'The body ended before it was complete');
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
