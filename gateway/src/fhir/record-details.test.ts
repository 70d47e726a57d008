import { newRecordDetails } from './record-details';
import { parseLosslessJson } from './json-reader';
import type { JsonObject } from './json-value';

type Resource = { readonly resourceType: string } & Record<string, unknown>;

const detailsOf = (resource: Resource): ReturnType<typeof newRecordDetails> =>
  newRecordDetails(resource.resourceType, parseLosslessJson(JSON.stringify(resource)) as JsonObject);
const V3 = 'http://terminology.hl7.org/CodeSystem';
const observation = (...codes: string[]): Resource => ({
  resourceType: 'Observation',
  category: codes.map((code) => ({ coding: [{ system: `${V3}/observation-category`, code }] })),
});

describe('the details of a record', () => {
  it('name its codes, its authors and its encounter', () => {
    const coding = { system: 'http://loinc.org', code: '4548-4' };
    const details = detailsOf({
      ...observation('laboratory'),
      code: { coding: [coding, { ...coding, display: 'Haemoglobin A1c' }, { code: 'local' }, { system: 'not a uri', code: 'x' }] },
      performer: [{ reference: 'Practitioner/p1' }, { display: 'no reference' }],
      encounter: { reference: 'Encounter/e1' },
    });
    expect(details).toMatchObject({
      codes: [coding, { system: '', code: 'local' }],
      authors: ['Practitioner/p1'],
      encounter: 'Encounter/e1',
    });
  });

  it('find authors in the parts of a procedure, and the encounter of a document in its context', () => {
    const performer = [{ actor: { reference: 'Practitioner/p1' } }, { actor: { reference: 'Practitioner/p1' } }];
    expect(detailsOf({ resourceType: 'Procedure', performer })).toMatchObject({ authors: ['Practitioner/p1'], encounter: null });
    const context = { encounter: [{ reference: 'Encounter/e2' }] };
    expect(detailsOf({ resourceType: 'DocumentReference', context })).toMatchObject({ authors: [], encounter: 'Encounter/e2' });
  });

  it('hold no more codes and authors than the model takes', () => {
    const coding = Array.from({ length: 60 }, (_, at) => ({ system: 'urn:x', code: `c${String(at)}` }));
    const performer = Array.from({ length: 30 }, (_, at) => ({ reference: `Practitioner/p${String(at)}` }));
    const { codes, authors } = detailsOf({ ...observation('laboratory'), code: { coding }, performer });
    expect([codes.length, authors.length]).toEqual([50, 20]);
  });

  it('tell observations apart by their category, other resources by their type', () => {
    expect(detailsOf(observation('laboratory')).category).toBe('laboratory');
    expect(detailsOf(observation('survey', 'vital-signs')).category).toBe('social-history');
    expect(detailsOf(observation('made-up', 'vital-signs')).category).toBe('vital-signs');
    expect(detailsOf(observation()).category).toBe('other');
    expect(detailsOf({ resourceType: 'DiagnosticReport' }).category).toBe('reports');
    expect(detailsOf({ resourceType: 'Basic' }).category).toBe('other');
  });

  it('carry security labels, and put a sensitive record into its own category', () => {
    const security = [
      { system: `${V3}/v3-ActCode`, code: 'HIV' },
      { system: `${V3}/v3-Confidentiality`, code: 'R' },
      { system: 'urn:local', code: 'X' },
    ];
    const details = detailsOf({ ...observation('laboratory'), meta: { security } });
    expect(details).toMatchObject({ category: 'hiv', labels: ['HIV', 'R'] });
  });

  it.each([
    [
      { resourceType: 'Observation', effectiveDateTime: '2026-03-09T09:20:00+01:00' },
      '2026-03-09T09:20:00+01:00',
      '2026-03-09T09:20:00+01:00',
    ],
    [{ resourceType: 'Procedure', performedPeriod: { start: '2026-03', end: '2026-04-01' } }, '2026-03', '2026-04-01'],
    [{ resourceType: 'Encounter', period: { start: '2026' } }, '2026', null],
    [{ resourceType: 'Condition', onsetDateTime: '1989-08', recordedDate: '2020-01-01' }, '1989-08', '1989-08'],
    [{ resourceType: 'MedicationRequest', authoredOn: 'in spring' }, null, null],
    [{ resourceType: 'Patient', birthDate: '1968-04-17' }, null, null],
  ])('say when: %j', (resource, from, until) => {
    expect(detailsOf(resource).dates).toEqual({ from, until });
  });

  it.each([
    { resourceType: 'Observation', category: 'laboratory', meta: [] },
    { resourceType: 'Observation', category: [null, { coding: {} }, { coding: [1, { code: 7 }] }], meta: { security: 'R' } },
  ])('survive wrong types: %j', (resource) => {
    expect(detailsOf(resource).category).toBe('other');
  });
});
