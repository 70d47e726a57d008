import type { JsonObject } from '../fhir';
import { extractSearchable, findSearchDefinition, newCriteria, parseSought, type Searchable } from '.';

const base = 'http://here/fhir';

/** Whether a search that is written so finds a resource; nothing when it is not implemented. */
function finds(resource: object, ...written: string[]): boolean | undefined {
  const type = (resource as { resourceType: string }).resourceType;
  const sought = written.map((one) => {
    const [, name = '', modifier, value = ''] = /^([^:=]+)(?::([^=]+))?=(.*)$/.exec(one) ?? [];
    const definition = findSearchDefinition(type, name);
    return definition && parseSought({ type, definition, modifier, value, base });
  });
  const known = sought.filter((one) => one !== undefined);
  if (known.length < sought.length) return undefined;
  const { terms, exact }: Searchable = extractSearchable(resource as JsonObject);
  const held = new Set(terms);
  return newCriteria(type, known).every(
    ({ any, none, accepts }) =>
      (any === undefined || any.some((term) => held.has(term))) &&
      none?.some((term) => held.has(term)) !== true &&
      (accepts?.(exact) ?? true),
  );
}

const coded = { resourceType: 'Condition', code: { coding: [{ system: 'urn:s', code: 'a,b' }, { code: 'bare' }] } };
const dated = (value: object): object => ({ resourceType: 'Observation', status: 'final', ...value });
const day = dated({ effectiveDateTime: '2020-03-15' });
const moment = dated({ effectiveDateTime: '2020-03-15T10:30:00+02:00' });
const span = dated({ effectivePeriod: { start: '2019-06-01', end: '2020-06-30' } });
const running = dated({ effectivePeriod: { start: '2019-06-01' } });
const person = { resourceType: 'Patient', name: [{ family: "O'Brien-Müller", given: ['Zoë', 'Ann'] }], active: true, gender: 'female' };
const linked = {
  resourceType: 'Observation',
  encounter: { reference: 'Encounter/e1' },
  performer: [{ reference: 'http://there/fhir/Practitioner/p' }],
};

describe('a token', () => {
  it.each([
    ['code=a\\,b', true],
    ['code=urn:s|a\\,b', true],
    ['code=x,urn:s|a\\,b', true],
    ['code=a,b', false],
    ['code=|bare', true],
    ['code=|a\\,b', false],
    ['code=urn:s|', true],
    ['code=urn:other|', false],
    ['code=urn:s|bare', false],
    ['code:not=x', true],
    ['code:not=x,bare', false],
    ['code:text=x', undefined],
    ['code:in=x', undefined],
  ])('%s: %s', (written, found) => {
    expect(finds(coded, written)).toBe(found);
  });

  it('of an element with a fixed system is a plain code; a system that cannot be checked is not applied', () => {
    expect([finds(person, 'gender=female'), finds(person, 'active=true'), finds(person, 'gender=male,other')]).toEqual([true, true, false]);
    expect(finds(person, 'gender=http://hl7.org/fhir/administrative-gender|female')).toBeUndefined();
  });
});

describe('a text', () => {
  it.each([
    ['name=zoe', true],
    ['name=ZOË', true],
    ['family=o brien', true],
    ['family=o', true],
    ['family=obrien', false],
    ['family=o brien mullerx', false],
    ['family=o brien muller', true],
    ['family:exact=o brien muller', false],
    ["family:exact=O'Brien-Müller", true],
    ['given=ann,bob', true],
    ['given=brien', false],
    ['name:contains=rien', undefined],
  ])('%s: %s', (written, found) => {
    expect(finds(person, written)).toBe(found);
  });
});

describe('a date', () => {
  it.each([
    ['2020-03-15', [true, true, false, false]],
    ['eq2020', [true, true, false, false]],
    ['2019-06,2020-03', [true, true, false, false]],
    ['ne2020', [false, false, true, true]],
    ['gt2020-03-14', [true, true, true, true]],
    ['gt2020-03-15', [false, false, true, true]],
    ['ge2020-03-15T09:00:00Z', [true, false, true, true]],
    ['lt2020-03-15T09:00:00Z', [true, true, true, true]],
    ['lt2020-03-15T08:30:00Z', [true, false, true, true]],
    ['le2020-03-15', [true, true, true, true]],
    ['lt2019-06-01', [false, false, false, false]],
    ['sa2020-03-14', [true, true, false, false]],
    ['eb2020-07-01', [true, true, true, false]],
    ['ap2020', [true, true, true, true]],
    ['ap2031', [false, false, false, true]],
  ])('%s finds of a day, a moment, a period and one that goes on: %j', (value, expected) => {
    expect([day, moment, span, running].map((resource) => finds(resource, `date=${value}`))).toEqual(expected);
  });

  it('is bounded from both sides by two values, also for a period across both', () => {
    const asked = (from: string, until: string): (boolean | undefined)[] =>
      [day, moment, span, running].map((resource) => finds(resource, `date=ge${from}`, `date=lt${until}`));
    expect(asked('2020-03', '2020-04')).toEqual([true, true, true, true]);
    expect(asked('2020-04', '2020-05')).toEqual([false, false, true, true]);
    expect(asked('2021', '2022')).toEqual([false, false, false, true]);
    expect(asked('2020-06', '2019-12')).toEqual([false, false, true, true]);
  });

  it('that is none, or has a modifier, is refused or not applied', () => {
    expect(() => finds(day, 'date=yesterday')).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }));
    expect(() => finds(day, 'date=2020-02-30')).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }));
    expect(finds(day, 'date:missing=true')).toBeUndefined();
  });
});

describe('a reference', () => {
  it.each([
    ['encounter=Encounter/e1', true],
    ['encounter=e1', true],
    ['encounter:Encounter=e1', true],
    ['encounter:EpisodeOfCare=e1', false],
    ['encounter=http://here/fhir/Encounter/e1', true],
    ['encounter=http://there/fhir/Encounter/e1', false],
    ['performer=http://there/fhir/Practitioner/p', true],
    ['performer=Practitioner/p', false],
    ['encounter:identifier=urn:a|1', undefined],
  ])('%s: %s', (written, found) => {
    expect(finds(linked, written)).toBe(found);
  });
});
