import { randomUUID } from 'node:crypto';
import { TestConsortium, TestGateway, waitFor } from './support/test-consortium';
import { ask, newBundle, TestPatient } from './support/test-patient';

const consortium = new TestConsortium();
let alpha: TestGateway;
let beta: TestGateway;

beforeAll(async () => {
  await consortium.start({ staleAfterMs: 1_000 });
  alpha = consortium.gateway('AlphaMSP');
  beta = consortium.gateway('BetaMSP');
}, 30_000);

afterEach(() => {
  consortium.heal();
});

afterAll(async () => {
  await consortium.stop();
});

const newPatient = async (): Promise<TestPatient> => {
  const patient = new TestPatient(consortium, 'AlphaMSP');
  expect((await patient.register()).status).toBe(201);
  return patient;
};

const countRecords = async (patient: TestPatient): Promise<number> => {
  const { body } = await alpha.send(`/api/records?subject=${patient.subjectRef}`, { token: await alpha.token('records') });
  return body.records.length;
};

describe('an import', () => {
  it('of which a batch fails leaves nothing visible and nothing stored, and succeeds when it is repeated', async () => {
    const patient = await newPatient();
    const key = randomUUID();
    const bundle = newBundle(120);
    alpha.carrier.faults.codes.push(0, 0, 0, 0, 4);
    const failed = await patient.import(bundle, key);
    expect([failed.status, failed.body.code]).toEqual([500, 'LEDGER_REFUSED']);
    expect(await countRecords(patient)).toBe(0);
    const parts = [...(consortium.ledger.twin.world.collections.get('_implicit_org_AlphaMSP')?.keys() ?? [])].filter((name) =>
      name.startsWith('\u0000record'),
    );
    expect(parts).toEqual([]);
    const repeated = await patient.import(bundle, key);
    expect([repeated.status, repeated.body.resources.length]).toEqual([201, 121]);
    expect(await countRecords(patient)).toBe(121);
  }, 30_000);

  it('that is cut off by a crash leaves nothing visible, and the same request then succeeds', async () => {
    const patient = await newPatient();
    const key = randomUUID();
    const bundle = newBundle(120);
    let anchored = 0;
    alpha.carrier.hook = (step, { transaction }) => {
      if (step !== 'send' || transaction !== 'AnchorRecords') return;
      anchored += 1;
      if (anchored === 2) alpha.carrier.faults.unreachable = true;
    };
    expect((await patient.import(bundle, key)).status).toBeGreaterThanOrEqual(500);
    alpha = await consortium.crashAndRestart(alpha);
    expect(await countRecords(patient)).toBe(0);
    const repeated = await patient.import(bundle, key);
    expect([repeated.status, repeated.body.resources.length]).toEqual([201, 121]);
    expect(await countRecords(patient)).toBe(121);
    expect((await patient.import(bundle, key)).text).toBe(repeated.text);
    expect(await countRecords(patient)).toBe(121);
  }, 30_000);

  it('whose group was closed just before the crash is complete, and the repeated request is told so', async () => {
    const patient = await newPatient();
    const key = randomUUID();
    const bundle = newBundle(3);
    alpha.carrier.hook = (step, { transaction }) => {
      if (step === 'send' && transaction === 'AnchorRecords') alpha.carrier.faults.loseAnswers = 1;
      if (step === 'send' && transaction === 'AnchorRecords') setImmediate(() => (alpha.carrier.faults.unreachable = true));
    };
    await patient.import(bundle, key);
    alpha = await consortium.crashAndRestart(alpha);
    const repeated = await patient.import(bundle, key);
    expect([repeated.status, repeated.body.resources.length]).toEqual([201, 4]);
    expect(await countRecords(patient)).toBe(4);
  }, 30_000);

  it('of the same resource again makes a version, also after an abandoned one', async () => {
    const patient = await newPatient();
    const put = (family: string): object => ({
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [
        {
          resource: { resourceType: 'Patient', id: patient.subjectRef.replaceAll('_', '-'), name: [{ family }] },
          request: { method: 'PUT', url: `Patient/${patient.subjectRef.replaceAll('_', '-')}` },
        },
      ],
    });
    expect((await patient.import(put('One'))).body.resources).toMatchObject([{ outcome: 'created', version: 1 }]);
    expect((await patient.import(put('One'))).body.resources).toMatchObject([{ outcome: 'unchanged', version: 1 }]);
    alpha.carrier.faults.codes.push(0, 0);
    expect((await patient.import(put('Two'))).body.resources).toMatchObject([{ outcome: 'updated', version: 2 }]);
    expect(await countRecords(patient)).toBe(1);
  });
});

