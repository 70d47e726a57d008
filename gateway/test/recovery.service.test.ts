import { randomUUID } from 'node:crypto';
import type { Answer } from './support/door';
import { TestConsortium, TestGateway } from './support/test-consortium';
import { newBundle, TestPatient } from './support/test-patient';

const consortium = new TestConsortium();

beforeAll(async () => {
  await consortium.start({ staleAfterMs: 1_000 });
}, 30_000);

afterAll(async () => {
  await consortium.stop();
});

describe('a gateway that settles what an earlier run left', () => {
  it('takes up no import before it is done: what it abandons then is nothing that anybody is waiting for', async () => {
    const before = consortium.gateway('AlphaMSP');
    const patient = new TestPatient(consortium, 'AlphaMSP');
    await patient.register();
    const key = randomUUID();
    const bundle = newBundle(60);
    before.carrier.hook = (step, { transaction }) => {
      if (step === 'send' && transaction === 'AnchorRecords') before.carrier.faults.unreachable = true;
    };
    expect((await patient.import(bundle, key)).status).toBeGreaterThanOrEqual(500);
    await before.stop();

    const next = new TestGateway(consortium.ledger, 'AlphaMSP', before.data, before.more);
    consortium.gateways.set('AlphaMSP', next);
    const meanwhile: Promise<Answer>[] = [];
    next.carrier.hook = (step, { transaction }) => {
      if (step !== 'send' || transaction !== 'AbandonGroup' || meanwhile.length > 0) return;
      // The outcome stays open long enough for a request to come in between.
      Object.assign(next.carrier.faults, { loseAnswers: 1, hideStatus: 3 });
      meanwhile.push(patient.import(bundle, key), patient.import(newBundle(2)));
    };
    await next.start();

    const answers = await Promise.all(meanwhile);
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [503, 'NOT_READY'],
      [503, 'NOT_READY'],
    ]);
    const repeated = await patient.import(bundle, key);
    expect([repeated.status, repeated.body.resources.length]).toEqual([201, 61]);
    expect((await patient.import(bundle, key)).text).toBe(repeated.text);
    const { body } = await next.send(`/api/records?subject=${patient.subjectRef}`, { token: await next.token('records') });
    expect(body.records).toHaveLength(61);
  }, 30_000);

  it('keeps a whole import that reaches the ledger after its group was abandoned, before it was deleted', async () => {
    const before = consortium.gateway('AlphaMSP');
    const patient = new TestPatient(consortium, 'AlphaMSP');
    await patient.register();
    const [key, bundle] = [randomUUID(), newBundle(2)];
    before.carrier.hook = (step, { transaction }) => {
      if (step === 'send' && transaction === 'AnchorRecords') before.carrier.faults.unreachable = true;
    };
    expect((await patient.import(bundle, key)).status).toBeGreaterThanOrEqual(500);
    await before.stop();
    const { calls, endorsed } = consortium.ledger;
    const [late] = [...calls].reverse().find(([, { transaction }]) => transaction === 'AnchorRecords') ?? [];

    const next = new TestGateway(consortium.ledger, 'AlphaMSP', before.data, before.more);
    consortium.gateways.set('AlphaMSP', next);
    const arrived: unknown[] = [];
    next.carrier.hook = (step, { transaction }) => {
      // The orderers answer nobody who asks about it again, as if a network between them held it.
      if (step === 'send' && transaction === 'AnchorRecords') throw new Error('no answer');
      const envelope = late === undefined ? undefined : endorsed.get(late);
      if (step !== 'endorse' || transaction !== 'DeleteRecords' || envelope === undefined || arrived.length > 0) return;
      arrived.push(consortium.ledger.commit(envelope).code);
    };
    await next.start();

    const repeated = await patient.import(bundle, key);
    expect([arrived, repeated.status, repeated.body.resources.length]).toEqual([[0], 201, 3]);
    // It was settled at once: a refused deletion is an answer, no trouble to begin anew from.
    expect(next.logged.join()).not.toContain('RECORD_ALREADY_ANCHORED');
    const { body } = await next.send(`/api/records?subject=${patient.subjectRef}`, { token: await next.token('records') });
    expect(body.records).toHaveLength(3);
  }, 30_000);
});
