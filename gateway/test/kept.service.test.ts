import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Intent } from '../src/ledger/intent';
import { Accounts, PasskeyCeremony } from '../src/people';
import { openStore, type Parcel, type Store } from '../src/store';
import type { KeptDatabase } from '../src/store/kept-database';
import { openKept } from '../src/store/open-kept';
import { TestPostgres } from './support/test-postgres';

jest.setTimeout(30_000);

const drivers = TestPostgres.isAvailable ? ['SQLite', 'PostgreSQL'] : ['SQLite'];
const MSP = 'AlphaMSP';
let postgres: TestPostgres | undefined;
let folder: string;
let databaseUrl: string | undefined;
const fail = (error: unknown): never => {
  throw error;
};
const opened: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  if (TestPostgres.isAvailable) postgres = await TestPostgres.start();
});

afterAll(async () => {
  await postgres?.stop();
});

/** A process that opens the store, as after every restart. */
const open = async (mspId = MSP, keys?: string, onTrouble: (error: unknown) => void = fail): Promise<Store> => {
  const store = await openStore(join(folder, 'data'), mspId, { databaseUrl, keys });
  await store.leases.start(() => undefined, onTrouble);
  opened.push({
    close: async () => {
      await store.leases.stop();
      await store.close();
    },
  });
  return store;
};
const closeAll = async (): Promise<void> => {
  for (const one of opened.splice(0)) await one.close();
};

if (!TestPostgres.isAvailable) it.todo('holds on PostgreSQL, too, where npm has its programs for this platform');

