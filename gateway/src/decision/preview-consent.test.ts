import type { ConsentSet, Instant, Purpose } from '@medaccord/chaincode/model';
import { previewConsent, type Draft, type Preview, type PreviewQuestion, type PreviewView } from './preview-consent';
import type { Standing } from './standing';

const now = '2026-03-01T08:00:00.000Z' as Instant;
const relationRef = 'R'.repeat(22) as never;
const permitAll: ConsentSet = { base: 'permit', exceptions: [] };

/** A relation of care whose version 2 holds these sets. */
const standingWith = (sets: readonly ConsentSet[], change: Partial<Standing> = {}): Standing =>
  ({
    relation: { relationRef, custodian: 'AlphaMSP', counterparty: 'BetaMSP', kinds: ['care'] },
    consent: { relationRef, version: 2, status: 'in-force', validity: null },
    document: { relationRef, version: 2, salt: 'A'.repeat(22), sets },
    rules: { version: 1, purposes: ['TREAT'], roles: { AlphaMSP: 'hospital', BetaMSP: 'hospital' }, suspended: [] },
    subjectRef: 'S'.repeat(22),
    patient: {},
    against: undefined,
    isWaiting: false,
    ...change,
  }) as unknown as Standing;

type Held = PreviewQuestion['records'][number];
const plain = {
  ...{ version: 1, type: 'Observation', category: 'laboratory', codes: [], labels: [], authors: [], encounter: null },
  dates: { from: null, until: null },
};
const newRecord = (name: string, more: object = {}): Held => ({ ...plain, recordId: name, ...more }) as unknown as Held;

const preview = (
  sets: readonly ConsentSet[],
  records: readonly Held[],
  { standing = standingWith([{ base: 'deny', exceptions: [] }]), ...draft }: { standing?: Standing } & Partial<Draft> = {},
): Preview => previewConsent({ standing, draft: { sets, validity: null, ...draft }, records, now });

const viewOf = ({ views }: Preview, names: Partial<PreviewView['recipient']>, purpose: Purpose = 'TREAT'): PreviewView | undefined =>
  views.find(
    (view) => view.purpose === purpose && Object.entries(names).every(([name, value]) => view.recipient[name as 'kind'] === value),
  );
const seenBy = (told: Preview, names: Partial<PreviewView['recipient']>): readonly string[] =>
  (viewOf(told, names)?.groups ?? []).flatMap(({ draft, records }) => (draft === 'permitted' ? records : []));
const else_ = { kind: 'anybody-else' } as const;

describe('a preview takes no two records for one that a consent tells apart', () => {
  const coding = (code: string): object => ({ system: 'http://loinc.org', code });
  test.each<[string, object, object]>([
    ['types', { types: ['Observation'] }, { type: 'DiagnosticReport' }],
    ['codes', { codes: [coding('1')] }, { codes: [coding('2')] }],
    ['records', { records: ['first'] }, {}],
    ['encounters', { encounters: ['one'] }, { encounter: 'two' }],
    ['authors', { authors: ['one'] }, { authors: ['two'] }],
    ['labels', { labels: ['ONE'] }, { labels: ['TWO'] }],
    [
      'dataPeriod',
      { dataPeriod: { from: '2025-01-01T00:00:00.000Z', until: '2026-01-01T00:00:00.000Z' } },
      { dates: { from: '2024-05-05', until: null } },
    ],
    ['confidentiality', { confidentiality: 'L' }, { labels: ['N'] }],
  ])('by %s', (_axis, axes, other) => {
    const known = { codes: [coding('1')], encounter: 'one', authors: ['one'], dates: { from: '2025-05-05', until: null } };
    const labels = 'labels' in axes ? ['ONE', 'L'] : ['L'];
    const records = [newRecord('first', { ...known, labels }), newRecord('second', { ...known, labels, ...other })];
    const told = preview([{ base: 'deny', exceptions: [{ decision: 'permit', ...axes } as never] }], records);
    expect(seenBy(told, else_)).toEqual(['first']);
  });

  test('and keeps what is sensitive apart, with what its recipient is obliged to', () => {
    const exceptions = [{ decision: 'permit' as const, categories: ['psychiatry' as const] }];
    const restricted = newRecord('restricted', { labels: ['R'] });
    const told = preview([{ base: 'permit', exceptions }], [newRecord('plain'), restricted, newRecord('mind', { category: 'psychiatry' })]);
    expect(viewOf(told, else_)?.groups.map(({ draft, obligations, records }) => [draft, obligations, records])).toEqual([
      ['permitted', [], ['plain']],
      ['label-needs-explicit-permit', [], ['restricted']],
      ['permitted', ['PRIVMARK', 'NORDSCLCD'], ['mind']],
    ]);
  });
});

