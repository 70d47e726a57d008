import { newLocalKey } from '../store/local-key';
import { formatCursor, parseCursor } from './page-cursor';
import { parseSearch } from './parse-search';
import { parseSearchDate } from './search-date';

describe('a search', () => {
  it('is read with its lists, escapes, patient, order and size', () => {
    const search = parseSearch('Observation', [
      ['identifier', 'urn:a|1,urn:b|x\\,y'],
      ['_id', 'a,b'],
      ['subject:Patient', 'http://elsewhere/fhir/Patient/p-1'],
      ['patient', 'p-1'],
      ['_sort', '-_lastUpdated'],
      ['_count', '500'],
      ['_total', 'accurate'],
      ['_elements', 'status,code'],
      ['_format', 'json'],
    ]);
    expect(search).toMatchObject({
      tokens: [['urn:a|1', 'urn:b|x,y']],
      ids: [['a', 'b']],
      patients: ['p-1', 'p-1'],
      order: '-updated',
      count: 100,
      hasTotal: true,
      elements: ['status', 'code'],
      ignored: [],
    });
    expect(search.applied.map(([name]) => name)).not.toContain('_format');
  });

  it('names what it does not know and applies none of it, whatever the type lacks', () => {
    const search = parseSearch('Practitioner', [
      ['nickname', 'x'],
      ['patient', 'p'],
      ['identifier:not', 'a|b'],
      ['_sort', 'name'],
      ['_summary', 'brief'],
      ['__proto__', 'x'],
      ['_count', '5'],
    ]);
    expect(search.ignored).toEqual(['nickname', 'patient', 'identifier:not', '_sort', '_summary', '__proto__']);
    expect(search.applied).toEqual([['_count', '5']]);
  });

  it('is ordered by time when it is bounded by time, so that an index answers it', () => {
    expect(parseSearch('Patient', [['_lastUpdated', 'ge2026']]).order).toBe('updated');
  });

  it.each([
    ['_count', 'many'],
    ['_count', '-1'],
    ['identifier', 'urn:a|'],
    ['subject', 'Group/1'],
    ['patient', 'a,b'],
    ['_lastUpdated', 'yesterday'],
    ['_lastUpdated', '2026-02-30'],
  ])('with a value that cannot be right is refused: %s=%s', (name, value) => {
    expect(() => parseSearch('Observation', [[name, value]])).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }));
  });
});

describe('a date in a search', () => {
  it.each([
    ['2026', '2026-01-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z'],
    ['eq2024-02', '2024-02-01T00:00:00.000Z', '2024-03-01T00:00:00.000Z'],
    ['2026-12-31', '2026-12-31T00:00:00.000Z', '2027-01-01T00:00:00.000Z'],
    ['2026-01-31T10:00:30+02:00', '2026-01-31T08:00:30.000Z', '2026-01-31T08:00:31.000Z'],
    ['ge2026-01-31T10:00 02:00', '2026-01-31T08:00:00.000Z', undefined],
    ['gt2026-01-31', '2026-02-01T00:00:00.000Z', undefined],
    ['le2026-01-31', undefined, '2026-02-01T00:00:00.000Z'],
    ['lt2026-01-31T00:00:00.5Z', undefined, '2026-01-31T00:00:00.500Z'],
  ])('means a span of time: %s', (value, from, until) => {
    expect(parseSearchDate(value, '_lastUpdated')).toEqual({ ...(from && { from }), ...(until && { until }) });
  });
});

describe('a cursor', () => {
  const key = newLocalKey(Buffer.alloc(32, 1));
  const cursor = { of: 'Patient', pairs: [['identifier', 'urn:mrn|4711']] as const, after: { rank: 7, updated: '' } };

  it('tells nobody what was searched, and is good for its own list and gateway only', () => {
    const text = formatCursor(key, cursor);
    expect(text).toMatch(/^[A-Za-z0-9_-]+$/);
    expect(Buffer.from(text, 'base64url').toString('latin1')).not.toContain('4711');
    expect(parseCursor(key, text, 'Patient')).toEqual(cursor);
    for (const wrong of [() => parseCursor(key, text, 'Observation'), () => parseCursor(newLocalKey(Buffer.alloc(32, 2)), text, 'Patient')])
      expect(wrong).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }));
    expect(() => parseCursor(key, `${text.startsWith('A') ? 'B' : 'A'}${text.slice(1)}`, 'Patient')).toThrow(
      expect.objectContaining({ code: 'REQUEST_INVALID' }),
    );
    expect(() => parseCursor(key, '', 'Patient')).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }));
  });
});
