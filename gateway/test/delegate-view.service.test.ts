import { randomUUID } from 'node:crypto';
import type { Category, ReferralId } from '@medaccord/chaincode/model';
import { declare, review } from './support/declare';
import { TestConsortium, waitFor, type Answer, type TestGateway } from './support/test-consortium';
import { TestDelegate } from './support/test-delegate';
import { ask, newBundle, newMedicationBundle, TestPatient } from './support/test-patient';

jest.setTimeout(30_000);

/** What a delegate reads of what follows requests, and what is the patient's alone. */
const consortium = new TestConsortium();
let alpha: TestGateway;
let beta: TestGateway;
let patient: TestPatient;
let delegate: TestDelegate;

type Line = Readonly<Record<string, unknown>> & { readonly kind: string; readonly requestId?: string };

beforeAll(async () => {
  await consortium.start();
  [alpha, beta] = [consortium.gateway('AlphaMSP'), consortium.gateway('BetaMSP')];
}, 30_000);

beforeEach(async () => {
  patient = new TestPatient(consortium, 'AlphaMSP');
  delegate = new TestDelegate(patient);
  await patient.register();
  await patient.import(newBundle(2));
  await patient.import(newMedicationBundle());
  await patient.checkIn('BetaMSP');
});

afterAll(async () => {
  await consortium.stop();
});

async function release(...categories: Category[]): Promise<string> {
  const { body } = await ask(beta, patient.relationRef, categories);
  expect(body.status).toBe('released');
  return body.requestId as string;
}

const passOn = async (requestId: string): Promise<string> => {
  const path = `/api/releases/${requestId}/redisclosures`;
  const body = { recipient: 'Dr Jane Doe', purpose: 'TREAT' };
  const made = await beta.send(path, { token: await beta.token('physician'), key: randomUUID(), body });
  expect(made.status).toBe(201);
  return made.body.redisclosureId as string;
};

const shownTo = async (answer: Promise<Answer>): Promise<{ lines: readonly Line[]; text: string }> => {
  const { body, text } = await answer;
  return { lines: body.entries as Line[], text };
};
const ownHistory = async (): Promise<readonly Line[]> => {
  const token = await patient.token('AlphaMSP');
  return (await shownTo(alpha.send(`/api/relations/${patient.relationRef}/history`, { token }))).lines;
};

describe('a delegate from whom something is withheld', () => {
  it('reads of a redisclosure, a deletion and an emergency what they have beside it, and nothing of those that have nothing else', async () => {
    await patient.consent('BetaMSP', ['laboratory', 'medications']);
    await delegate.grant({ withheld: ['medications'] });
    const [both, secret] = [await release('laboratory', 'medications'), await release('medications')];
    const [passedOn, secretly] = [await passOn(both), await passOn(secret)];
    const emergency = (await declare(beta, patient.relationRef, { categories: ['medications'] })).body.requestId as string;
    const known = (await declare(beta, patient.relationRef, { categories: ['laboratory', 'medications'] })).body.requestId as string;
    for (const requestId of [emergency, known]) {
      const named = { relationRef: patient.relationRef, requester: 'BetaMSP', requestId };
      expect((await review(alpha, named, { outcome: 'justified' })).status).toBeLessThan(300);
    }
    await patient.revoke('GammaMSP');
    await waitFor(async () => (await ownHistory()).filter(({ kind }) => kind === 'deletion').length === 2, 10_000);
    const { lines, text } = await shownTo(delegate.read('history'));
    for (const name of [secret, secretly, emergency, 'medications']) expect(text).not.toContain(name);
    const of = (kind: string): readonly Line[] => lines.filter((line) => line.kind === kind);
    expect(of('redisclosure')).toMatchObject([{ redisclosureId: passedOn, records: 2, notice: null }]);
    expect(of('deletion')).toMatchObject([{ requestId: both, receipt: null }]);
    expect(of('review')).toMatchObject([{ requestId: known, outcome: 'justified' }]);
    expect(of('decision')).toMatchObject([
      { requestId: both, records: 2, receipt: null, notice: null },
      { requestId: known, records: 2, receipt: null, notice: null },
    ]);
    expect((await ownHistory()).filter(({ kind }) => kind === 'review')).toHaveLength(2);
  });

  it('finds no withheld request by one that another member makes under its id', async () => {
    await patient.consent('BetaMSP', ['medications']);
    await delegate.grant({ withheld: ['medications'] });
    const { store } = beta;
    const requestId = await release('medications');
    const request = store.facts.findRequest('BetaMSP', requestId)?.value;
    const { name } = await consortium.ledger.identity('GammaMSP', 'physician');
    const same = { relationRef: patient.relationRef, requestId, purpose: 'TREAT', proof: null, ask: request?.ask };
    const call = { transaction: 'RequestAccess', request: same };
    consortium.ledger.commit(await consortium.ledger.endorse(consortium.ledger.identityOf(name), call.transaction, call));
    await consortium.untilFollowing();
    expect((await ownHistory()).filter((line) => line.requestId === requestId).length).toBeGreaterThanOrEqual(4);
    expect((await shownTo(delegate.read('history'))).text).not.toContain(requestId);
  });
});

describe('what names no records', () => {
  it("is the patient's alone, though nothing is withheld: a delegate cannot tell whether something is", async () => {
    await patient.consent('BetaMSP', ['laboratory']);
    await delegate.grant();
    const validity = { from: new Date(Date.now() - 60_000).toISOString(), until: new Date(Date.now() + 3_600_000).toISOString() };
    const { body } = await alpha.send('/api/referrals', {
      ...{ token: await alpha.token('physician'), key: randomUUID() },
      body: { relationRef: patient.relationRef, validity },
    });
    const referralId = body.referralId as ReferralId;
    await ask(beta, patient.relationRef, ['laboratory'], { proof: { kind: 'referral', referralId } });
    await alpha.send(`/api/relations/${patient.relationRef}/consents`, { token: await alpha.token('auditor') });
    await waitFor(async () => (await ownHistory()).some(({ kind }) => kind === 'consultation'), 10_000);
    expect((await ownHistory()).map(({ kind }) => kind)).toEqual(expect.arrayContaining(['referral', 'consultation', 'delegation']));
    const { lines, text } = await shownTo(delegate.read('history'));
    expect(new Set(lines.map(({ kind }) => kind))).toEqual(new Set(['relation', 'consent', 'request', 'decision', 'delivery']));
    expect(text).not.toContain(referralId);
    const released = lines.find(({ kind }) => kind === 'decision');
    expect(released).toMatchObject({ records: 2, proof: null, receipt: null, notice: null });
  });
});
