import fc from 'fast-check';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseLosslessJson } from '../fhir/json-reader';
import type { JsonObject, JsonValue } from '../fhir/json-value';
import { validateResource } from './validate-resource';

const canary = 'CANARY-51C7';

const patient = {
  resourceType: 'Patient',
  id: 'p',
  identifier: [{ system: 'urn:oid:1.2.3', value: '7' }],
  name: [{ family: 'Vale', given: ['Ana', 'Bo'] }],
  gender: 'female',
  birthDate: '1970-02-28',
  deceasedBoolean: false,
  contact: [{ name: { family: 'Vale' }, period: { start: '2020', end: '2021' } }],
} satisfies JsonObject;

const observation = {
  resourceType: 'Observation',
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '4548-4' }] },
  subject: { reference: 'Patient/p' },
  effectiveDateTime: '2024-02-29T10:00:00+01:00',
  valueQuantity: { value: 6.3, unit: '%', system: 'http://unitsofmeasure.org', code: '%' },
} satisfies JsonObject;

const condition = {
  resourceType: 'Condition',
  clinicalStatus: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }] },
  subject: { reference: 'Patient/p' },
} satisfies JsonObject;

const { code: _code, ...withoutCode } = observation;
const contained = { resourceType: 'Practitioner', id: 'dr' };

const found = (resource: JsonObject) => validateResource(resource).map(({ path, rule }) => `${path} ${rule}`);

