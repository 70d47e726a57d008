import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '../fhir/json-value';
import { loadProfiles } from './load-profiles';
import { validateResource } from './validate-resource';

const url = 'http://profiles.example/StructureDefinition/contact-patient';
const element = (path: string, more: object) => ({ id: path, path, min: 0, max: '1', ...more });

/** A patient who has a family name, one identifier at most, a contact whose gender is known, and a language of a list of two. */
const profile = {
  resourceType: 'StructureDefinition',
  url,
  version: '1.2.0',
  name: 'ContactPatient',
  type: 'Patient',
  kind: 'resource',
  derivation: 'constraint',
  snapshot: {
    element: [
      element('Patient', {
        max: '*',
        constraint: [{ key: 'cp-1', severity: 'error', human: 'is active or dead', expression: 'active or deceased.exists()' }],
      }),
      element('Patient.meta', { type: [{ code: 'Meta' }] }),
      element('Patient.language', {
        type: [{ code: 'code' }],
        binding: { strength: 'required', valueSet: 'http://profiles.example/ValueSet/languages' },
      }),
      element('Patient.identifier', { base: { path: 'Patient.identifier', min: 0, max: '*' }, type: [{ code: 'Identifier' }] }),
      element('Patient.active', { type: [{ code: 'boolean' }] }),
      element('Patient.name', { min: 1, max: '*', base: { path: 'Patient.name', min: 0, max: '*' }, type: [{ code: 'HumanName' }] }),
      element('Patient.name.family', { min: 1, type: [{ code: 'string' }] }),
      element('Patient.contact', { max: '*', base: { path: 'Patient.contact', min: 0, max: '*' }, type: [{ code: 'BackboneElement' }] }),
      element('Patient.contact.name', { type: [{ code: 'HumanName' }] }),
      element('Patient.contact.gender', { min: 1, type: [{ code: 'code' }] }),
    ],
  },
};
const valueSet = {
  resourceType: 'ValueSet',
  url: 'http://profiles.example/ValueSet/languages',
  compose: { include: [{ system: 'urn:ietf:bcp:47', concept: [{ code: 'en' }, { code: 'zh' }] }] },
};
const sliced = {
  ...profile,
  url: 'http://profiles.example/StructureDefinition/sliced',
  snapshot: {
    element: [
      element('Patient', { max: '*' }),
      element('Patient.link', { slicing: { discriminator: [{ type: 'profile', path: 'other' }] } }),
    ],
  },
};

const patient: JsonObject = {
  resourceType: 'Patient',
  meta: { profile: [url] },
  language: 'zh',
  active: true,
  name: [{ family: 'Vale' }],
  contact: [{ name: { family: 'Vale' }, gender: 'male' }],
};

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'profiles-'));
  mkdirSync(join(folder, 'package'));
  const files = { profile, valueSet, sliced, other: { name: 'a package' } };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, 'package', `${name}.json`), JSON.stringify(content));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

const found = (resource: JsonObject, unknown: 'ignore' | 'refuse' = 'ignore') =>
  validateResource(resource, { profiles: loadProfiles(folder, unknown) }).map(({ path, rule }) => `${path} ${rule}`);

describe('profiles', () => {
  it.each([url, `${url}|1.2.0`])('take a resource that names them and keeps them: %s', (named) => {
    expect(found({ ...patient, meta: { profile: [named] } })).toEqual([]);
  });

  it.each<[string, JsonObject, string[]]>([
    ['an element that the profile requires', { ...patient, name: [{ text: 'Vale' }] }, ['Patient.name[0].family required-element']],
    ['a cardinality of the profile', { ...patient, identifier: [{ value: '1' }, { value: '2' }] }, ['Patient.identifier cardinality']],
    ['an invariant of the profile', { ...patient, active: false }, ['Patient cp-1']],
    ['a code that the profile requires', { ...patient, language: 'fr' }, ['Patient.language binding']],
    [
      'an element of a part that the profile requires',
      { ...patient, contact: [{ name: { family: 'V' } }] },
      ['Patient.contact[0].gender required-element'],
    ],
    ['a profile of another type', { resourceType: 'Practitioner', meta: { profile: [url] } }, ['Practitioner.meta.profile[0] profile']],
  ])('name %s', (_, resource, issues) => {
    expect(found(resource)).toEqual(issues);
  });

  it('are not held against a resource that does not name them', () => {
    expect(found({ resourceType: 'Patient', language: 'fr' })).toEqual([]);
  });

  it.each([`${url}|9`, 'http://profiles.example/StructureDefinition/none', sliced.url])(
    'are passed over or refused where they are not known: %s',
    (named) => {
      const resource = { ...patient, meta: { profile: [named] } };
      expect(found(resource)).toEqual([]);
      expect(found(resource, 'refuse')).toEqual(['Patient.meta.profile[0] profile']);
    },
  );

  it('that cannot be held against resources are told', () => {
    expect(loadProfiles(folder, 'ignore').unusable).toEqual([{ url: sliced.url, reason: expect.stringContaining('discriminator') }]);
  });
});
