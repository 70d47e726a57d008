import { newError } from '../problem';

const ranges = new Set(['*/*', 'application/*', 'application/fhir+json', 'application/json', 'text/json']);
const formats = new Set(['json', 'application/json', 'application/fhir+json', 'text/json']);

/** Whether an address is one of a FHIR service. */
export function isFhirPath(path: string): boolean {
  return /^\/fhir(-released)?(\/|$)/.test(path);
}

/**
 * Checks that a caller takes FHIR JSON; `_format` counts more than Accept (FHIR R4 http.html#mime-type).
 * @throws CodedError MEDIA_TYPE_NOT_OFFERED
 */
export function assertFhirAccepted(accept: string | undefined, format: unknown): void {
  // A plus sign in a query is a space.
  const asked = typeof format === 'string' ? format.toLowerCase().replace('fhir json', 'fhir+json') : undefined;
  const isTaken = asked === undefined ? accept === undefined || accept.split(',').some(isOffered) : formats.has(asked.split(';')[0] ?? '');
  if (!isTaken) throw newError('MEDIA_TYPE_NOT_OFFERED', 'Accept application/fhir+json; nothing else is offered');
}

function isOffered(part: string): boolean {
  const [range = '', ...parameters] = part
    .toLowerCase()
    .split(';')
    .map((text) => text.trim());
  const isWanted = !parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter));
  const isOfVersion = parameters.every((parameter) => !parameter.startsWith('fhirversion=') || parameter.startsWith('fhirversion=4.0'));
  return ranges.has(range) && isWanted && isOfVersion;
}
