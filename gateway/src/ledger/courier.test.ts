import { withinDeadline } from '../deadline';
import { newError } from '../problem';
import { openDatabase } from '../store/database';
import { newIntentStore } from '../store/intent-table';
import { keptTables } from '../store/kept-tables';
import { SqliteKept } from '../store/sqlite-kept';
import { AnswerError } from './answer-error';
import type { Carrier, Prepared, TransactionStatus } from './carrier';
import { Courier } from './courier';
import type { IntentStore } from './intent';
import type { Call } from './ledger';

/** A carrier that does what a script says; `codes` are the validation codes of the transactions in the order of their endorsement. */
class ScriptedCarrier implements Carrier {
  readonly sent: string[] = [];
  readonly ordered = new Map<string, TransactionStatus>();
  codes: number[] = [];
  endorseErrors: Error[] = [];
  /** Whom each endorsement was asked of; undefined: whom the peer finds. */
  readonly asked: (readonly string[] | undefined)[] = [];
  /** Sends that fail before, or only after the orderers took the envelope. */
  failSends: ('before' | 'after')[] = [];
  hidden = 0;
  number = 0;

  evaluate(): Promise<string> {
    return Promise.resolve('null');
  }

  endorse({ organisations }: Call): Promise<Prepared> {
    this.asked.push(organisations);
    const error = this.endorseErrors.shift();
    if (error !== undefined) return Promise.reject(error);
    this.number += 1;
    const transactionId = `tx${String(this.number)}`;
    return Promise.resolve({ transactionId, envelope: Buffer.from(transactionId), result: '{"done":true}' });
  }

  readEndorsers({ transactionId }: Prepared): readonly string[] {
    return ['OwnMSP', `found-for-${transactionId}`];
  }

  send(envelope: Uint8Array): Promise<void> {
    const id = Buffer.from(envelope).toString();
    this.sent.push(id);
    const failure = this.failSends.shift();
    if (failure === 'before') return Promise.reject(new Error('no orderer answers'));
    if (!this.ordered.has(id)) this.ordered.set(id, { code: this.codes.shift() ?? 0, block: this.ordered.size + 7 });
    return failure === 'after' ? Promise.reject(new Error('request already processed')) : Promise.resolve();
  }

  readStatus(transactionId: string): Promise<TransactionStatus | undefined> {
    if (this.hidden > 0) {
      this.hidden -= 1;
      return Promise.resolve(undefined);
    }
    return Promise.resolve(this.ordered.get(transactionId));
  }

  followBlocks(): never {
    throw new Error('not used');
  }

  readHeight(): Promise<number> {
    return Promise.resolve(1);
  }
}

const submission = { transaction: 'RecordConsent', request: { consent: 'a.b.c' }, operation: 'op' };
const times = { endorseMs: 120, settleMs: 200, statusMs: 5, forgottenMs: 1_000, contentionTries: 3 };

const newStore = (sync: () => Promise<void>): IntentStore =>
  newIntentStore(new SqliteKept(openDatabase(':memory:', keptTables), { sync, close: () => undefined }), 'me');

