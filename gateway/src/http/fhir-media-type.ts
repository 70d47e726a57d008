import { newError } from '../problem';

/** How FHIR is written. */
export type FhirFormat = 'json' | 'xml';

/** Ranges of media types; of what is asked for alike, the first is taken. */
const ranges: Readonly<Record<string, FhirFormat>> = {
  'application/fhir+json': 'json',
  'application/json': 'json',
  'text/json': 'json',
  'application/fhir+xml': 'xml',
  'application/xml': 'xml',
  'text/xml': 'xml',
  'application/*': 'json',
  '*/*': 'json',
};
const words: Readonly<Record<string, FhirFormat>> = { json: 'json', xml: 'xml' };

/** Media types of bodies in XML. */
export const xmlTypes: readonly string[] = ['application/fhir+xml', 'application/xml', 'text/xml'];

/** Whether an address is one of a FHIR service. */
export function isFhirPath(path: string): boolean {
  return /^\/fhir(\/|$)/.test(path);
}

/**
 * How a caller wants FHIR; `_format` counts more than Accept (FHIR R4 http.html#mime-type). JSON where it is all the same.
 * @throws CodedError MEDIA_TYPE_NOT_OFFERED
 */
export function chooseFhirFormat(accept: string | undefined, format: unknown): FhirFormat {
  // A plus sign in a query is a space.
  const asked =
    typeof format === 'string'
      ? format
          .toLowerCase()
          .replace(/fhir (json|xml)/, 'fhir+$1')
          .split(';')[0]
      : undefined;
  const found = asked === undefined ? chooseAccepted(accept ?? '*/*') : (words[asked] ?? (asked.includes('*') ? undefined : ranges[asked]));
  if (found === undefined)
    throw newError('MEDIA_TYPE_NOT_OFFERED', 'Accept application/fhir+json or application/fhir+xml; nothing else is offered');
  return found;
}

function chooseAccepted(accept: string): FhirFormat | undefined {
  const offered = accept.split(',').flatMap(readRange);
  const most = Math.max(...offered.map(({ quality }) => quality));
  return offered.find(({ quality }) => quality === most)?.format;
}

function readRange(part: string): { readonly format: FhirFormat; readonly quality: number }[] {
  const [range = '', ...parameters] = part
    .toLowerCase()
    .split(';')
    .map((text) => text.trim());
  const format = Object.hasOwn(ranges, range) ? ranges[range] : undefined;
  const quality = Number(parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? 1);
  const isOfVersion = parameters.every((parameter) => !parameter.startsWith('fhirversion=') || parameter.startsWith('fhirversion=4.0'));
  return format !== undefined && quality > 0 && isOfVersion ? [{ format, quality }] : [];
}