describe('unknown outcomes', () => {
  it('of every single transaction do not show: each has one effect', async () => {
    const seen = new WeakSet<object>();
    for (const { carrier } of consortium.gateways.values()) {
      carrier.hook = (step, call) => {
        if (step === 'send' && !seen.has(call)) Object.assign(carrier.faults, { loseAnswers: 1, hideStatus: 1 });
        if (step === 'send') seen.add(call);
      };
    }
    const patient = await newPatient();
    expect((await patient.import(newBundle(2))).status).toBe(201);
    expect((await patient.checkIn('BetaMSP')).status).toBe(201);
    expect((await patient.consent('BetaMSP', ['laboratory'])).status).toBe(201);
    expect((await ask(beta, patient.relationRef, ['laboratory'])).body).toMatchObject({ status: 'released', records: 2 });
    const history = await alpha.send(`/api/relations/${patient.relationRef}/history`, { token: await patient.token('AlphaMSP') });
    const kinds = history.body.entries.map(({ kind }: { kind: string }) => kind);
    expect(kinds).toEqual(['relation', 'consent', 'consent', 'request', 'decision', 'delivery']);
    expect(await countRecords(patient)).toBe(3);
  }, 30_000);
});

describe('the release agent', () => {
  it('waits for a counterparty that does not answer, and releases when it is back', async () => {
    const patient = await newPatient();
    await patient.import(newBundle(2));
    await patient.checkIn('BetaMSP');
    await patient.consent('BetaMSP', ['laboratory']);
    alpha.carrier.faults.down.add('BetaMSP');
    const pending = await ask(beta, patient.relationRef, ['laboratory'], { wait: 1 });
    expect(pending.body).toMatchObject({ status: 'pending' });
    alpha.carrier.faults.down.clear();
    const path = `/api/access-requests/${pending.body.requestId}`;
    const done = await beta.send(path, { token: await beta.token('physician'), headers: { prefer: 'wait=20' } });
    expect(done.body).toMatchObject({ status: 'released', records: 2 });
  }, 40_000);

  it('refuses with another witness when the counterparty does not answer', async () => {
    const patient = await newPatient();
    await patient.checkIn('BetaMSP');
    alpha.carrier.faults.down.add('BetaMSP');
    expect((await ask(beta, patient.relationRef, ['laboratory'])).body).toMatchObject({ status: 'refused' });
  }, 30_000);

  it.each(['endorse DecideRelease', 'send DecideRelease', 'endorse DeliverRecords', 'send DeliverRecords'])(
    'goes on after a crash at: %s',
    async (place) => {
      const patient = await newPatient();
      await patient.import(newBundle(2));
      await patient.checkIn('BetaMSP');
      await patient.consent('BetaMSP', ['laboratory']);
      const crashed = new Promise<void>((resolve) => {
        alpha.carrier.hook = (step, { transaction }) => {
          if (`${step} ${transaction}` !== place) return;
          alpha.carrier.faults.unreachable = true;
          resolve();
        };
      });
      const asked = ask(beta, patient.relationRef, ['laboratory'], { wait: 25 });
      await crashed;
      alpha = await consortium.crashAndRestart(alpha);
      expect((await asked).body).toMatchObject({ status: 'released', records: 2 });
      const release = await beta.send(`/api/releases/${(await asked).body.requestId}`, { token: await beta.token('physician') });
      expect(release.body.resources).toHaveLength(2);
    },
    40_000,
  );

  it('decides anew, and refuses, when a revocation commits while its decision is on the way', async () => {
    const patient = await newPatient();
    await patient.import(newBundle(2));
    await patient.checkIn('BetaMSP');
    await patient.consent('BetaMSP', ['laboratory']);
    let revoked = false;
    alpha.carrier.hook = async (step, { transaction }) => {
      if (revoked || step !== 'send' || transaction !== 'DecideRelease') return;
      revoked = true;
      expect((await patient.revoke('GammaMSP')).status).toBe(201);
    };
    const answer = await ask(beta, patient.relationRef, ['laboratory']);
    expect(answer.body).toMatchObject({ status: 'refused' });
    const release = await beta.send(`/api/releases/${answer.body.requestId}`, { token: await beta.token('physician') });
    expect([release.status, release.body.code]).toEqual([403, 'RELEASE_REFUSED']);
  }, 30_000);

  it.each(['endorse', 'send'] as const)(
    'withdraws a decision when a revocation commits before the delivery (%s)',
    async (at) => {
      const patient = await newPatient();
      await patient.import(newBundle(2));
      await patient.checkIn('BetaMSP');
      await patient.consent('BetaMSP', ['laboratory']);
      let revoked = false;
      alpha.carrier.hook = async (step, { transaction }) => {
        if (revoked || step !== at || transaction !== 'DeliverRecords') return;
        revoked = true;
        expect((await patient.revoke('GammaMSP')).status).toBe(201);
      };
      const answer = await ask(beta, patient.relationRef, ['laboratory']);
      expect(answer.body).toMatchObject({ status: 'withdrawn', decision: { consentVersion: 2 } });
      const given = (line: string): boolean => line.includes('"outcome":"withdrawn"') && line.includes(answer.body.requestId);
      await waitFor(() => alpha.logged.some(given), 5_000);
      const release = await beta.send(`/api/releases/${answer.body.requestId}`, { token: await beta.token('physician') });
      expect([release.status, release.body.code]).toEqual([409, 'RELEASE_NOT_READY']);
    },
    30_000,
  );
});

