import { parseBundle } from './bundle';

type Json = Record<string, unknown>;

const entry = (changes: Json = {}): Json => ({
  fullUrl: 'urn:uuid:0d2f0a8e-3b1e-4a55-9d8e-2f9c6a1b7c10',
  resource: { resourceType: 'Patient' },
  request: { method: 'POST', url: 'Patient' },
  ...changes,
});
const bundle = (...entries: unknown[]): Json => ({ resourceType: 'Bundle', type: 'transaction', entry: entries });

describe('the shape of a transaction bundle', () => {
  it('is accepted when it is right', () => {
    expect(parseBundle(JSON.stringify(bundle(entry())))).toMatchObject([
      { place: 'entry[0]', type: 'Patient', request: { method: 'POST' } },
    ]);
  });

  it.each<[Json | unknown[] | string, string, string]>([
    ['text', 'resourceType', 'BUNDLE_INVALID'],
    [[], 'resourceType', 'BUNDLE_INVALID'],
    [{ resourceType: 'Patient' }, 'resourceType', 'BUNDLE_INVALID'],
    [{ ...bundle(entry()), type: 'batch' }, 'type', 'BUNDLE_INVALID'],
    [{ ...bundle(entry()), entry: {} }, 'entry', 'BUNDLE_INVALID'],
    [bundle(), 'entry', 'BUNDLE_INVALID'],
    [{ ...bundle(entry()), entries: [] }, 'entries', 'BUNDLE_INVALID'],
    [bundle(entry(), null), 'entry[1]', 'BUNDLE_INVALID'],
    [bundle(entry({ respond: {} })), 'entry[0].respond', 'BUNDLE_INVALID'],
    [bundle(entry({ request: undefined })), 'entry[0].request', 'BUNDLE_INVALID'],
    [bundle(entry({ request: { method: 'post', url: 'Patient' } })), 'entry[0].request.method', 'BUNDLE_INVALID'],
    [bundle(entry({ request: { method: 'DELETE', url: 'Patient/1' } })), 'entry[0].request.method', 'BUNDLE_NOT_SUPPORTED'],
    [bundle(entry({ request: { method: 'GET', url: 'Patient/1' } })), 'entry[0].request.method', 'BUNDLE_NOT_SUPPORTED'],
    [bundle(entry({ request: { method: 'POST' } })), 'entry[0].request.url', 'BUNDLE_INVALID'],
    [bundle(entry({ request: { method: 'POST', url: 'Observation' } })), 'entry[0].request.url', 'BUNDLE_INVALID'],
    [
      bundle(entry({ request: { method: 'POST', url: 'Patient', ifNoneMatch: '*' } })),
      'entry[0].request.ifNoneMatch',
      'BUNDLE_NOT_SUPPORTED',
    ],
    [bundle(entry({ request: { method: 'POST', url: 'Patient', ifMatch: 'W/"1"' } })), 'entry[0].request.ifMatch', 'BUNDLE_INVALID'],
    [bundle(entry({ request: { method: 'POST', url: 'Patient', header: 'x' } })), 'entry[0].request.header', 'BUNDLE_INVALID'],
    [bundle(entry({ request: { method: 'PUT', url: 'Patient' } })), 'entry[0].request.url', 'BUNDLE_INVALID'],
    [bundle(entry({ request: { method: 'PUT', url: 'Patient/1' } })), 'entry[0].resource.id', 'BUNDLE_INVALID'],
    [bundle(entry({ resource: undefined })), 'entry[0].resource', 'BUNDLE_INVALID'],
    [bundle(entry({ resource: { resourceType: 'Person2' } })), 'entry[0].resource.resourceType', 'BUNDLE_INVALID'],
    [bundle(entry({ resource: { resourceType: 'toString' } })), 'entry[0].resource.resourceType', 'BUNDLE_INVALID'],
    [bundle(entry({ resource: { resourceType: 'Patient', id: 'a b' } })), 'entry[0].resource.id', 'BUNDLE_INVALID'],
    [bundle(entry({ fullUrl: 'Patient/1' })), 'entry[0].fullUrl', 'BUNDLE_INVALID'],
    [bundle(entry({ fullUrl: 7 })), 'entry[0].fullUrl', 'BUNDLE_INVALID'],
    [bundle(entry(), entry()), 'entry[1].fullUrl', 'BUNDLE_DUPLICATE'],
  ])('is refused in %j at %s', (value, place, code) => {
    expect(() => parseBundle(JSON.stringify(value))).toThrow(expect.objectContaining({ code, details: { place } }) as Error);
  });
});

describe('the elements of a resource', () => {
  const patient = (more: Json): string => JSON.stringify(bundle(entry({ resource: { resourceType: 'Patient', ...more } })));

  it.each<[Json, string]>([
    [{ name: [] }, 'name'],
    [{ name: [{}] }, 'name[0]'],
    [{ name: [{ family: '' }] }, 'name[0].family'],
    [{ active: null }, 'active'],
    [{ name: [[{ family: 'x' }]] }, 'name[0]'],
    [{ 'first name': 'x' }, '(a name that is no FHIR element)'],
    [{ meta: 'x' }, 'meta'],
    [{ extension: ['x'] }, 'extension[0]'],
    [{ identifier: 7 }, 'identifier'],
    [{ subject: 'Patient/1' }, 'subject'],
    [{ text: 1.5e99 }, 'text'],
    [{ contained: [{ resourceType: 'Nobody' }] }, 'contained[0].resourceType'],
  ])('are refused where FHIR JSON has no such thing: %j', (more, place) => {
    const error = expect.objectContaining({ code: 'BUNDLE_INVALID', details: { place: `entry[0].resource.${place}` } }) as Error;
    expect(() => parseBundle(patient(more))).toThrow(error);
  });

  it('may be null where only the extension of a primitive stands', () => {
    const given = { given: [null, 'Jo'], _given: [{ extension: [{ url: 'urn:x', valueCode: 'unknown' }] }, null] };
    expect(() => parseBundle(patient({ name: [given] }))).not.toThrow();
  });
});