describe.each(drivers)('what cannot be rebuilt, in %s,', (driver) => {
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'kept-'));
    databaseUrl = driver === 'PostgreSQL' ? await postgres?.newDatabase() : undefined;
  });

  afterEach(async () => {
    await closeAll();
    rmSync(folder, { recursive: true });
  });

  it('a subscription keeps how far it has come, and what it sends is sealed', async () => {
    const terms = { reason: 'Billing', criteria: 'Claim?', endpoint: 'https://billing.example/', headers: ['Authorization: canary'] };
    const { subscriptions } = await open();
    const made = { subscriptionId: 'a', status: 'active', after: { block: 3_000_000_000, place: 2 } } as const;
    await subscriptions.put({ ...made, terms: { ...terms, payload: 'empty', secret: 'whsec_canary' } });
    await subscriptions.fail('a', { at: 1_790_000_000_000, nextAt: 1_790_000_000_500, error: 'HTTP 500' });
    await subscriptions.fail('a', { at: 1_790_000_000_900, nextAt: 1_790_000_001_900, error: 'HTTP 503' });
    await closeAll();
    const again = (await open()).subscriptions;
    const failing = { failures: 2, failingSince: 1_790_000_000_000, nextAt: 1_790_000_001_900, error: 'HTTP 503', delivered: 0 };
    expect(await again.find('a')).toMatchObject({ ...made, ...failing, terms });
    await again.advance('a', { block: 3_000_000_001, place: 1 }, 1);
    const untroubled = { failures: 0, failingSince: null, nextAt: 0, error: '', delivered: 1 };
    expect(await again.list()).toMatchObject([{ ...untroubled, after: { block: 3_000_000_001, place: 1 } }]);
    await again.giveUp('a', 'HTTP 500');
    expect(await again.find('a')).toMatchObject({ status: 'error', error: 'HTTP 500' });
    await again.setStatus('a', 'off');
    await again.giveUp('a', 'HTTP 500');
    expect((await again.find('a'))?.status).toBe('off');
    await again.remove('a');
    expect([await again.find('a'), await again.list()]).toEqual([undefined, []]);
  });

  describe('as intents:', () => {
    const intent = {
      operation: 'op',
      requestHash: 'h',
      transactionId: 'tx1',
      envelope: Buffer.from([0, 1, 255]),
      result: '{}',
      sentAt: 1_790_000_000_000,
    };

    it('one is open after a restart, with its envelope, and another of its operation is refused until it failed', async () => {
      await (await open()).intents.open(intent);
      await closeAll();
      const { intents } = await open();
      const [found] = await intents.listOpen();
      expect({ ...found, envelope: Buffer.from(found?.envelope ?? []) }).toEqual({
        ...intent,
        state: 'open',
        code: undefined,
        block: undefined,
      });
      expect(await intents.open({ ...intent, transactionId: 'tx2' })).toBe(false);
      await intents.settle(intent, { state: 'failed', code: 11, block: 7 });
      expect(await intents.open({ ...intent, transactionId: 'tx2' })).toBe(true);
      await intents.settle(intent, { state: 'failed', code: 11, block: 7 });
      expect(await intents.find('op')).toMatchObject({ transactionId: 'tx2', state: 'open', code: undefined, block: undefined });
    });

    it('a settled one keeps its outcome, drops its envelope and is not replaced', async () => {
      const { intents } = await open();
      await intents.open(intent);
      await intents.sentAgain(intent, 1_790_000_000_001);
      expect((await intents.find('op'))?.sentAt).toBe(1_790_000_000_001);
      await intents.settle(intent, { state: 'committed', code: 0, block: 3_000_000_000 });
      expect(await intents.open(intent)).toBe(false);
      expect(await intents.find('op')).toMatchObject({
        state: 'committed',
        code: 0,
        block: 3_000_000_000,
        envelope: new Uint8Array(),
      } satisfies Partial<Intent>);
      expect([await intents.listOpen(), await intents.find('other')]).toEqual([[], undefined]);
    });

    it('of two with one operation that come at once, one is kept', async () => {
      const { intents } = await open();
      const outcomes = await Promise.all(['a', 'b', 'c'].map((transactionId) => intents.open({ ...intent, transactionId })));
      expect(outcomes.filter(Boolean)).toHaveLength(1);
    });
  });

  describe('as answers under idempotency keys:', () => {
    it('the first answer is given again after a restart, and the key serves no other request', async () => {
      const first = await open();
      expect(await first.responses.begin({ operation: 'k', request: 'r' })).toBeUndefined();
      await first.responses.finish('k', 'Grüße');
      await closeAll();
      const { responses } = await open();
      expect(await responses.begin({ operation: 'k', request: 'r' })).toBe('Grüße');
      await expect(responses.begin({ operation: 'k', request: 'other' })).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
    });

    it('a request that was cut off may run again', async () => {
      await (await open()).responses.begin({ operation: 'k', request: 'r' });
      await closeAll();
      expect(await (await open()).responses.begin({ operation: 'k', request: 'r' })).toBeUndefined();
    });
  });

  it('as imports: the newest state of each is kept, sealed, and running ones are listed', async () => {
    const entry = { operation: 'op', attempt: 1, groupId: 'G', state: 'running', outcome: 'canary' } as const;
    await (await open()).imports.put(entry);
    await closeAll();
    const store = await open();
    expect(await store.imports.listRunning()).toEqual([entry]);
    await store.imports.put({ ...entry, attempt: 2, state: 'closed' });
    expect([await store.imports.find('op'), await store.imports.listRunning()]).toEqual([{ ...entry, attempt: 2, state: 'closed' }, []]);
  });

  it('as enrolments: a person has one per role, replaced by the next, and is not named', async () => {
    const { enrolments } = await open();
    const ada = { subject: 'ada', role: 'physician' };
    await enrolments.save(ada, { name: 'n1', certificate: 'c1', privateKey: 'p1' });
    await enrolments.save(ada, { name: 'n2', certificate: 'c2', privateKey: 'p2' });
    expect(await enrolments.find(ada)).toEqual({ name: 'n2', certificate: 'c2', privateKey: 'p2' });
    expect(await enrolments.find({ ...ada, role: 'records' })).toBeUndefined();
  });

  it('as an outbox: what its entry names waits beside others of its place, all else waits alone', async () => {
    const { outbox } = await open();
    const parcel = (kind: Parcel['kind'], envelope: string): Parcel => ({ organisation: 'BetaMSP', kind, ref: 'R', id: '1', envelope });
    await outbox.put([parcel('binding', 'one'), parcel('binding', 'two'), parcel('binding', 'two'), parcel('ask', 'one')]);
    await outbox.put([parcel('ask', 'two')]);
    expect((await outbox.list()).map(({ kind, envelope }) => [kind, envelope]).sort()).toEqual([
      ['ask', 'one'],
      ['binding', 'one'],
      ['binding', 'two'],
    ]);
    expect(await outbox.find(parcel('ask', 'two'))).toBe('one');
    await outbox.remove(parcel('binding', 'one'));
    expect(await outbox.list()).toHaveLength(2);
  });

  it('as consultations: they wait in their order until they are removed', async () => {
    const { consultations } = await open();
    const look = (consultationId: string, consultedAt: string): never =>
      ({ consultationId, relationRef: 'R', role: 'physician', purpose: null, consultedAt }) as never;
    await consultations.put(look('b', '2026-03-01T08:00:00.002Z'));
    await consultations.put(look('a', '2026-03-01T08:00:00.001Z'));
    expect(await consultations.list()).toEqual([look('a', '2026-03-01T08:00:00.001Z'), look('b', '2026-03-01T08:00:00.002Z')]);
    await consultations.remove(['a']);
    expect(await consultations.list()).toHaveLength(1);
  });

  describe('as people and who is signed in:', () => {
    it('a name is given once, and of changes made at once none is lost', async () => {
      const { people } = await open();
      expect(await Promise.all([1, 2, 3].map((n) => people.add('account', 'ada', { n })))).toEqual([true, false, false]);
      const grow = ({ n }: { n: number }): { n: number } => ({ n: n + 1 });
      await Promise.all(Array.from({ length: 8 }, () => people.change('account', 'ada', grow)));
      await closeAll();
      const again = (await open()).people;
      expect([await again.find('account', 'ada'), await again.list('account')]).toEqual([{ n: 9 }, [{ n: 9 }]]);
      await expect(again.change('account', 'ada', () => fail(new Error('no')))).rejects.toThrow('no');
      expect(await again.change('account', 'bea', grow)).toBeUndefined();
      expect([await again.find('client', 'ada'), await again.remove('client', 'ada')]).toEqual([undefined, false]);
      expect([await again.remove('account', 'ada'), await again.list('account')]).toEqual([true, []]);
    });

    it('a token is found until its time is over, by its id and by a second name', async () => {
      const { signIns } = await open();
      await signIns.save('Session', 's', { a: 1 }, { seconds: 60, links: { uid: 'u' } });
      await signIns.save('Session', 'over', { a: 1 }, { seconds: -1, links: { uid: 'over' } });
      expect([await signIns.find('Session', 's'), await signIns.findByUid('Session', 'u')]).toEqual([{ a: 1 }, { a: 1 }]);
      for (const found of [
        signIns.find('Session', 'over'),
        signIns.findByUid('Session', 'over'),
        signIns.find('Grant', 's'),
        signIns.findByUid('Grant', 'u'),
      ])
        expect(await found).toBeUndefined();
      await signIns.remove('Session', 's');
      expect(await signIns.find('Session', 's')).toBeUndefined();
    });

    it('a change starts from what is in force, keeps its links, and of those made at once none is lost', async () => {
      const { signIns } = await open();
      const grow = (before: { readonly n?: unknown } | undefined) => ({ n: Number(before?.n ?? 0) + 1 });
      await signIns.save('Attempts', 'a', { n: 100 }, { seconds: -1 });
      await Promise.all(
        Array.from({ length: 8 }, () => signIns.change('Attempts', 'a', grow, { seconds: 60, links: { accountId: 'ada' } })),
      );
      expect(await signIns.find('Attempts', 'a')).toEqual({ n: 8 });
      await expect(signIns.change('Attempts', 'a', () => fail(new Error('no')), { seconds: 60 })).rejects.toThrow('no');
      await signIns.removeAccount('ada');
      expect(await signIns.find('Attempts', 'a')).toBeUndefined();
    });

    it('what came from a grant ends with it, and what an account holds with the account', async () => {
      const { signIns } = await open();
      const save = (id: string, grantId: string, accountId: string): Promise<void> =>
        signIns.save('AccessToken', id, {}, { seconds: 60, links: { grantId, accountId } });
      await Promise.all([save('a', 'g1', 'ada'), save('b', 'g2', 'ada'), save('c', 'g3', 'bea')]);
      const left = async (): Promise<string[]> => {
        const found = await Promise.all(['a', 'b', 'c'].map(async (id) => [id, await signIns.find('AccessToken', id)] as const));
        return found.filter(([, value]) => value !== undefined).map(([id]) => id);
      };
      await signIns.removeGrant('g1');
      expect(await left()).toEqual(['b', 'c']);
      await signIns.removeAccount('ada');
      expect(await left()).toEqual(['c']);
    });

    it('of many wrong attempts at once, so many are looked at as are free of a pause', async () => {
      const store = await open();
      const passkeys = new PasskeyCeremony({ ...store, origin: 'https://alpha.test', title: 'Alpha' });
      const accounts = new Accounts({ ...store, passkeys, hashCost: { memoryKiB: 64, passes: 1 }, onAttempt: async () => undefined });
      const wrong = { userName: 'ada', password: 'x', code: '000000', address: 'here' };
      const attempts = await Promise.allSettled(Array.from({ length: 12 }, () => accounts.signIn(wrong)));
      const told = attempts.map((one) => (one.status === 'rejected' ? (one.reason as { code: string }).code : 'signed in'));
      expect(told.sort()).toEqual([...Array<string>(7).fill('SIGN_IN_PAUSED'), ...Array<string>(5).fill('SIGN_IN_REFUSED')]);
    });
  });

  it('is opened neither by another organisation nor with another local key, under which no repeat would be recognised', async () => {
    await open();
    await closeAll();
    await expect(open('BetaMSP')).rejects.toThrow('another organisation');
    await expect(open(MSP, join(folder, 'other-keys'))).rejects.toThrow('another local.key');
  });

  describe('as tables of a part of its own:', () => {
    const tables = ['CREATE TABLE seat (number INTEGER PRIMARY KEY, bytes BLOB) STRICT;', 'ALTER TABLE seat ADD COLUMN name TEXT;'];
    const openPart = async (migrations = tables): Promise<KeptDatabase> => {
      const kept = await openKept({ data: folder, databaseUrl }, 'part', migrations);
      opened.push(kept);
      return kept;
    };
    const seats = async (kept: KeptDatabase): Promise<number[]> =>
      (await kept.all('SELECT number FROM seat ORDER BY number')).map(({ number }) => Number(number));

    it('each change is made once, in order, by whoever opens them first', async () => {
      await (await openPart(tables.slice(0, 1))).run('INSERT INTO seat VALUES (?, ?)', [1, Buffer.from('x')]);
      const [one, other] = await Promise.all([openPart(), openPart()]);
      expect(await one.all('SELECT name FROM seat')).toMatchObject([{ name: null }]);
      expect(await seats(other)).toEqual([1]);
    });

    it('a transaction is done whole or not at all', async () => {
      const kept = await openPart();
      const work = kept.transaction(async ({ run }) => {
        await run('INSERT INTO seat (number) VALUES (?)', [1]);
        throw new Error('on the way');
      });
      await expect(work).rejects.toThrow('on the way');
      expect(await seats(kept)).toEqual([]);
      expect(await kept.transaction(({ run }) => run('INSERT INTO seat (number) VALUES (?)', [2]))).toBe(1);
      expect(await seats(kept)).toEqual([2]);
    });

    it('nothing that is asked beside a transaction becomes part of it', async () => {
      const kept = await openPart();
      const turns: (() => void)[] = [];
      const undone = kept.transaction(async ({ run }) => {
        await run('INSERT INTO seat (number) VALUES (?)', [1]);
        await new Promise<void>((resolve) => turns.push(resolve));
        throw new Error('undone');
      });
      while (turns.length === 0) await new Promise(setImmediate);
      const beside = [
        kept.run('INSERT INTO seat (number) VALUES (?)', [2]),
        kept.transaction(({ run }) => run('INSERT INTO seat (number) VALUES (?)', [3])),
      ];
      turns[0]?.();
      await expect(undone).rejects.toThrow('undone');
      expect(await Promise.all(beside)).toEqual([1, 1]);
      expect(await seats(kept)).toEqual([2, 3]);
    });
  });
});

