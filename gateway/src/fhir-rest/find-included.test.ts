import type { IndexedRecord, Listed, ListQuery } from '../store';
import { findIncluded, mostIncluded } from './find-included';
import type { Held } from './held';
import { parseInclude } from './parse-include';
import { parseSearch } from './parse-search';

const newListed = (recordId: string): Listed => ({
  recordId,
  version: 1,
  type: 'Observation',
  subjectRef: 's',
  place: { rank: 1, updated: '' },
});
const patient = { recordId: 'p', type: 'Patient', id: 'p', subjectRef: 's' } as IndexedRecord;

/** A custodian with so many observations of the one patient. */
const newHeld = (count: number, asked: ListQuery[] = []): Held =>
  ({
    index: { findVersion: (recordId: string) => ({ ...patient, recordId }) },
    resources: {
      list: (query: ListQuery, { most }: { most: number }) => {
        asked.push(query);
        return Array.from({ length: Math.min(count, most) }, (_, at) => newListed(`o${String(at)}`));
      },
    },
  }) as unknown as Held;
const search = parseSearch('Patient', [['_revinclude', 'Observation:patient']]);

describe('what comes along with a page', () => {
  it('is bounded, and says when it is cut off', () => {
    const include = (count: number): [number, boolean] => {
      const { records, isCutOff } = findIncluded(newHeld(count), search, { records: [patient], resources: [] });
      return [records.length, isCutOff];
    };
    expect([include(3), include(mostIncluded), include(100_000)]).toEqual([
      [3, false],
      [mostIncluded, false],
      [mostIncluded, true],
    ]);
  });

  it('is of the patients of the page only, each asked for once', () => {
    const asked: ListQuery[] = [];
    findIncluded(newHeld(1, asked), search, {
      records: [patient, patient, { ...patient, type: 'Group', subjectRef: 'other' }],
      resources: [],
    });
    expect(asked).toEqual([{ type: 'Observation', subjectRef: 's' }]);
  });
});

describe('an include', () => {
  it.each([
    ['Observation:patient', [['subject']], 'Patient'],
    ['Coverage:patient', [['beneficiary']], 'Patient'],
    ['Observation:subject:Group', [['subject']], 'Group'],
    ['MedicationRequest:medication', [['medicationReference']], undefined],
  ])('is read by the table of search parameters: %s', (written, paths, target) => {
    expect(parseInclude(written)).toMatchObject({ paths, target });
  });

  it.each([
    '*',
    'Observation',
    'Observation:*',
    'Observation:code',
    'Nothing:patient',
    'Observation:patient:Nobody',
    'Observation:patient:Patient:more',
    'Practitioner:patient',
  ])('is none: %s', (written) => {
    expect(parseInclude(written)).toBeUndefined();
  });
});
