import { newError } from '../problem';
import { openDatabase } from '../store/database';
import { newOutbox, outboxTable, type Outbox, type Parcel } from '../store/outbox';
import { DomainError } from '@medaccord/chaincode/model';
import { Mailer, type MailerOptions } from './mailer';

const ref = 'R'.repeat(22);
const parcelOf = (kind: Parcel['kind'], envelope: string): Parcel => ({ organisation: 'AlphaMSP', kind, ref, id: '1', envelope });

describe('Mailer', () => {
  let outbox: Outbox;
  let sent: string[];
  let troubles: unknown[];
  /** Receivers that do not answer now. */
  let away: Set<string>;
  /** Relations that are on the ledger. */
  let relations: Set<string>;
  const newMailer = (fail?: Error): Mailer => {
    const submit = (_name: string, request: { organisation: string }, { input }: { input: { envelope: string } }): Promise<unknown> => {
      sent.push(input.envelope);
      if (away.has(request.organisation)) return Promise.reject(newError('LEDGER_UNAVAILABLE', 'away'));
      return fail === undefined ? Promise.resolve({}) : Promise.reject(fail);
    };
    const facts = { find: (_kind: string, ref: string) => (relations.has(ref) ? {} : undefined), findKey: () => undefined };
    const options = { outbox, facts, transactions: { submit }, onTrouble: (error: unknown) => troubles.push(error) };
    return new Mailer(options as unknown as MailerOptions);
  };

  beforeEach(() => {
    outbox = newOutbox(openDatabase(':memory:', [outboxTable]));
    [sent, troubles] = [[], []];
    [away, relations] = [new Set(), new Set()];
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'queueMicrotask'] });
  });

  afterEach(() => jest.useRealTimers());

  const pass = async (ms: number): Promise<void> => {
    jest.advanceTimersByTime(ms);
    await new Promise(setImmediate);
  };

  it('sends what was kept before its entry as soon as a block brings that, also after a restart', async () => {
    const first = newMailer();
    first.put([parcelOf('binding', 'mine')]);
    first.onBlock();
    await first.stop();
    const second = newMailer();
    second.start();
    await pass(0);
    expect(sent).toEqual([]);
    relations.add(ref);
    second.onBlock();
    await pass(0);
    expect([sent, outbox.list()]).toEqual([['mine'], []]);
    await second.stop();
  });

  it('drops what waited a day for an entry that never came', async () => {
    const mailer = newMailer();
    mailer.put([parcelOf('binding', 'mine')]);
    await pass(24 * 3_600_000 + 1);
    mailer.onBlock();
    expect([sent, outbox.list()]).toEqual([[], []]);
    await mailer.stop();
  });

  it('tries one receiver again soon, however long another is away and whatever waits for its entry', async () => {
    const mailer = newMailer();
    relations.add(ref);
    away.add('AlphaMSP');
    const orphan = { ...parcelOf('binding', 'orphan'), organisation: 'BetaMSP', ref: 'S'.repeat(22) };
    const other = { ...parcelOf('binding', 'other'), organisation: 'BetaMSP' };
    mailer.put([orphan, parcelOf('binding', 'mine')]);
    await mailer.deliver([parcelOf('binding', 'mine')]);
    for (let round = 0; round < 20; round += 1) await pass(30_000);
    away.add('BetaMSP');
    mailer.put([other]);
    expect(await mailer.deliver([other])).toEqual(['pending']);
    away.delete('BetaMSP');
    await pass(500);
    expect(outbox.list().map(({ envelope }) => envelope)).toEqual(['orphan', 'mine']);
    away.delete('AlphaMSP');
    await pass(30_000);
    expect(outbox.list().map(({ envelope }) => envelope)).toEqual(['orphan']);
    await mailer.stop();
  });

  it('brings what waits already, not what was put in after it', async () => {
    const mailer = newMailer();
    mailer.put([parcelOf('binding', 'first')]);
    mailer.put([parcelOf('binding', 'second')]);
    expect(await mailer.deliver([parcelOf('binding', 'second')])).toEqual(['delivered']);
    expect([sent, outbox.list()]).toEqual([['first'], []]);
    await mailer.stop();
  });

  it('tells of a parcel that its receiver will never take, and keeps it', async () => {
    const mailer = newMailer(new DomainError('COMMITMENT_MISMATCH', 'another'));
    mailer.put([parcelOf('binding', 'mine')]);
    expect(await mailer.deliver([parcelOf('binding', 'mine')])).toEqual(['refused']);
    expect(troubles).toHaveLength(1);
    expect(outbox.list()).toMatchObject([{ envelope: 'mine' }]);
    await mailer.stop();
  });

  it('takes an ask that stands already for delivered: nobody else stores it', async () => {
    const mailer = newMailer(new DomainError('SEALED_ALREADY_STORED', 'another'));
    expect(await mailer.deliver([parcelOf('ask', 'mine')])).toEqual(['delivered']);
    await mailer.stop();
  });

  it('tries again what a receiver could not take just now', async () => {
    const mailer = newMailer(newError('LEDGER_UNAVAILABLE', 'away'));
    mailer.put([parcelOf('binding', 'mine')]);
    expect(await mailer.deliver([parcelOf('binding', 'mine')])).toEqual(['pending']);
    expect(outbox.list()).toHaveLength(1);
    await mailer.stop();
  });
});
