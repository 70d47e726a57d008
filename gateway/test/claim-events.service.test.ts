import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { EventSource } from 'eventsource';
import { loadService } from '../src/config';
import { TestClaims, type TestClaim } from './support/test-claims';
import { TestConsortium, waitFor, type Answer, type TestGateway } from './support/test-consortium';
import { newPlan, TestCoverage } from './support/test-coverage';
import { TestPatient } from './support/test-patient';

jest.setTimeout(60_000);

/** A hospital's billing system hears where its claims stand, as it happens, whatever happens to the gateway meanwhile. */
const consortium = new TestConsortium();
const patient = new TestPatient(consortium, 'AlphaMSP');
const coverage = new TestCoverage(patient);
const claims = new TestClaims(consortium, coverage);
const path = '/api/claims/events';
let billed = 0;

interface Told {
  readonly id: string;
  readonly event: string;
  readonly claimId: string;
  readonly status: string;
  readonly n?: number;
}

const opened: EventSource[] = [];
const alpha = (): TestGateway => consortium.gateway('AlphaMSP');

beforeAll(async () => {
  await consortium.start({ service: { ...loadService({}, []), heartbeatMs: 300 } });
  await patient.register();
  await patient.checkIn('GammaMSP', 'GammaMSP', ['cover']);
  await claims.treat(20);
  expect((await coverage.begin(newPlan({ evidence: [], quantities: [] }))).status).toBe(201);
}, 60_000);

afterEach(() => {
  for (const source of opened.splice(0)) source.close();
  consortium.heal();
});

afterAll(async () => {
  await consortium.stop();
});

const read = async (query = '', more: { prefer?: string; at?: TestGateway } = {}): Promise<Answer> => {
  const { at = alpha(), prefer } = more;
  return at.send(`${path}${query}`, { token: await at.token('records'), headers: prefer === undefined ? {} : { prefer } });
};
const all = async (): Promise<readonly Told[]> => (await read('?after=0.0&count=200')).body.events as Told[];
const newClaim = (): Promise<TestClaim> => claims.bill([{ records: [billed++] }]);
const isTold = async (event: string, { claimId }: TestClaim): Promise<boolean> =>
  (await all()).some((one) => one.event === event && one.claimId === claimId);
const untilTold = (event: string, claim: TestClaim): Promise<void> => waitFor(() => isTold(event, claim), 20_000);

/** A stock client, which begins at a place and then keeps it by itself. */
function listen(after: string, token: () => Promise<string> = () => alpha().token('records')): { told: Told[]; source: EventSource } {
  const told: Told[] = [];
  const source = new EventSource(`http://hospital.test${path}?after=${after}`, {
    fetch: async (_url, init) =>
      fetch(`${alpha().url}${path}?after=${after}`, { ...init, headers: { ...init.headers, authorization: `Bearer ${await token()}` } }),
  });
  opened.push(source);
  for (const kind of ['submitted', 'acknowledged', 'adjudicated', 'documented', 'appealed', 'appeal-decided', 'settled'])
    source.addEventListener(kind, ({ lastEventId, data }) => {
      told.push({ id: lastEventId, ...(JSON.parse(String(data)) as Omit<Told, 'id'>) });
    });
  return { told, source };
}

/** A stream as it stands on the wire; closing it is all that its reader has to do. */
class Stream {
  text = '';
  readonly ended: Promise<void>;

  private constructor(
    readonly status: number,
    readonly body: Response['body'],
    readonly close: () => void,
  ) {
    this.ended = this.#read().catch(() => undefined);
  }

  static async open(token: string, headers: Record<string, string> = {}): Promise<Stream> {
    const leaving = new AbortController();
    const response = await fetch(alpha().url + path, {
      headers: { accept: 'text/event-stream', authorization: `Bearer ${token}`, ...headers },
      signal: leaving.signal,
    });
    return new Stream(response.status, response.body, () => {
      leaving.abort();
    });
  }

  async #read(): Promise<void> {
    for await (const chunk of this.body ?? []) this.text += Buffer.from(chunk as Uint8Array).toString('utf8');
  }
}

