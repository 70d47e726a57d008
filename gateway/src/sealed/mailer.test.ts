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
  const newMailer = (fail?: Error): Mailer => {
    const submit = (_name: string, _request: unknown, { input }: { input: { envelope: string } }): Promise<unknown> => {
      sent.push(input.envelope);
      return fail === undefined ? Promise.resolve({}) : Promise.reject(fail);
    };
    const facts = { find: () => undefined, findKey: () => undefined };
    const options = { outbox, facts, transactions: { submit }, onTrouble: (error: unknown) => troubles.push(error) };
    return new Mailer(options as unknown as MailerOptions);
  };

  beforeEach(() => {
    outbox = newOutbox(openDatabase(':memory:', [outboxTable]));
    [sent, troubles] = [[], []];
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