describe('the validation of a resource', () => {
  it.each<[string, JsonObject]>([
    ['a patient', patient],
    ['an observation', observation],
    ['a condition', condition],
    ['an extension beside a primitive', { ...patient, _birthDate: { extension: [{ url: 'urn:x', valueString: 'y' }] } }],
    [
      'a missing name in a list of names',
      { ...patient, name: [{ given: [null, 'Bo'], _given: [{ extension: [{ url: 'urn:x', valueCode: 'y' }] }, null] }] },
    ],
    ['a reference to what it contains', { ...observation, contained: [contained], performer: [{ reference: '#dr' }] }],
    [
      'a reference by urn and by address',
      { ...observation, performer: [{ reference: 'urn:uuid:3f0c' }, { reference: 'https://a.example/Practitioner/1' }] },
    ],
    ['base64 in lines', { resourceType: 'Binary', contentType: 'text/plain', data: 'YWJj\r\nZGVm' }],
    ['two megabytes of base64', { resourceType: 'Binary', contentType: 'text/plain', data: 'YWJj'.repeat(524_288) }],
    [
      'a probability below one',
      { resourceType: 'RiskAssessment', status: 'final', subject: { reference: 'Patient/p' }, prediction: [{ probabilityDecimal: 0.5 }] },
    ],
    [
      'a decimal that JavaScript cannot hold',
      parseLosslessJson(JSON.stringify(observation).replace('6.3', '6.30000000000000000001')) as JsonObject,
    ],
  ])('accepts %s', (_, resource) => {
    expect(validateResource(resource)).toEqual([]);
  });

  it.each<[string, JsonObject, string[]]>([
    ['a required element that is missing', withoutCode, ['Observation.code required-element']],
    [
      'a required element deep inside that is missing',
      { ...patient, communication: [{ preferred: true }] },
      ['Patient.communication[0].language required-element'],
    ],
    ['an element that the type does not have', { ...patient, colour: canary }, ['Patient.colour unknown-element']],
    [
      'a choice of a type that the element does not have',
      { ...patient, deceasedString: canary },
      ['Patient.deceasedString unknown-element'],
    ],
    ['text where a boolean belongs', { ...patient, active: canary }, ['Patient.active data-type']],
    ['text where an object belongs', { ...patient, name: [canary] }, ['Patient.name[0] data-type']],
    ['an object where a text belongs', { ...patient, birthDate: { x: canary } }, ['Patient.birthDate data-type']],
    ['one where a list belongs', { ...patient, name: { family: canary } }, ['Patient.name data-type']],
    ['a list where one belongs', { ...patient, gender: ['female'] }, ['Patient.gender data-type']],
    ['a month that no year has', { ...patient, birthDate: '1970-13-01' }, ['Patient.birthDate format']],
    ['a day that the month does not have', { ...patient, birthDate: '1970-02-30' }, ['Patient.birthDate format']],
    ['a date with a time where a date belongs', { ...patient, birthDate: '1970-02-28T10:00:00Z' }, ['Patient.birthDate format']],
    ['a time without a zone', { ...observation, effectiveDateTime: '2024-02-29T10:00:00' }, ['Observation.effectiveDateTime format']],
    ['an id with a space', { ...patient, id: 'a b' }, ['Patient.id format']],
    ['a position of nought', { ...patient, telecom: [{ system: 'phone', value: '1', rank: 0 }] }, ['Patient.telecom[0].rank format']],
    ['base64 that is none', { resourceType: 'Binary', contentType: 'text/plain', data: 'YW!=' }, ['Binary.data format']],
    ['a code outside a required value set', { ...patient, gender: 'zzz' }, ['Patient.gender binding']],
    ['a code of another case', { ...patient, gender: 'Female' }, ['Patient.gender binding']],
    [
      'a concept outside a required value set',
      { ...condition, clinicalStatus: { coding: [{ system: canary, code: 'active' }] } },
      ['Condition.clinicalStatus binding'],
    ],
    ['words where a coded concept is required', { ...condition, clinicalStatus: { text: canary } }, ['Condition.clinicalStatus binding']],
    ['a contact of nobody (pat-1)', { ...patient, contact: [{ gender: 'male' }] }, ['Patient.contact[0] pat-1']],
    ['an invariant of the resource (obs-6)', { ...observation, dataAbsentReason: { text: 'x' } }, ['Observation obs-6']],
    [
      'an invariant of a type inside (per-1)',
      { ...patient, contact: [{ name: { family: 'V' }, period: { start: '2021', end: '2020' } }] },
      ['Patient.contact[0].period per-1'],
    ],
    ['an invariant of a choice (qty-3)', { ...observation, valueQuantity: { value: 1, code: 'mg' } }, ['Observation.valueQuantity qty-3']],
    ['an extension without a url', { ...patient, extension: [{ valueString: canary }] }, ['Patient.extension[0].url required-element']],
    [
      'an extension with a value and extensions (ext-1)',
      { ...patient, extension: [{ url: 'urn:x', valueString: 'y', extension: [{ url: 'urn:z', valueCode: 'c' }] }] },
      ['Patient.extension[0] ext-1'],
    ],
    ['a choice made twice', { ...patient, deceasedDateTime: '2020' }, ['Patient.deceasedDateTime choice']],
    ['a reference that is words', { ...observation, subject: { reference: canary } }, ['Observation.subject reference-format']],
    [
      'a reference to a type that FHIR does not have',
      { ...observation, subject: { reference: 'Person2/1' } },
      ['Observation.subject reference-format'],
    ],
    [
      'a reference to something contained that is not there',
      { ...observation, subject: { reference: '#p' } },
      ['Observation.subject reference-format'],
    ],
    [
      'a reference to a type that may not stand there',
      { ...observation, subject: { reference: 'Claim/1' } },
      ['Observation.subject reference-target'],
    ],
    ['an empty text', { ...patient, name: [{ family: '' }] }, ['Patient.name[0].family empty']],
    ['nothing where something stands', { ...patient, gender: null }, ['Patient.gender empty']],
    [
      'something wrong in a contained resource',
      { ...observation, contained: [{ ...contained, gender: canary }], performer: [{ reference: '#dr' }] },
      ['Observation.contained[0].gender binding'],
    ],
    [
      'a contained resource of no type',
      { ...observation, contained: [{ resourceType: canary }] },
      ['Observation.contained[0].resourceType resource-type'],
    ],
    ['no type at all', { resourceType: 'codes' }, ['codes.resourceType resource-type']],
    [
      'several things at once',
      { ...patient, gender: 'x', birthDate: 'y', colour: 'z' },
      ['Patient.gender binding', 'Patient.birthDate format', 'Patient.colour unknown-element'],
    ],
  ])('names element and rule of %s', (_, resource, issues) => {
    expect(found(resource).sort()).toEqual([...issues].sort());
  });

  it('never repeats what stands in the resource', () => {
    const wrong = [
      { ...patient, gender: canary, birthDate: canary, name: [canary], colour: canary, contact: [{ gender: canary }] },
      { ...observation, subject: { reference: `${canary}/1` }, status: canary, [`${canary} a`]: 1, extension: [{ valueString: canary }] },
      { resourceType: canary },
    ];
    for (const resource of wrong) {
      expect(validateResource(resource)).not.toEqual([]);
      expect(JSON.stringify(validateResource(resource))).not.toContain(canary);
    }
  });

  it('leaves the resource as it is', () => {
    const before = structuredClone(patient);
    validateResource(patient);
    expect(patient).toEqual(before);
  });

  it('refuses or accepts whatever one element is replaced with, and never fails', () => {
    const bases: readonly JsonObject[] = [patient, observation, condition];
    const places = bases.flatMap((base) => pathsOf(base).map((path) => ({ base, path })));
    const wrong = fc.oneof(
      fc.constantFrom<JsonValue>(null, {}, [], [[]], '', ' ', -1, { a: 1 }, [null]),
      fc.jsonValue().map((value) => value as JsonValue),
    );
    fc.assert(
      fc.property(fc.constantFrom(...places), wrong, ({ base, path }, value) => {
        const changed = replaceAt(base, path, value) as JsonObject;
        const issues = validateResource(changed);
        // Free text takes any text, a decimal any number; everything else is refused unless nothing changed.
        if (issues.length === 0) expect(['string', 'number', 'boolean']).toContain(typeof value);
      }),
      { numRuns: 400 },
    );
  });
});

function pathsOf(value: JsonValue, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [
    ...(path.length > 0 ? [path] : []),
    ...Object.entries(value).flatMap(([name, inner]) => pathsOf(inner as JsonValue, [...path, name])),
  ];
}

function replaceAt(value: JsonValue, [name, ...rest]: readonly (string | number)[], replacement: JsonValue): JsonValue {
  if (name === undefined) return replacement;
  const copy = structuredClone(value) as Record<string | number, JsonValue>;
  copy[name] = replaceAt(copy[name]!, rest, replacement);
  return copy;
}

describe('the validation of Synthea bundles', () => {
  const folder = join(__dirname, '../../../../shared/data/synthea');
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : [];
  if (files.length === 0) {
    it.todo(`finds nothing wrong: not tested, for there are no bundles at ${folder}`);
    return;
  }

  it.each(files)('finds nothing wrong with %s', (file) => {
    const { entry } = parseLosslessJson(readFileSync(join(folder, file), 'utf8')) as unknown as { entry: { resource: JsonObject }[] };
    expect(entry.flatMap(({ resource }) => validateResource(resource))).toEqual([]);
  });
});
