import { formatInstant, type ConsentSet, type Purpose } from '@medaccord/chaincode/model';
import { findCanaries, readFolder } from './support/find-canaries';
import { TestConsortium, waitFor, type Answer, type TestGateway } from './support/test-consortium';
import { ask, newBundle, TestPatient } from './support/test-patient';

const consortium = new TestConsortium();
let alpha: TestGateway;
let beta: TestGateway;
let patient: TestPatient;

interface View {
  readonly recipient: {
    readonly kind: string;
    readonly department: string | null;
    readonly role: string | null;
    readonly person: string | null;
  };
  readonly purpose: Purpose;
  readonly counts: object;
  readonly groups: readonly { readonly category: string; readonly draft: string; readonly now: string; readonly records: string[] }[];
}

const cardiology: ConsentSet = {
  base: 'deny',
  exceptions: [{ decision: 'permit', categories: ['laboratory'], departments: ['cardiology'], purposes: ['TREAT'] }],
};

beforeAll(async () => {
  await consortium.start();
  [alpha, beta] = [consortium.gateway('AlphaMSP'), consortium.gateway('BetaMSP')];
}, 30_000);

beforeEach(async () => {
  patient = new TestPatient(consortium, 'AlphaMSP');
  await patient.register();
  await patient.import(newBundle(3));
  await patient.checkIn('BetaMSP', 'AlphaMSP');
});

afterAll(async () => {
  await consortium.stop();
});

async function preview(body: object, at = 'AlphaMSP'): Promise<Answer> {
  const token = await patient.token(at);
  return consortium.gateway(at).send(`/api/relations/${patient.relationRef}/preview`, { token, body });
}

const viewOf = ({ body }: Answer, names: Partial<View['recipient']>, purpose: Purpose = 'TREAT'): View | undefined =>
  (body.views as View[]).find(
    (view) => view.purpose === purpose && Object.entries(names).every(([name, value]) => view.recipient[name as 'kind'] === value),
  );
const permittedBy = (view: View | undefined): string[] =>
  (view?.groups ?? []).flatMap(({ draft, records }) => (draft === 'permitted' ? records : [])).sort();

