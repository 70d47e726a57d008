import type { Decision } from '@medaccord/chaincode/model';
import { TestConsortium, waitFor, type TestGateway } from './support/test-consortium';
import { ask, newBundle, TestPatient } from './support/test-patient';

/** What changes after a decision to release and before its delivery. */
const consortium = new TestConsortium();
let alpha: TestGateway;
let beta: TestGateway;
let patient: TestPatient;
/** Transactions of the custodian, by step. */
let steps: string[];

beforeAll(async () => {
  await consortium.start();
  [alpha, beta] = [consortium.gateway('AlphaMSP'), consortium.gateway('BetaMSP')];
}, 30_000);

beforeEach(async () => {
  steps = [];
  patient = new TestPatient(consortium, 'AlphaMSP');
  await patient.register();
  await patient.import(newBundle(2));
  await patient.checkIn('BetaMSP');
  expect((await patient.consent('BetaMSP', ['laboratory'])).status).toBe(201);
});

afterEach(() => {
  alpha.carrier.hook = () => undefined;
});

afterAll(async () => {
  await consortium.stop();
});

/** Asks, and acts once at a step of the custodian's transactions; answers the request's status. */
async function askAndActAt(when: string, act: () => Promise<void>, wait = 10): Promise<{ requestId: string; status: string }> {
  alpha.carrier.hook = async (step, { transaction }) => {
    steps.push(`${step} ${transaction}`);
    if (steps.filter((one) => one === when).length === 1 && steps.at(-1) === when) await act();
  };
  return (await ask(beta, patient.relationRef, ['laboratory'], { wait })).body as { requestId: string; status: string };
}

/** The custodian has given the decision up, and nothing was delivered. */
async function expectGivenUp(requestId: string): Promise<void> {
  const answered = (): string | undefined => alpha.logged.find((line) => line.includes('request answered') && line.includes(requestId));
  await waitFor(() => answered() !== undefined, 10_000);
  expect(JSON.parse(answered() ?? '')).toMatchObject({ outcome: 'withdrawn' });
  await waitFor(() => alpha.store.facts.height === consortium.ledger.blocks.length, 5_000);
  expect(alpha.store.facts.list<Decision>('decision', patient.relationRef).map(({ value }) => value.outcome)).toEqual(['released']);
  expect(alpha.store.facts.list('delivery', patient.relationRef)).toEqual([]);
  const { body } = await beta.send(`/api/releases/${requestId}`, { token: await beta.token('physician') });
  expect(body.code).toBe('RELEASE_NOT_READY');
}

const revoke = async (): Promise<void> => {
  expect((await patient.revoke('GammaMSP')).status).toBe(201);
};

describe('a decision to release', () => {
  it('is judged again before its delivery: after a revocation that the custodian has seen, none is attempted', async () => {
    const { requestId, status } = await askAndActAt('sent DecideRelease', async () => {
      await revoke();
      await waitFor(() => alpha.store.facts.height === consortium.ledger.blocks.length, 5_000);
    });
    await expectGivenUp(requestId);
    expect(status).toBe('withdrawn');
    expect(steps.filter((step) => step.endsWith('DeliverRecords'))).toEqual([]);
  }, 30_000);

  it('is judged again by what the consent does not say: one of its records was marked as entered in error', async () => {
    const records = alpha.store.index.listSubject(patient.subjectRef);
    const recordId = records.find(({ category }) => category === 'laboratory')?.recordId;
    const { name } = await consortium.ledger.identity('AlphaMSP', 'records');
    const call = { transaction: 'SetRecordStatus', request: { recordId, status: 'entered-in-error' } };
    const mark = async (): Promise<void> => {
      consortium.ledger.commit(await consortium.ledger.endorse(consortium.ledger.identityOf(name), call.transaction, call));
      await waitFor(() => alpha.store.facts.height === consortium.ledger.blocks.length, 5_000);
    };
    const { requestId, status } = await askAndActAt('sent DecideRelease', mark, 1);
    await expectGivenUp(requestId);
    expect(status).toBe('decided');
    expect(steps.filter((step) => step.endsWith('DeliverRecords'))).toEqual([]);
  }, 30_000);

  it('is not delivered after a revocation that the custodian has not seen: the ledger refuses', async () => {
    let release = (): void => undefined;
    const { requestId, status } = await askAndActAt('endorse DeliverRecords', async () => {
      release = alpha.carrier.holdBlocks();
      await revoke();
    });
    const isAnswered = (): boolean => alpha.logged.some((line) => line.includes('request answered') && line.includes(requestId));
    await waitFor(isAnswered, 10_000);
    expect(alpha.store.facts.findConsent(patient.relationRef)?.signed.value.status).toBe('in-force');
    expect(status).toBe('withdrawn');
    release();
    await expectGivenUp(requestId);
    expect(steps).not.toContain('send DeliverRecords');
  }, 30_000);

  it('is not delivered across a revocation that commits between endorsement and order', async () => {
    const { requestId, status } = await askAndActAt('send DeliverRecords', revoke);
    await expectGivenUp(requestId);
    expect(status).toBe('withdrawn');
    expect(steps.filter((step) => step === 'sent DeliverRecords')).toHaveLength(1);
  }, 30_000);
});
