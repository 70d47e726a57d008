import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { newWallet, registerPatient } from '../../src/wallet';
import type { Answer } from '../support/door';
import type { RunningGateway } from '../support/running-network';
import { RunningNetwork } from '../support/running-network';
import { waitFor } from '../support/test-consortium';
import { ask, newBundle, TestPatient } from '../support/test-patient';

let network: RunningNetwork;
let custodian: RunningGateway;
let counterparty: RunningGateway;
let insurer: RunningGateway;

beforeAll(async () => {
  network = await RunningNetwork.start();
  const [first = '', second = ''] = network.membersOf('hospital');
  custodian = network.gateway(first);
  counterparty = network.gateway(second);
  insurer = network.gateway(network.membersOf('insurer')[0] ?? '');
}, 90_000);

afterAll(async () => {
  await network.stop();
  network.remove();
}, 60_000);

/** A step that a crash interrupts ends in success or in a coded error, never in anything else. */
async function outcomeOf(step: Promise<Answer>): Promise<'done' | 'coded' | 'cut off'> {
  const answer = await step.catch(() => undefined);
  if (answer === undefined) return 'cut off';
  if (answer.status < 300) return 'done';
  expect(answer.body).toMatchObject({ code: expect.stringMatching(/^[A-Z_]+$/), status: answer.status });
  return 'coded';
}

/** Repeats a step until it succeeds, as a client would after a coded error or a broken connection. */
async function repeat(step: () => Promise<Answer>): Promise<Answer> {
  const deadline = Date.now() + 40_000;
  for (;;) {
    const answer = await step().catch((error: unknown) => error as Error);
    if (!(answer instanceof Error) && answer.status < 300) return answer;
    if (Date.now() > deadline) throw new Error(`not done within 40 s: ${answer instanceof Error ? answer.message : answer.text}`);
    await delay(10);
  }
}

const countRecords = async (patient: TestPatient): Promise<number> => {
  const listed = await custodian.send(`/api/records?subject=${patient.subjectRef}`, { token: await custodian.token('records') });
  return listed.body.records.length;
};

/** Moments, in milliseconds after a step began, at which the crash comes: they fall into all of its phases. */
const moments = [0, 40, 120, 250];

describe('kill -9 of the custodian gateway', () => {
  it.each(moments)(
    '%i ms into an import leaves all of it or nothing, and the same request then succeeds',
    async (moment) => {
      const patient = new TestPatient(network, custodian.mspId);
      await patient.register();
      const key = randomUUID();
      const bundle = newBundle(70);
      const interrupted = outcomeOf(patient.import(bundle, key));
      await delay(moment);
      await network.restartGateway(custodian.mspId);
      await interrupted;
      expect([0, 71]).toContain(await countRecords(patient));
      const repeated = await repeat(() => patient.import(bundle, key));
      expect(repeated.body.resources).toHaveLength(71);
      expect(await countRecords(patient)).toBe(71);
      expect((await patient.import(bundle, key)).text).toBe(repeated.text);
    },
    120_000,
  );

  it.each(moments)(
    '%i ms into a registration makes one patient',
    async (moment) => {
      const { registration } = await registerPatient(newWallet(), custodian.mspId as never);
      const key = randomUUID();
      const step = async (): Promise<Answer> =>
        custodian.send('/api/patients', {
          token: await custodian.token('registrar'),
          key,
          body: { registration, details: { name: 'Ada', birthDate: '1970-01-01' } },
        });
      const interrupted = outcomeOf(step());
      await delay(moment);
      await network.restartGateway(custodian.mspId);
      await interrupted;
      const first = await repeat(step);
      expect((await step()).text).toBe(first.text);
    },
    120_000,
  );

  it.each(moments)(
    '%i ms into a release does not lose it',
    async (moment) => {
      const patient = new TestPatient(network, custodian.mspId);
      await patient.register();
      await repeat(() => patient.import(newBundle(60)));
      await patient.checkIn(counterparty.mspId);
      await patient.consent(counterparty.mspId, ['laboratory']);
      const asked = ask(counterparty, patient.relationRef, ['laboratory'], { wait: 45 });
      await delay(60 + moment);
      await network.restartGateway(custodian.mspId);
      const { body } = await asked;
      expect(body).toMatchObject({ status: 'released', records: 60 });
      const release = await counterparty.send(`/api/releases/${body.requestId}`, { token: await counterparty.token('physician') });
      expect(release.body.resources).toHaveLength(60);
    },
    120_000,
  );
});

