import type { PreviewView } from '../story';
import { formatPreview } from './preview';

const nobody = { department: null, role: null, person: null, team: null };
const view = (
  recipient: Partial<PreviewView['recipient']>,
  [draft, now, gained, lost]: number[],
  groups: [number, string, string][] = [],
): PreviewView =>
  ({
    recipient: { kind: 'somebody', ...nobody, ...recipient },
    purpose: 'TREAT',
    counts: { draft, now, gained, lost },
    groups: groups.map(([count, would, does]) => ({
      category: 'laboratory',
      draft: would,
      now: does,
      records: Array.from({ length: count }, (_, at) => String(at)),
    })),
  }) as PreviewView;

const told = (views: readonly PreviewView[], { records = 2, omitted = 0 } = {}): string[] =>
  formatPreview({
    counterparty: 'BetaMSP',
    consentVersion: 4,
    records: Array.from({ length: records }, (_, at) => ({ recordId: String(at) })),
    views,
    omitted,
  });

describe('a preview in words', () => {
  it('says what is gained and lost, and why, to each record now and then', () => {
    expect(
      told([
        view(
          { kind: 'anybody-else' },
          [1, 2, 1, 2],
          [
            [1, 'permitted', 'no-permit'],
            [2, 'denied', 'permitted'],
          ],
        ),
      ]),
    ).toEqual([
      'What BetaMSP would see of your 2 records, if you signed this now (version 4 counts today):',
      '  anybody else, for TREAT: 1 record instead of 2; 1 more, 2 no longer',
      '    laboratory: 1 permitted (now: no-permit)',
      '    laboratory: 2 denied (now: permitted)',
    ]);
  });

  it('says what stays as it is, also where nothing changes', () => {
    expect(told([view({ kind: 'anybody-else' }, [2, 2, 0, 0], [[2, 'permitted', 'permitted']])], { records: 1 })).toEqual([
      'What BetaMSP would see of your 1 record, if you signed this now (version 4 counts today):',
      '  anybody else, for TREAT: 2 records, as today',
      '    laboratory: 2 permitted',
    ]);
  });

  it('says none for nothing today, and no record for nothing then', () => {
    const [, first, , second] = told([
      view({ kind: 'anybody-else' }, [2, 0, 2, 0], [[2, 'permitted', 'no-permit']]),
      view({ kind: 'anybody-else' }, [0, 1, 0, 1]),
    ]);
    expect([first, second]).toEqual([
      '  anybody else, for TREAT: 2 records instead of none; 2 more',
      '  anybody else, for TREAT: no record instead of 1; 1 no longer',
    ]);
  });

  it.each<[string, Partial<PreviewView['recipient']>]>([
    ['somebody of whom nothing is attested', { kind: 'unattested' }],
    ['somebody of cardiology', { department: 'cardiology' }],
    ['somebody as nurse', { role: 'nurse' }],
    ['somebody in the team heart', { team: 'heart' }],
    ['lee', { person: 'lee' }],
    ['lee as nurse of cardiology in the team heart', { department: 'cardiology', role: 'nurse', person: 'lee', team: 'heart' }],
  ])('names %s', (name, recipient) => {
    expect(told([view(recipient, [1, 1, 0, 0])])[1]).toBe(`  ${name}, for TREAT: 1 record, as today`);
  });

  it('counts those who see nothing, now or then, and those whom it did not ask for', () => {
    const lines = told([view({ kind: 'anybody-else' }, [0, 0, 0, 0]), view({ kind: 'unattested' }, [0, 0, 0, 0])], { omitted: 7 });
    expect(lines.slice(1)).toEqual([
      '  whoever else, or for another purpose (2 asked): no record, as today',
      '  not asked: 7 further combinations of the names in your consents',
    ]);
  });
});