describe('sealed values', () => {
  it('of which the receiver does not answer arrive later, also after a restart', async () => {
    const patient = await newPatient();
    await patient.import(newBundle(1));
    beta.carrier.faults.down.add('AlphaMSP');
    const checkedIn = await patient.checkIn('BetaMSP');
    expect(checkedIn.body.deliveries.filter(({ status }: { status: string }) => status === 'pending')).toHaveLength(2);
    beta = await consortium.crashAndRestart(beta);
    await waitFor(async () => (await beta.store.outbox.list()).length === 0, 10_000);
    await patient.consent('BetaMSP', ['laboratory']);
    expect((await ask(beta, patient.relationRef, ['laboratory'])).body).toMatchObject({ status: 'released' });
  }, 40_000);
});

describe('content', () => {
  it('that was altered in a private collection is never answered', async () => {
    const patient = await newPatient();
    const { resources } = (await patient.import(newBundle(1))).body;
    await patient.checkIn('BetaMSP');
    await patient.consent('BetaMSP', ['laboratory']);
    const { requestId } = (await ask(beta, patient.relationRef, ['laboratory'])).body;
    const { recordId } = resources[1];
    const paths: [TestGateway, string, string, string, string?][] = [
      [alpha, `/api/records/${recordId}`, 'records', `sealed\u0000record\u0000${recordId}\u00001`, '"payload":'],
      [alpha, `/api/records/${recordId}`, 'records', `sealed\u0000record\u0000${recordId}\u00001`, '"wrap":'],
      [beta, `/api/releases/${requestId}`, 'physician', `sealed\u0000delivery\u0000${patient.relationRef}\u0000${requestId}.1`],
      [beta, `/api/releases/${requestId}`, 'physician', `sealed\u0000decision\u0000${patient.relationRef}\u0000${requestId}`],
    ];
    for (const [gateway, path, role, name, part = ''] of paths) {
      const collection = consortium.ledger.twin.world.collections.get(`_implicit_org_${gateway.mspId}`);
      const stored = collection?.get(`\u0000${name}\u0000`);
      if (collection === undefined || stored === undefined) throw new Error(`nothing is stored at ${name}`);
      const token = await gateway.token(role);
      expect([name, (await gateway.send(path, { token })).status]).toEqual([name, 200]);
      const value = Buffer.from(stored.value);
      const at = value.indexOf('ciphertext', value.indexOf(part)) + 30;
      value[at] = value[at] === 65 ? 66 : 65;
      collection.set(`\u0000${name}\u0000`, { ...stored, value });
      const answer = await gateway.send(path, { token });
      expect([name, answer.status]).toEqual([name, 422]);
      expect(['CONTENT_NOT_ANCHORED', 'DECRYPT_FAILED']).toContain(answer.body.code);
      expect(answer.text).not.toContain('resourceType');
      collection.set(`\u0000${name}\u0000`, stored);
    }
  }, 30_000);
});

describe('a gateway that cannot know the newest state', () => {
  it('answers nothing from its read model, says so in readyz, and is back by itself', async () => {
    const gamma = consortium.gateway('GammaMSP');
    gamma.carrier.faults.unreachable = true;
    await waitFor(async () => (await gamma.send('/readyz')).status === 503, 10_000);
    expect((await gamma.send('/api/organisations')).body.code).toBe('READ_MODEL_STALE');
    expect((await gamma.send('/healthz')).status).toBe(200);
    gamma.carrier.faults.unreachable = false;
    await waitFor(async () => (await gamma.send('/readyz')).status === 200, 10_000);
    expect((await gamma.send('/api/organisations')).status).toBe(200);
  }, 30_000);
});