const describePostgres = (rules: () => void): void => {
  if (TestPostgres.isAvailable) describe('a PostgreSQL database', rules);
};

describePostgres(() => {
  let server: TestPostgres;

  beforeAll(async () => {
    server = await TestPostgres.start();
    folder = mkdtempSync(join(tmpdir(), 'kept-'));
  });

  afterAll(async () => {
    await closeAll();
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  it('that dies is said to be unavailable, and is used again when it is back, with all that it acknowledged', async () => {
    databaseUrl = await server.newDatabase();
    // Its leases are not renewed meanwhile.
    const store = await open(MSP, undefined, () => undefined);
    await store.responses.begin({ operation: 'k', request: 'r' });
    await store.responses.finish('k', 'answer');
    await server.kill();
    await expect(store.responses.begin({ operation: 'k', request: 'r' })).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      category: 'unavailable',
    });
    await server.restart();
    expect(await store.responses.begin({ operation: 'k', request: 'r' })).toBe('answer');
  });

  it('takes no intent of a process whose lease is over: others may have begun the same', async () => {
    databaseUrl = await server.newDatabase();
    const { intents } = await open();
    const envelope = Buffer.from([1]);
    const intent = (operation: string) => ({ operation, requestHash: 'h', transactionId: operation, envelope, result: '{}', sentAt: 1 });
    expect(await intents.open(intent('in time'))).toBe(true);
    await server.query(new URL(databaseUrl).pathname.slice(1), 'UPDATE lease SET until = 0');
    expect([await intents.open(intent('too late')), await intents.find('too late')]).toEqual([false, undefined]);
  });

  it('waits for the disk with every commit, though its server is told not to', async () => {
    databaseUrl = await server.newDatabase();
    await server.query('postgres', 'ALTER SYSTEM SET synchronous_commit = off');
    await server.query('postgres', 'SELECT pg_reload_conf()');
    const kept = await openKept({ data: folder, databaseUrl: `${databaseUrl}?options=-c%20lock_timeout%3D1234` }, 'part', []);
    opened.push(kept);
    const [row] = await kept.all("SELECT current_setting('synchronous_commit') AS commits, current_setting('lock_timeout') AS locks");
    expect(row).toMatchObject({ commits: 'on', locks: '1234ms' });
  });

  it('is refused when it may forget what it acknowledged', async () => {
    databaseUrl = await server.newDatabase();
    await server.query('postgres', 'ALTER SYSTEM SET fsync = off');
    await server.query('postgres', 'SELECT pg_reload_conf()');
    await expect(open()).rejects.toThrow('fsync');
  });
});
