import { createHash } from 'node:crypto';
import { newError } from '../problem';
import { openDatabase } from '../store/database';
import { SqliteKept } from '../store/sqlite-kept';
import { newOutbox, outboxTable, severalAtOnePlace, type Outbox, type Parcel } from '../store/outbox';
import { DomainError } from '@medaccord/chaincode/model';
import { Mailer, type MailerOptions } from './mailer';

const ref = 'R'.repeat(22);
const parcelOf = (kind: Parcel['kind'], envelope: string): Parcel => ({ organisation: 'AlphaMSP', kind, ref, id: '1', envelope });

const digest = (text: string): string => createHash('sha256').update(text).digest('base64url');
const newFind =
  (relations: ReadonlyMap<string, Record<string, string>>) =>
  (_kind: string, ref: string): unknown => {
    const named = relations.get(ref);
    if (named === undefined) return undefined;
    return { value: { sealed: Object.fromEntries(Object.entries(named).map(([receiver, envelope]) => [receiver, digest(envelope)])) } };
  };

describe('Mailer', () => {
  let outbox: Outbox;
  let sent: string[];
  let troubles: unknown[];
  /** Receivers that do not answer now. */
  let away: Set<string>;
  /** Envelopes that the relations on the ledger name, by relation and receiver. */
  let relations: Map<string, Record<string, string>>;
  const newMailer = (fail?: Error): Mailer => {
    const submit = (_name: string, request: { organisation: string }, { input }: { input: { envelopes: string[] } }): Promise<unknown> => {
      sent.push(input.envelopes.join(' and '));
      if (input.envelopes.includes('refused')) return Promise.reject(new DomainError('COMMITMENT_MISMATCH', 'another'));
      if (away.has(request.organisation)) return Promise.reject(newError('LEDGER_UNAVAILABLE', 'away'));
      return fail === undefined ? Promise.resolve({}) : Promise.reject(fail);
    };
    const facts = { find: newFind(relations), findKey: () => undefined };
    const options = { outbox, facts, transactions: { submit }, onTrouble: (error: unknown) => troubles.push(error) };
    return new Mailer(options as unknown as MailerOptions);
  };

  beforeEach(() => {
    const syncer = { sync: () => Promise.resolve(), close: () => undefined };
    outbox = newOutbox(new SqliteKept(openDatabase(':memory:', [outboxTable, severalAtOnePlace]), syncer));
    [sent, troubles] = [[], []];
    [away, relations] = [new Set(), new Map()];
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'queueMicrotask'] });
  });

  afterEach(() => jest.useRealTimers());

  const pass = async (ms: number): Promise<void> => {
    jest.advanceTimersByTime(ms);
    for (let turn = 0; turn < 3; turn += 1) await new Promise(setImmediate);
  };

  it('sends what was kept before its entry as soon as a block brings that, also after a restart', async () => {
    const first = newMailer();
    await first.put([parcelOf('binding', 'mine')]);
    first.onBlock();
    await first.stop();
    const second = newMailer();
    await second.start();
    await pass(0);
    expect(sent).toEqual([]);
    relations.set(ref, { AlphaMSP: 'mine' });
    second.onBlock();
    await pass(0);
    expect([sent, await outbox.list()]).toEqual([['mine'], []]);
    await second.stop();
  });

  it('sends the envelope that the entry names, whichever of two tries of a wallet counted, and drops the other', async () => {
    const mailer = newMailer();
    await mailer.put([parcelOf('binding', 'of the first try'), parcelOf('consent-document', 'of the first try')]);
    await mailer.put([parcelOf('binding', 'of the second try'), parcelOf('consent-document', 'of the second try')]);
    expect(await outbox.list()).toHaveLength(4);
    relations.set(ref, { AlphaMSP: 'of the second try' });
    mailer.onBlock();
    await pass(0);
    expect([sent, await outbox.list(), troubles]).toEqual([['of the second try and of the second try'], [], []]);
    await mailer.stop();
  });

  it('delivers the envelope that the entry names while another for the same place is refused', async () => {
    const running = new Map<string, Promise<unknown>>();
    // As the courier: an operation that is under way is not begun again.
    const submit = (
      _name: string,
      _request: unknown,
      { operation, input }: { operation: string; input: { envelopes: string[] } },
    ): unknown => {
      const refused = (): Promise<unknown> => Promise.reject(new DomainError('COMMITMENT_MISMATCH', 'another'));
      const answer = running.get(operation) ?? pass(0).then(() => (input.envelopes.join() === 'mine' ? {} : refused()));
      running.set(operation, answer);
      return answer;
    };
    const facts = { find: newFind(relations), findKey: () => undefined };
    const mailer = new Mailer({ outbox, facts, transactions: { submit }, onTrouble: () => undefined } as unknown as MailerOptions);
    const tries = [parcelOf('binding', 'of another try'), parcelOf('binding', 'mine')];
    await mailer.put(tries);
    relations.set(ref, { AlphaMSP: 'mine' });
    expect(await mailer.deliver(tries)).toEqual(['refused', 'delivered']);
    await mailer.stop();
  });

  it('brings in one transaction what is there for one receiver, up to a hundred values or 4 MB', async () => {
    const mailer = newMailer();
    const all = Array.from({ length: 101 }, (_, at) => ({ ...parcelOf('identity', `e${String(at)}`), ref: String(at).padStart(22, 'R') }));
    const long = all.slice(0, 3).map((parcel) => ({ ...parcel, kind: 'ask' as const, envelope: 'x'.repeat(2 * 1024 * 1024) }));
    const other = { ...parcelOf('identity', 'other'), organisation: 'BetaMSP' };
    const statuses = await Promise.all([mailer.deliver([...all, other]), mailer.deliver(long)]);
    expect(new Set(statuses.flat())).toEqual(new Set(['delivered']));
    expect(sent.map((one) => one.split(' and ').length).sort()).toEqual([1, 100, 2, 2]);
    await mailer.stop();
  });

  it('brings the others of a transaction that is refused for one of them', async () => {
    const mailer = newMailer();
    const parcels = ['one', 'refused', 'two', 'three'].map((envelope, at) => ({ ...parcelOf('binding', envelope), ref: String(at) }));
    await mailer.put(parcels);
    expect(await mailer.deliver(parcels)).toEqual(['delivered', 'refused', 'delivered', 'delivered']);
    expect(sent).toEqual(['one and refused and two and three', 'one and refused', 'one', 'refused', 'two and three']);
    expect((await outbox.list()).map(({ envelope }) => envelope)).toEqual(['refused']);
    await mailer.stop();
  });

  it('asks about a list whose outcome is unknown as it was, and puts nothing else into it, until that is known', async () => {
    const operations: string[] = [];
    let isKnown = false;
    const submit = (
      _name: string,
      _request: unknown,
      { operation, input }: { operation: string; input: { envelopes: string[] } },
    ): unknown => {
      operations.push(`${operation} ${input.envelopes.join(' and ')}`);
      const isList = input.envelopes.length > 1;
      return isKnown || !isList ? Promise.resolve({}) : Promise.reject(newError('LEDGER_OUTCOME_UNKNOWN', 'unknown'));
    };
    const parcels = ['two', 'one'].map((envelope) => ({ ...parcelOf('binding', envelope), ref: envelope.padEnd(22, 'R') }));
    const later = { ...parcelOf('binding', 'three'), ref: 'three'.padEnd(22, 'R') };
    for (const { ref: name, envelope } of [...parcels, later]) relations.set(name, { AlphaMSP: envelope });
    const facts = { find: newFind(relations), findKey: () => undefined };
    const mailer = new Mailer({ outbox, facts, transactions: { submit }, onTrouble: () => undefined } as unknown as MailerOptions);
    await mailer.put(parcels);
    expect(await mailer.deliver(parcels)).toEqual(['pending', 'pending']);
    await mailer.put([later]);
    await mailer.deliver([later, ...parcels.toReversed()]);
    isKnown = true;
    await pass(30_000);
    const [list, ...next] = operations;
    expect(list).toMatch(/ one and two$/);
    expect(next).toEqual([expect.stringMatching(/ three$/), list, list]);
    expect(await outbox.list()).toEqual([]);
    await mailer.stop();
  });

  it('drops what waited a day for an entry that never came', async () => {
    const mailer = newMailer();
    await mailer.put([parcelOf('binding', 'mine')]);
    await pass(24 * 3_600_000 + 1);
    mailer.onBlock();
    expect([sent, await outbox.list()]).toEqual([[], []]);
    await mailer.stop();
  });

  it('tries one receiver again soon, however long another is away and whatever waits for its entry', async () => {
    const mailer = newMailer();
    relations.set(ref, { AlphaMSP: 'mine', BetaMSP: 'other' });
    away.add('AlphaMSP');
    const orphan = { ...parcelOf('binding', 'orphan'), organisation: 'BetaMSP', ref: 'S'.repeat(22) };
    const other = { ...parcelOf('binding', 'other'), organisation: 'BetaMSP' };
    await mailer.put([orphan, parcelOf('binding', 'mine')]);
    await mailer.deliver([parcelOf('binding', 'mine')]);
    for (let round = 0; round < 20; round += 1) await pass(30_000);
    away.add('BetaMSP');
    await mailer.put([other]);
    expect(await mailer.deliver([other])).toEqual(['pending']);
    away.delete('BetaMSP');
    await pass(500);
    expect((await outbox.list()).map(({ envelope }) => envelope)).toEqual(['orphan', 'mine']);
    away.delete('AlphaMSP');
    await pass(30_000);
    expect((await outbox.list()).map(({ envelope }) => envelope)).toEqual(['orphan']);
    await mailer.stop();
  });

  it('brings what waits already, not what was put in after it', async () => {
    const mailer = newMailer();
    await mailer.put([parcelOf('ask', 'first')]);
    await mailer.put([parcelOf('ask', 'second')]);
    expect(await mailer.deliver([parcelOf('ask', 'second')])).toEqual(['delivered']);
    expect([sent, await outbox.list()]).toEqual([['first'], []]);
    await mailer.stop();
  });

  it('tells of a parcel that its receiver will never take, and keeps it', async () => {
    const mailer = newMailer(new DomainError('COMMITMENT_MISMATCH', 'another'));
    await mailer.put([parcelOf('binding', 'mine')]);
    expect(await mailer.deliver([parcelOf('binding', 'mine')])).toEqual(['refused']);
    expect(troubles).toHaveLength(1);
    expect(await outbox.list()).toMatchObject([{ envelope: 'mine' }]);
    await mailer.stop();
  });

  it('takes an ask that stands already for delivered: nobody else stores it', async () => {
    const mailer = newMailer(new DomainError('SEALED_ALREADY_STORED', 'another'));
    expect(await mailer.deliver([parcelOf('ask', 'mine')])).toEqual(['delivered']);
    await mailer.stop();
  });

  it('tries again what a receiver could not take just now', async () => {
    const mailer = newMailer(newError('LEDGER_UNAVAILABLE', 'away'));
    await mailer.put([parcelOf('binding', 'mine')]);
    expect(await mailer.deliver([parcelOf('binding', 'mine')])).toEqual(['pending']);
    expect(await outbox.list()).toHaveLength(1);
    await mailer.stop();
  });
});
