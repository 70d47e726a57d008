import type { Request as HttpRequest } from 'express';
import { parseLosslessJson, type JsonObject } from '../fhir';
import { formatFhirXml } from '../fhir-xml';
import { chooseFhirFormat } from './fhir-media-type';
import type { Response } from './route';

export const fhirJson = 'application/fhir+json';
const fhirXml = 'application/fhir+xml';

type Body = Required<Pick<Response, 'body' | 'contentType'>>;

/** A resource in XML; what is none stays as it is. @throws CodedError MEDIA_TYPE_NOT_OFFERED when XML cannot hold it */
export function toXml<T extends Body>(response: T): T {
  const { body, contentType } = response;
  if (contentType !== fhirJson || body === '') return response;
  return { ...response, body: formatFhirXml(parseLosslessJson(String(body)) as JsonObject), contentType: fhirXml };
}

/** As toXml, but what XML cannot hold stays JSON: for answers that tell of something done. */
export function toXmlIfPossible<T extends Body>(response: T): T {
  try {
    return toXml(response);
  } catch {
    return response;
  }
}

/** Whether a caller wants errors in XML, as far as it says so. */
export function wantsXml({ headers, query }: HttpRequest): boolean {
  try {
    return chooseFhirFormat(headers.accept, query['_format']) === 'xml';
  } catch {
    return false;
  }
}