describe('events of claims', () => {
  it('tell each step in the order of the ledger, in ids and words of the ledger alone', async () => {
    const { told } = listen('0.0');
    const claim = await newClaim();
    await waitFor(() => told.some(({ event, claimId }) => event === 'documented' && claimId === claim.claimId), 20_000);
    const own = told.filter(({ claimId }) => claimId === claim.claimId);
    expect(own.map(({ event, status, n }) => [event, status, n])).toEqual([
      ['submitted', 'submitted', undefined],
      ['adjudicated', 'complete', 1],
      ['documented', 'complete', 1],
    ]);
    const words = ['id', 'event', 'relationRef', 'claimId', 'status', 'use', 'n', 'outcome', 'isFinal'];
    for (const one of own) expect(words).toEqual(expect.arrayContaining(Object.keys(one)));
    expect(own[0]).toMatchObject({ relationRef: patient.relationRef, use: 'claim' });
  });

  it('tell of appeals, and of the claim that takes another back when that is done', async () => {
    const claim = await newClaim();
    await untilTold('adjudicated', claim);
    const sent = { token: await alpha().token('records'), key: randomUUID(), body: { n: 1, grounds: 'The visit was urgent' } };
    expect((await alpha().send(`/api/claims/${patient.relationRef}/${claim.claimId}/appeals`, sent)).status).toBe(201);
    await untilTold('appealed', claim);
    const related = { claimId: claim.claimId, relationship: 'reversal' } as never;
    const reversal = await claims.bill([], { related });
    await untilTold('adjudicated', reversal);
    const told = await all();
    expect(told.find(({ event, claimId }) => event === 'appealed' && claimId === claim.claimId)).toMatchObject({ n: 1, party: 'hospital' });
    expect(told.find(({ event, claimId }) => event === 'adjudicated' && claimId === reversal.claimId)).toMatchObject({
      status: 'complete',
      outcome: 'reversed',
    });
  });

  it('go on after the last one that a client has, once each, through crashes of the gateway', async () => {
    const [first] = await all();
    const { told, source } = listen(first!.id);
    const before = (await all()).slice(1);
    await waitFor(() => told.length >= before.length, 5_000);
    for (let crash = 0; crash < 3; crash += 1) {
      const made = [await newClaim(), await newClaim()];
      await consortium.crashAndRestart(alpha());
      for (const claim of made) await untilTold('documented', claim);
    }
    const expected = (await all()).slice(1);
    await waitFor(() => told.length >= expected.length, 20_000);
    expect(told).toEqual(expected);
    expect(source.readyState).toBe(EventSource.OPEN);
  });

  it('are the same, at the same places, when the read model is made anew', async () => {
    const before = await all();
    const old = alpha();
    await old.stop();
    for (const ending of ['', '-wal', '-shm']) rmSync(join(old.data, `projection.sqlite${ending}`), { force: true });
    await old.start();
    await consortium.untilFollowing();
    expect(await all()).toEqual(before);
  });

  it('from now on are asked for by no id, and who hears none goes on from there', async () => {
    const { body } = await read();
    expect(body.events).toEqual([]);
    const stream = await Stream.open(await alpha().token('records'));
    await waitFor(() => stream.text.includes('\n\n:\n\n'), 5_000);
    stream.close();
    expect(stream.text).toMatch(new RegExp(`^retry: \\d+\nid: ${String(body.next)}\n\n(:\n\n)+$`));
    const claim = await newClaim();
    await untilTold('documented', claim);
    expect((await read(`?after=${String(body.next)}`)).body.events[0]).toMatchObject({ event: 'submitted', claimId: claim.claimId });
  });

  it('are waited for by whoever asks for a page, and come page by page', async () => {
    const { next } = (await read()).body;
    const waiting = read(`?after=${String(next)}`, { prefer: 'wait=20' });
    const claim = await newClaim();
    expect((await waiting).body.events[0]).toMatchObject({ event: 'submitted', claimId: claim.claimId });
    const paged: Told[] = [];
    for (let after = '0.0'; ;) {
      const { body } = await read(`?after=${after}&count=4`);
      if (body.events.length === 0) break;
      paged.push(...body.events);
      after = body.next;
    }
    expect(paged).toEqual(await all());
  });

  it('are of the own claims alone', async () => {
    for (const mspId of ['BetaMSP', 'GammaMSP']) {
      const at = consortium.gateway(mspId);
      expect((await read('?after=0.0', { at })).body.events).toEqual([]);
    }
  });

  it('after what is no place are refused', async () => {
    expect((await read('?after=yesterday')).body.code).toBe('REQUEST_INVALID');
    const token = await alpha().token('records');
    expect((await Stream.open(token, { 'last-event-id': 'yesterday' })).status).toBe(400);
  });
});