describe('a preview', () => {
  it('names the very records that are released once the draft is signed, and nobody else sees any', async () => {
    const told = await preview({ sets: [cardiology] });
    const seen = viewOf(told, { kind: 'somebody', department: 'cardiology' });
    expect(seen?.counts).toEqual({ draft: 3, now: 0, gained: 3, lost: 0 });
    for (const kind of ['anybody-else', 'unattested']) expect(viewOf(told, { kind })?.counts).toMatchObject({ draft: 0, gained: 0 });

    expect((await patient.consentTo('BetaMSP', [cardiology], 'AlphaMSP')).status).toBe(201);
    const token = await beta.token('physician', 'lee', 600, { department: 'cardiology' });
    const { body } = await ask(beta, patient.relationRef, ['laboratory', 'demographics'], { token });
    const release = await beta.send(`/api/releases/${String(body.requestId)}`, { token });
    const released = (release.body.resources as { recordId: string }[]).map(({ recordId }) => recordId).sort();
    expect(released).toHaveLength(3);
    expect(released).toEqual(permittedBy(seen));
    const other = await ask(beta, patient.relationRef, ['laboratory'], { token: await beta.token('physician', 'kim') });
    expect(other.body.status).toBe('refused');
  }, 30_000);

  it('tells the difference from what stands now, by category and reason', async () => {
    await patient.consentTo('BetaMSP', [cardiology], 'AlphaMSP');
    const told = await preview({ sets: [{ base: 'permit', exceptions: [{ decision: 'deny', categories: ['laboratory'] }] }] });
    const view = viewOf(told, { kind: 'somebody', department: 'cardiology' });
    expect(view?.counts).toEqual({ draft: 1, now: 3, gained: 1, lost: 3 });
    expect(view?.groups.map(({ category, draft, now, records }) => [category, draft, now, records.length])).toEqual([
      ['demographics', 'permitted', 'no-permit', 1],
      ['laboratory', 'denied', 'permitted', 3],
    ]);
    expect(viewOf(told, { kind: 'anybody-else' })?.counts).toEqual({ draft: 1, now: 0, gained: 1, lost: 0 });
    expect(viewOf(told, { kind: 'anybody-else' }, 'HPAYMT')?.counts).toMatchObject({ draft: 0 });
  });

  it('shows no record that its custodian marked as entered in error', async () => {
    const records = ({ body }: Answer): string[] => (body.records as { recordId: string }[]).map(({ recordId }) => recordId);
    const [withdrawn = '', ...kept] = records(await preview({ sets: [cardiology] }));
    const call = { transaction: 'SetRecordStatus', request: { recordId: withdrawn, status: 'entered-in-error' } };
    const as = await consortium.ledger.twin.identity('AlphaMSP', 'gateway');
    consortium.ledger.commit(await consortium.ledger.endorse(as, call.transaction, call));
    await waitFor(() => alpha.store.facts.height === consortium.ledger.blocks.length, 5_000);
    expect(records(await preview({ sets: [cardiology] }))).toEqual(kept);
  });

  it('tells by when: what is not valid yet, or no longer, shows nothing', async () => {
    const day = 86_400_000;
    const validity = (from: number, until: number): object => ({ from: formatInstant(from), until: formatInstant(until) });
    const reasonOf = async (valid: object): Promise<string | undefined> =>
      viewOf(await preview({ sets: [{ base: 'permit', exceptions: [] }], validity: valid }), { kind: 'anybody-else' })?.groups[0]?.draft;
    expect(await reasonOf(validity(Date.now() + day, Date.now() + 2 * day))).toBe('not-yet-valid');
    expect(await reasonOf(validity(0, day))).toBe('expired');
  });

  it('shows everybody whom the consents tell apart, alone and together', async () => {
    const both: ConsentSet = {
      base: 'deny',
      exceptions: [
        { decision: 'permit', categories: ['laboratory'], departments: ['cardiology'] },
        { decision: 'deny', categories: ['laboratory'], roles: ['nurse'] },
      ],
    };
    const told = await preview({ sets: [both], purposes: ['TREAT'] });
    const names = (told.body.views as View[]).map(({ recipient: { kind, department, role } }) => [kind, department, role]);
    expect(names).toEqual([
      ['anybody-else', null, null],
      ['unattested', null, null],
      ['somebody', 'cardiology', null],
      ['somebody', null, 'nurse'],
      ['somebody', 'cardiology', 'nurse'],
    ]);
    expect((told.body.views as View[]).map((view) => permittedBy(view).length)).toEqual([0, 0, 3, 0, 0]);
    expect(told.body.omitted).toBe(0);
  });

  it('counts those whom it has no room for, and stays quick whatever the draft names', async () => {
    const many = (prefix: string): string[] => Array.from({ length: 100 }, (_, at) => `${prefix}${String(at)}`);
    const sets: ConsentSet[] = [
      {
        base: 'deny',
        exceptions: [{ decision: 'permit', departments: many('d'), roles: many('r'), persons: many('p'), teams: many('t') }],
      },
    ];
    const startedAt = Date.now();
    const told = await preview({ sets });
    expect(new Set((told.body.views as View[]).map(({ recipient }) => JSON.stringify(recipient))).size).toBe(100);
    expect(told.body.omitted).toBe(101 ** 4 - 1 - 98);
    expect(Date.now() - startedAt).toBeLessThan(5_000);
  });

  it('writes nothing: no block, no line in the log, nothing in the store', async () => {
    const blocks = consortium.ledger.blocks.length;
    const before = alpha.logged.length;
    const marked = 'marked-department';
    await preview({ sets: [{ base: 'deny', exceptions: [{ decision: 'permit', departments: [marked] }] }] });
    await waitFor(() => alpha.logged.length > before, 5_000);
    expect(consortium.ledger.blocks.length).toBe(blocks);
    expect(alpha.logged.slice(before).join('')).not.toContain(marked);
    expect(findCanaries([marked], readFolder(alpha.data))).toEqual([]);
  });

  it('takes only what could be signed, from the patient, at the custodian', async () => {
    expect((await preview({ sets: [{ base: 'maybe', exceptions: [] }] })).body).toMatchObject({ status: 400, code: 'REQUEST_INVALID' });
    expect((await preview({ sets: [cardiology], validity: { from: 'now', until: 'then' } })).body.code).toBe('REQUEST_INVALID');
    expect((await preview({ sets: [cardiology] }, 'BetaMSP')).body.code).toBe('NOT_THE_CUSTODIAN');
    const token = await alpha.token('records');
    const path = `/api/relations/${patient.relationRef}/preview`;
    expect((await alpha.send(path, { token, body: { sets: [cardiology] } })).body.code).toBe('ROLE_NOT_ALLOWED');
  });
});