describe('Courier', () => {
  let carrier: ScriptedCarrier;
  let intents: IntentStore;
  let alarms: number[];
  let newestTime: number;
  let now: () => number;

  const newCourier = (): Courier =>
    new Courier({
      carrier,
      intents,
      times,
      newestTime: () => newestTime,
      now: () => now(),
      onAlarm: ({ code }) => alarms.push(code),
    });

  beforeEach(() => {
    carrier = new ScriptedCarrier();
    intents = newStore(() => Promise.resolve());
    alarms = [];
    newestTime = 0;
    now = Date.now;
  });

  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('sends nothing before the intent survives a power failure', async () => {
    let survives = (): void => undefined;
    const sync = (): Promise<void> => new Promise((resolve) => (survives = resolve));
    intents = newStore(sync);
    const submitted = newCourier().submit(submission);
    await new Promise(setImmediate);
    expect([(await intents.find('op'))?.state, carrier.sent]).toEqual(['open', []]);
    survives();
    await submitted;
    expect(carrier.sent).toEqual(['tx1']);
  });

  const late = (): Error => new Error('late');

  it('asks nobody any more for what nobody waits for', async () => {
    carrier.endorseErrors = Array.from({ length: 50 }, () => new AnswerError('unavailable', newError('LEDGER_UNAVAILABLE', 'x')));
    await expect(withinDeadline(0, () => newCourier().submit(submission), late)).rejects.toThrow();
    expect([carrier.asked.length, await intents.find('op')]).toEqual([1, undefined]);
  });

  it('brings what it has begun to its end, also when nobody waits any more', async () => {
    let open = (): void => undefined;
    const held = new Promise<void>((resolve) => (open = resolve));
    const send = carrier.send.bind(carrier);
    carrier.send = (envelope) => held.then(() => send(envelope));
    carrier.codes = [11, 0];
    let submitted: Promise<unknown> = Promise.resolve();
    const work = (): Promise<unknown> => (submitted = newCourier().submit(submission));
    await expect(withinDeadline(1, work, late)).rejects.toThrow('late');
    carrier.endorseErrors = [new AnswerError('unavailable', newError('LEDGER_UNAVAILABLE', 'x'))];
    open();
    await expect(submitted).resolves.toMatchObject({ transactionId: 'tx2' });
  });

  it('stores the signed envelope before it is sent', async () => {
    let seen: string | undefined;
    const send = carrier.send.bind(carrier);
    carrier.send = async (envelope) => {
      seen = (await intents.find('op'))?.state;
      return send(envelope);
    };
    await newCourier().submit(submission);
    expect(seen).toBe('open');
    expect(await intents.find('op')).toMatchObject({ state: 'committed', code: 0, block: 7 });
  });

  it('gives a repeated operation its first outcome without a second transaction', async () => {
    const courier = newCourier();
    const first = await courier.submit(submission);
    expect(await courier.submit(submission)).toEqual(first);
    expect(await newCourier().submit(submission)).toEqual(first);
    expect(carrier.number).toBe(1);
  });

  it('sends one transaction when the same operation is submitted twice at once', async () => {
    const courier = newCourier();
    await Promise.all([courier.submit(submission), courier.submit(submission)]);
    expect(carrier.number).toBe(1);
  });

  it('refuses a committed operation that comes again with other content', async () => {
    await newCourier().submit(submission);
    await expect(newCourier().submit({ ...submission, request: { consent: 'x.y.z' } })).rejects.toMatchObject({
      code: 'OPERATION_CHANGED',
    });
  });

  it('resolves a lost answer by the transaction id', async () => {
    carrier.failSends = ['after'];
    expect(await newCourier().submit(submission)).toMatchObject({ transactionId: 'tx1', block: 7, result: { done: true } });
    expect(carrier.sent).toEqual(['tx1']);
  });

  it('sends the same envelope again when the orderers never got it, and makes no new transaction', async () => {
    carrier.failSends = ['before', 'before'];
    await newCourier().submit(submission);
    expect(carrier.sent).toEqual(['tx1', 'tx1', 'tx1']);
    expect(carrier.number).toBe(1);
  });

  it('leaves an unknown outcome open and says so, with the transaction id', async () => {
    carrier.failSends = Array<'before'>(50).fill('before');
    await expect(newCourier().submit(submission)).rejects.toMatchObject({
      code: 'LEDGER_OUTCOME_UNKNOWN',
      category: 'uncertain',
      transactionId: 'tx1',
    });
    expect((await intents.find('op'))?.state).toBe('open');
  });

  it('settles what an earlier run left open, by the stored envelope', async () => {
    carrier.failSends = Array<'before'>(50).fill('before');
    await expect(newCourier().submit(submission)).rejects.toThrow();
    carrier.failSends = [];
    expect(await newCourier().recover()).toBe(0);
    expect(await intents.find('op')).toMatchObject({ state: 'committed', transactionId: 'tx1' });
    expect(await newCourier().submit(submission)).toMatchObject({ transactionId: 'tx1' });
    expect(carrier.number).toBe(1);
  });

  describe('with a fixed policy', () => {
    const lag = new AnswerError('lag', newError('LEDGER_UNKNOWN', 'They differ'));
    const first = ['OwnMSP', 'found-for-tx1'];
    let courier: Courier;
    const submit = (operation: string, more: object = {}): Promise<unknown> =>
      courier.submit({ ...submission, operation, fixedPolicy: true, ...more });

    beforeEach(async () => {
      courier = newCourier();
      await submit('first');
    });

    it('asks whoever endorsed the last one of its name', async () => {
      await submit('second');
      await submit('other', { transaction: 'AnchorRecords' });
      await submit('third', { fixedPolicy: false });
      expect(carrier.asked).toEqual([undefined, first, undefined, undefined]);
    });

    it.each(['lag', 'unavailable'] as const)('has others found at once when those do not agree or answer: %s', async (kind) => {
      carrier.endorseErrors = [new AnswerError(kind, lag.error)];
      await submit('second');
      await submit('third');
      expect(carrier.asked).toEqual([undefined, first, undefined, ['OwnMSP', 'found-for-tx2']]);
    });

    it('gives others all the time there is when those whom it knows took theirs', async () => {
      const slow = new AnswerError('unavailable', lag.error);
      const endorse = carrier.endorse.bind(carrier);
      let isFirst = true;
      carrier.endorse = async (call) => {
        if (isFirst) await new Promise((resolve) => setTimeout(resolve, 2 * times.endorseMs));
        isFirst = false;
        return endorse(call);
      };
      carrier.endorseErrors = [slow, lag];
      await submit('second');
      expect(carrier.asked).toEqual([undefined, first, undefined, undefined]);
    });

    it('has others found when the ledger says that they were too few', async () => {
      carrier.codes = [10];
      await submit('second');
      expect(carrier.asked).toEqual([undefined, first, undefined]);
      expect(alarms).toEqual([]);
    });

    it('takes what the chaincode decides as decided', async () => {
      carrier.endorseErrors = [new AnswerError('final', newError('NOT_THE_CUSTODIAN', 'It decided so'))];
      await expect(submit('second')).rejects.toMatchObject({ code: 'NOT_THE_CUSTODIAN' });
      expect(carrier.asked).toEqual([undefined, first]);
    });
  });

  describe('gives a transaction up', () => {
    let sentAt: number;

    beforeEach(async () => {
      carrier.failSends = Array<'before'>(500).fill('before');
      sentAt = Date.now();
      await expect(newCourier().submit(submission)).rejects.toMatchObject({ code: 'LEDGER_OUTCOME_UNKNOWN' });
      expect(await intents.find('op')).toMatchObject({ state: 'open' });
    });

    it('and makes a new one only when blocks are there that are later than the orderers remember', async () => {
      now = () => Date.now() + 5_000;
      newestTime = sentAt + 500;
      await expect(newCourier().submit(submission)).rejects.toMatchObject({ code: 'LEDGER_OUTCOME_UNKNOWN' });
      expect(carrier.number).toBe(1);
      newestTime = sentAt + 4_000;
      carrier.failSends = ['before'];
      expect(await newCourier().submit(submission)).toMatchObject({ transactionId: 'tx2' });
    });

    it('no earlier than that after the orderers took it again', async () => {
      now = () => Date.now() + 5_000;
      newestTime = sentAt + 5_500;
      carrier.hidden = 500;
      carrier.failSends = [];
      await expect(newCourier().submit(submission)).rejects.toMatchObject({ code: 'LEDGER_OUTCOME_UNKNOWN' });
      expect((await intents.find('op'))?.sentAt).toBeGreaterThanOrEqual(sentAt + 5_000);
      carrier.failSends = Array<'before'>(500).fill('before');
      await expect(newCourier().submit(submission)).rejects.toMatchObject({ code: 'LEDGER_OUTCOME_UNKNOWN' });
      expect(carrier.number).toBe(1);
    });
  });

  it.each([11, 12])('tries a conflict (code %i) again with a new proposal, a bounded number of times', async (code) => {
    carrier.codes = [code, code];
    expect(await newCourier().submit(submission)).toMatchObject({ transactionId: 'tx3' });
    carrier.codes = [code, code, code];
    await expect(newCourier().submit({ ...submission, operation: 'other' })).rejects.toMatchObject({
      code: 'LEDGER_CONTENTION',
      category: 'contention',
    });
    expect(carrier.number).toBe(6);
  });

  it('tries once more after an endorsement policy failure, which a key that was sealed meanwhile may have caused', async () => {
    carrier.codes = [10];
    expect(await newCourier().submit(submission)).toMatchObject({ transactionId: 'tx2' });
    expect(alarms).toEqual([]);
  });

  it('raises an alarm on the second endorsement policy failure, and gives up', async () => {
    carrier.codes = [10, 10];
    await expect(newCourier().submit(submission)).rejects.toMatchObject({ code: 'LEDGER_REFUSED', details: { validationCode: 10 } });
    expect(alarms).toEqual([10]);
    expect(carrier.number).toBe(2);
  });

  it('reports any other validation code without a retry', async () => {
    carrier.codes = [4];
    await expect(newCourier().submit(submission)).rejects.toMatchObject({ code: 'LEDGER_REFUSED', details: { validationCode: 4 } });
    expect(carrier.number).toBe(1);
  });

  it('asks again when peers disagree or do not answer, and stores nothing meanwhile', async () => {
    const error = newError('LEDGER_UNAVAILABLE', 'nobody answers');
    carrier.endorseErrors = [new AnswerError('unavailable', error), new AnswerError('lag', error)];
    expect(await newCourier().submit(submission)).toMatchObject({ transactionId: 'tx1' });
    carrier.endorseErrors = Array.from({ length: 50 }, () => new AnswerError('unavailable', error));
    await expect(newCourier().submit({ ...submission, operation: 'other' })).rejects.toBe(error);
    expect(await intents.find('other')).toBeUndefined();
  });

  it("passes the chaincode's own refusal on at once, unless a lagging peer may have said it", async () => {
    const error = newError('RELATION_UNKNOWN', 'not here');
    carrier.endorseErrors = [new AnswerError('final', error)];
    await expect(newCourier().submit(submission)).rejects.toBe(error);
    carrier.endorseErrors = [new AnswerError('final', error)];
    expect(await newCourier().submit({ ...submission, mayLag: true })).toMatchObject({ transactionId: 'tx1' });
  });

  it('tells of a peer that stays behind, not of what that peer misses', async () => {
    const missing = newError('RELATION_UNKNOWN', 'not here');
    carrier.endorseErrors = Array.from({ length: 50 }, () => new AnswerError('lag', missing));
    await expect(newCourier().submit(submission)).rejects.toMatchObject({ code: 'LEDGER_UNAVAILABLE', cause: missing });
    const rule = newError('ROLE_NOT_ALLOWED', 'not you');
    carrier.endorseErrors = Array.from({ length: 50 }, () => new AnswerError('lag', rule));
    await expect(newCourier().submit({ ...submission, operation: 'other' })).rejects.toBe(rule);
  });

  it('drains: resolves when nothing is on its way', async () => {
    const courier = newCourier();
    const submitted = courier.submit(submission);
    await courier.drain();
    expect(await intents.listOpen()).toEqual([]);
    await submitted;
  });
});
