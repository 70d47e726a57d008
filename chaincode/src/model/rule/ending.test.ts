import type { DeletionReason } from '../receipt';
import type { ConsentHeader } from '../signed-payload';
import { findEnding, isEnding } from './ending';

type Header = Pick<ConsentHeader, 'version' | 'status' | 'validity'>;

const NOW = '2026-03-01T12:00:00.000Z' as never;
const header = (version: number, status: Header['status'] = 'in-force', until?: string): Header =>
  ({ version, status, validity: until === undefined ? null : { from: '2026-01-01T00:00:00.000Z', until } }) as Header;
const onVersion2 = { consentVersion: 2, until: null, isLegal: false, endedUpTo: 0 };

describe('a release', () => {
  it.each<[string, readonly Header[], [DeletionReason, number] | undefined]>([
    ['lasts while its version counts', [header(1), header(2)], undefined],
    ['lasts when a later version is in force', [header(1), header(2), header(3)], undefined],
    ['is not ended by a revocation before it', [header(1, 'revoked'), header(2)], undefined],
    ['ends with a revocation', [header(1), header(2), header(3, 'revoked')], ['consent-revoked', 3]],
    ['stays ended when the patient permits again', [header(2), header(3, 'revoked'), header(4)], ['consent-revoked', 3]],
    ['ends with the closing of the relation', [header(2), header(3, 'closed')], ['relation-closed', 3]],
    ['ends at the very instant of the end of the validity', [header(2, 'in-force', NOW)], ['expired', 2]],
    ['lasts until then', [header(2, 'in-force', '2026-03-01T12:00:00.001Z')], undefined],
    ['lasts when a later version prolongs it', [header(2, 'in-force', NOW), header(3)], undefined],
    ['ends with the validity of the later version', [header(2), header(3, 'in-force', NOW)], ['expired', 3]],
  ])('%s', (_name, headers, expected) => {
    const ending = findEnding(onVersion2, headers, NOW);
    expect(ending).toEqual(expected && { reason: expected[0], consentVersion: expected[1] });
    const of = headers.find(({ version }) => version === ending?.consentVersion);
    if (ending !== undefined && of !== undefined) expect(isEnding(ending, of, onVersion2, NOW)).toBe(true);
  });

  it('in a time box ends with that alone, whatever the consent says', () => {
    const basis = { ...onVersion2, until: NOW };
    expect(findEnding(basis, [header(2, 'revoked'), header(3, 'closed')], '2026-03-01T11:59:59.999Z' as never)).toBeUndefined();
    const ending = findEnding(basis, [header(2)], NOW);
    expect(ending).toEqual({ reason: 'time-box-ended', consentVersion: 2 });
    expect(isEnding({ reason: 'time-box-ended', consentVersion: 2 }, header(2), basis, NOW)).toBe(true);
    expect(isEnding({ reason: 'consent-revoked', consentVersion: 3 }, header(3, 'revoked'), basis, NOW)).toBe(false);
  });

  it('on a legal basis alone is ended by nothing that the patient signs', () => {
    const basis = { ...onVersion2, isLegal: true };
    expect(findEnding(basis, [header(2), header(3, 'revoked'), header(4, 'in-force', NOW)], NOW)).toBeUndefined();
    expect(isEnding({ reason: 'consent-revoked', consentVersion: 3 }, header(3, 'revoked'), basis, NOW)).toBe(false);
  });

  it('on an assisted consent ends where a registrar ended it, for good, and on a later version not', () => {
    const ended = { ...onVersion2, endedUpTo: 3 };
    const ending = findEnding(ended, [header(2), header(3), header(4)], NOW);
    expect(ending).toEqual({ reason: 'consent-ended', consentVersion: 3 });
    expect(isEnding({ reason: 'consent-ended', consentVersion: 3 }, undefined, ended, NOW)).toBe(true);
    for (const consentVersion of [1, 4]) expect(isEnding({ reason: 'consent-ended', consentVersion }, header(3), ended, NOW)).toBe(false);
    expect(findEnding({ ...ended, consentVersion: 4 }, [header(2), header(3), header(4)], NOW)).toBeUndefined();
    expect(isEnding({ reason: 'consent-ended', consentVersion: 3 }, header(3), { ...ended, consentVersion: 4 }, NOW)).toBe(false);
    for (const other of [{ isLegal: true }, { until: '2026-03-02T00:00:00.000Z' as never }])
      expect(findEnding({ ...ended, ...other }, [header(2)], NOW)).toBeUndefined();
  });

  it('is ended by no version that is not named, not signed so, or not later', () => {
    const cases: [DeletionReason, Header][] = [
      ['consent-revoked', header(4, 'revoked')],
      ['consent-revoked', header(3)],
      ['relation-closed', header(3, 'revoked')],
      ['narrowed', header(3, 'revoked')],
      ['expired', header(3, 'in-force', '2026-03-01T12:00:00.001Z')],
      ['time-box-ended', header(3)],
    ];
    for (const [reason, of] of cases)
      expect([reason, isEnding({ reason, consentVersion: 3 }, of, onVersion2, NOW)]).toEqual([reason, false]);
    expect(isEnding({ reason: 'narrowed', consentVersion: 2 }, header(2), onVersion2, NOW)).toBe(false);
  });
});