describe('kill -9 of any gateway', () => {
  it.each(moments)(
    '%i ms into a check-in and a consent through it ends in success when it is repeated, with one effect',
    async (moment) => {
      const patient = new TestPatient(network, custodian.mspId);
      await patient.register();
      const key = randomUUID();
      const interrupted = outcomeOf(patient.checkIn(counterparty.mspId, insurer.mspId));
      await delay(moment);
      await network.restartGateway(insurer.mspId);
      await interrupted;
      // The wallet kept the relation; whether it is on the ledger is for the ledger to say.
      const known = await repeat(async () => {
        const answer = await insurer.send(`/api/relations/${patient.relationRef}`, { token: await patient.token(insurer.mspId) });
        return answer.status === 401 ? await retryCheckIn(patient) : answer;
      });
      expect(known.status).toBeLessThan(300);
      const consented = await patient.consent(counterparty.mspId, ['laboratory']);
      expect([consented.status, consented.body.version]).toEqual([201, 2]);
      await repeat(() => patient.import(newBundle(1), key));
      const asks: unknown[] = [];
      await waitFor(async () => {
        const { status, body } = await ask(counterparty, patient.relationRef, ['laboratory']);
        asks.push([status, body]);
        return body.status === 'released';
      }, 40_000).catch((error: unknown) => {
        throw new Error(JSON.stringify(asks.slice(-3)), { cause: error });
      });
    },
    120_000,
  );

  async function retryCheckIn(patient: TestPatient): Promise<Answer> {
    patient.wallet = { ...patient.wallet, relations: [] };
    return patient.checkIn(counterparty.mspId, insurer.mspId);
  }

  it('in the middle of a request makes one request of it', async () => {
    const patient = new TestPatient(network, custodian.mspId);
    await patient.register();
    await patient.checkIn(counterparty.mspId);
    for (const moment of moments) {
      const key = randomUUID();
      const step = (): Promise<Answer> => ask(counterparty, patient.relationRef, ['imaging'], { key, wait: 20 });
      const interrupted = outcomeOf(step());
      await delay(moment);
      await network.restartGateway(counterparty.mspId);
      await interrupted;
      expect((await repeat(step)).body.status).toBe('refused');
    }
    const history = await custodian.send(`/api/relations/${patient.relationRef}/history`, { token: await patient.token(custodian.mspId) });
    const count = (kind: string): number => history.body.entries.filter((entry: { kind: string }) => entry.kind === kind).length;
    expect([count('request'), count('decision')]).toEqual([moments.length, moments.length]);
  }, 180_000);
});

describe('kill -9 of the ledger or a chaincode', () => {
  it.each(['ledger', 'chaincode of the custodian', 'chaincode of the counterparty'])(
    '(%s) in the middle of the main job ends in success, at the latest when a step is repeated',
    async (victim) => {
      const mspId = victim.endsWith('custodian') ? custodian.mspId : counterparty.mspId;
      const name = victim === 'ledger' ? 'ledger' : `chaincode-${network.gateway(mspId).organisation.name}`;
      const patient = new TestPatient(network, custodian.mspId);
      await repeat(() => patient.register());
      const key = randomUUID();
      const bundle = newBundle(60);
      const interrupted = outcomeOf(patient.import(bundle, key));
      await delay(100);
      network.kill(name);
      await interrupted;
      expect((await repeat(() => patient.import(bundle, key))).body.resources).toHaveLength(61);
      await repeat(() => patient.checkIn(counterparty.mspId));
      await repeat(() => patient.consent(counterparty.mspId, ['laboratory']));
      const asked = ask(counterparty, patient.relationRef, ['laboratory'], { wait: 50 });
      await delay(100);
      network.kill(name);
      const answer = await asked;
      expect(answer.status < 300 || typeof answer.body.code === 'string').toBe(true);
      await waitFor(
        async () => (await ask(counterparty, patient.relationRef, ['laboratory'], { wait: 20 })).body.status === 'released',
        60_000,
      );
    },
    180_000,
  );
});

describe('an ordered stop', () => {
  it('leaves no transaction whose outcome is unknown, under load', async () => {
    const patient = new TestPatient(network, custodian.mspId);
    await patient.register();
    const imports = [1, 2, 3].map(() => outcomeOf(patient.import(newBundle(40))));
    await delay(120);
    await network.restartGateway(custodian.mspId, 'SIGTERM');
    await Promise.all(imports);
    const database = new DatabaseSync(join(custodian.data, 'gateway.sqlite'), { readOnly: true });
    try {
      expect(database.prepare("SELECT count(*) AS open FROM intent WHERE state = 'open'").get()).toEqual({ open: 0 });
    } finally {
      database.close();
    }
    expect([0, 41, 82, 123]).toContain(await countRecords(patient));
  }, 120_000);
});

describe('the read model', () => {
  const dump = (gateway: RunningGateway, tables: readonly string[]): unknown => {
    const database = new DatabaseSync(join(gateway.data, 'projection.sqlite'), { readOnly: true });
    try {
      return tables.map((table) => database.prepare(`SELECT * FROM ${table} ORDER BY 1, 2, 3`).all());
    } finally {
      database.close();
    }
  };

  it('is the same after a rebuild from block 0, and the clinical index comes back from the sealed values', async () => {
    const patient = new TestPatient(network, custodian.mspId);
    await patient.register();
    const { body } = await repeat(() => patient.import(newBundle(5)));
    // Each stop anchors the audit log, so that one more root stands after the second.
    const facts = "(SELECT * FROM fact WHERE type <> 'audit-root')";
    const tables = [facts, ...['undecided', 'undelivered'].map((table) => `(SELECT ref, id, 0 FROM ${table})`)];
    await network.restart();
    const before = dump(custodian, tables);
    const listed = await custodian.send(`/api/records?subject=${patient.subjectRef}`, { token: await custodian.token('records') });
    await network.restart(() => {
      const files = ['projection', 'index'].flatMap((name) => ['', '-wal', '-shm'].map((suffix) => `${name}.sqlite${suffix}`));
      for (const file of files) rmSync(join(custodian.data, file), { force: true });
    });
    expect(dump(custodian, tables)).toEqual(before);
    const again = await custodian.send(`/api/records?subject=${patient.subjectRef}`, { token: await custodian.token('records') });
    const byId = (one: { recordId: string }, other: { recordId: string }): number => (one.recordId < other.recordId ? -1 : 1);
    expect(again.body.records.sort(byId)).toEqual(listed.body.records.sort(byId));
    expect(again.body.records).toHaveLength(body.resources.length);
  }, 120_000);
});