describe('a stream of events', () => {
  it('ends with the token of who reads it, and shows until then that it lives', async () => {
    const stream = await Stream.open(await alpha().token('records', 'brief', 1));
    await stream.ended;
    expect(stream.text.match(/^:$/gm)!.length).toBeGreaterThan(2);
    const token = await alpha().token('records', 'brief', -60);
    expect((await Stream.open(token)).status).toBe(401);
  });

  it('ends when the gateway stops, so that its reader goes elsewhere', async () => {
    const stream = await Stream.open(await alpha().token('records'));
    const gateway = alpha();
    await gateway.app.stop();
    await stream.ended;
    expect(stream.text).toMatch(/^retry: /);
    Object.assign(gateway.app, { stop: () => Promise.resolve() });
    await consortium.crashAndRestart(gateway);
    expect((await read()).status).toBe(200);
  });

  it('is one of few that a caller may have', async () => {
    const token = await alpha().token('records', 'greedy');
    const streams = await Promise.all(Array.from({ length: 10 }, () => Stream.open(token)));
    expect(streams.map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect((await Stream.open(token)).status).toBe(429);
    const modest = await Stream.open(await alpha().token('records', 'modest'));
    expect(modest.status).toBe(200);
    for (const { close } of [...streams, modest]) close();
    await waitFor(async () => {
      const { status, close } = await Stream.open(token);
      close();
      return status === 200;
    }, 5_000);
  });

  it('is in the audit log: who opened it, and of whom it told', async () => {
    const before = (await read()).body.next as string;
    const claim = await newClaim();
    await untilTold('documented', claim);
    const stream = await Stream.open(await alpha().token('records', 'audited'), { 'last-event-id': before });
    await waitFor(() => stream.text.includes(claim.claimId), 5_000);
    stream.close();
    const entries = alpha().store.audit.list({ names: [['person', 'audited']] }, { most: 10 });
    expect(JSON.stringify(entries)).toContain(patient.relationRef);
  });
});

describe('the claims of a relation', () => {
  it('come page by page, in the order of their submission or the other way', async () => {
    const token = await alpha().token('registrar');
    const listAll = async (sort: string): Promise<string[]> => {
      const found: string[] = [];
      for (let cursor = ''; ;) {
        const { body } = await alpha().send(`/api/claims/${patient.relationRef}?sort=${sort}&count=2${cursor}`, { token });
        found.push(...(body.claims as { claim: { claimId: string } }[]).map(({ claim }) => claim.claimId));
        expect(body.claims.length).toBeLessThanOrEqual(2);
        if (body.next === null) return found;
        cursor = `&cursor=${String(body.next)}`;
      }
    };
    const submitted = (await all()).filter(({ event }) => event === 'submitted').map(({ claimId }) => claimId);
    expect(submitted.length).toBeGreaterThan(4);
    const ordered = await listAll('submittedAt');
    expect([...ordered].sort()).toEqual([...submitted].sort());
    expect(await listAll('-submittedAt')).toEqual([...ordered].reverse());
    expect((await alpha().send(`/api/claims/${patient.relationRef}?cursor=nowhere`, { token })).body.code).toBe('REQUEST_INVALID');
  });
});