describe('a preview takes no two recipients for one', () => {
  const records = [newRecord('one')];
  const exceptionFor = (axes: object): ConsentSet => ({ base: 'deny', exceptions: [{ decision: 'permit', ...axes } as never] });

  test.each([
    ['department', { departments: ['cardiology'] }, 'cardiology'],
    ['role', { roles: ['nurse'] }, 'nurse'],
    ['person', { persons: ['lee'] }, 'lee'],
    ['team', { teams: ['heart'] }, 'heart'],
  ] as const)('whom a %s tells apart', (part, axes, name) => {
    const told = preview([exceptionFor(axes)], records);
    expect(told.views.map(({ recipient }) => [recipient.kind, recipient[part]])).toEqual([
      ['anybody-else', null],
      ['unattested', null],
      ['somebody', name],
    ]);
    expect(told.views.map(({ counts }) => counts.draft)).toEqual([0, 0, 1]);
  });

  test('who is only excluded: everybody sees it but those', () => {
    const told = preview([exceptionFor({ not: { departments: ['dentistry'] } })], records);
    expect(told.views.map(({ recipient: { kind }, counts }) => [kind, counts.draft])).toEqual([
      ['anybody-else', 1],
      ['unattested', 0],
      ['somebody', 0],
    ]);
  });

  test('of whom nothing is attested and who is attested by other names: what is unknown counts against who asks', () => {
    const told = preview([{ base: 'permit', exceptions: [{ decision: 'deny', departments: ['dentistry'] }] }], records);
    expect(viewOf(told, else_)?.counts.draft).toBe(1);
    expect(viewOf(told, { kind: 'unattested' })?.counts.draft).toBe(0);
  });

  test('even where a consent names somebody as a preview would name nobody', () => {
    const told = preview([exceptionFor({ departments: ['-', '--'] })], records);
    expect(seenBy(told, else_)).toEqual([]);
    expect(seenBy(told, { department: '-' })).toEqual(['one']);
  });

  test('by two, three and four names together, and counts none twice', () => {
    const sets = [exceptionFor({ departments: ['d'], roles: ['r'], persons: ['p'], teams: ['t'] })];
    const told = preview(sets, records);
    expect(told.views).toHaveLength(2 + 4 + 6 + 4 + 1);
    expect(new Set(told.views.map(({ recipient }) => JSON.stringify(recipient))).size).toBe(told.views.length);
    expect(told.views.filter(({ counts }) => counts.draft > 0).map(({ recipient }) => recipient)).toEqual([
      { kind: 'somebody', department: 'd', role: 'r', person: 'p', team: 't' },
    ]);
    expect(told.omitted).toBe(0);
  });

  test('and asks for fewer of them the more records are told apart; the rest is counted', () => {
    const names = Array.from({ length: 2_000 }, (_, at) => `r${String(at)}`);
    const persons = Array.from({ length: 90 }, (_, at) => `p${String(at)}`);
    const exceptions = Array.from({ length: 20 }, (_, at) => ({
      decision: 'permit' as const,
      records: names.slice(at * 100, at * 100 + 100) as never,
      persons,
    }));
    const told = preview(
      [{ base: 'deny', exceptions }],
      names.map((name) => newRecord(name)),
    );
    expect(told.views).toHaveLength(12);
    expect(told.omitted).toBe(90 - 10);
  });
});

describe('a preview', () => {
  const records = [newRecord('one'), newRecord('two')];

  test('asks for the purposes that the consents name, and those of the rules', () => {
    const named: ConsentSet = { base: 'deny', exceptions: [{ decision: 'permit', purposes: ['HRESCH'] }] };
    const before: ConsentSet = { base: 'deny', exceptions: [{ decision: 'permit', purposes: ['HPAYMT'] }] };
    const told = preview([named], records, { standing: standingWith([before]) });
    expect(new Set(told.views.map(({ purpose }) => purpose))).toEqual(new Set(['HRESCH', 'HPAYMT', 'TREAT']));
  });

  test('of a closed relation opens nothing: no consent follows', () => {
    const consent = { relationRef, version: 3, status: 'closed', validity: null } as const;
    const told = preview([permitAll], records, { standing: standingWith([], { consent }) });
    expect(viewOf(told, else_)?.groups).toMatchObject([{ draft: 'relation-closed', now: 'relation-closed' }]);
  });

  test('of a revoked consent opens what the draft says', () => {
    const consent = { relationRef, version: 3, status: 'revoked', validity: null } as const;
    const told = preview([permitAll], records, { standing: standingWith([], { consent, document: undefined }) });
    expect(viewOf(told, else_)).toMatchObject({
      counts: { draft: 2, now: 0, gained: 2, lost: 0 },
      groups: [{ draft: 'permitted', now: 'consent-revoked' }],
    });
  });

  test('of a patient who is held opens nothing, whatever she signs', () => {
    const patient = { hold: {} } as unknown as Standing['patient'];
    const told = preview([permitAll], records, { standing: standingWith([permitAll], { patient }) });
    expect(viewOf(told, else_)?.groups).toMatchObject([{ draft: 'held', now: 'held' }]);
  });

  test('heals what others wrote over the consent, and nothing else that stands against it', () => {
    const reasons = (against: Standing['against']): unknown =>
      viewOf(preview([permitAll], records, { standing: standingWith([permitAll], { against }) }), else_)?.groups.map(
        ({ draft, now: today }) => [draft, today],
      );
    expect(reasons('consent-invalid')).toEqual([['permitted', 'consent-invalid']]);
    expect(reasons('organisation-suspended')).toEqual([['organisation-suspended', 'organisation-suspended']]);
  });
});
