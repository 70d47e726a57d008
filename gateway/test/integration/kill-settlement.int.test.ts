import { randomUUID } from 'node:crypto';
import { parseEntryName, type AdjudicationEntry, type PaymentEntry, type SettlementEntry } from '@medaccord/chaincode/model';
import type { LedgerBlock } from '../../src/ledger/ledger';
import { parseBlock } from '../../src/ledger/parse-block';
import { Facts } from '../../src/store';
import type { Answer } from '../support/door';
import { newPlan } from '../support/test-coverage';
import { ClaimsStage, type Side } from './support/claims-stage';
import type { Point } from './support/kill-points';
import { readChain } from './support/read-chain';

jest.setTimeout(600_000);

/** What a killed gateway had kept of its transaction, and whether the ledger gets it after all. */
const unkept = [undefined, 0] as const;
const kept = ['open', 1] as const;
const places = [
  ['before it submits', 'Endorse answered', unkept],
  ['while it submits', 'Submit asked', kept],
  ['when it has submitted', 'Submit answered', kept],
] as const satisfies readonly (readonly [string, Point, typeof unkept | typeof kept])[];
const steps = [
  ['insurer', 'the statement', 'ProposeSettlement'],
  ['hospital', 'its signature', 'SignSettlement'],
  ['insurer', 'the payment', 'NotifyPayment'],
  ['hospital', 'that the money came', 'ClearPayment'],
] as const satisfies readonly (readonly [Side, string, string])[];
const moments = steps.flatMap(([whose, what, transaction]) =>
  places.map(([when, point, expected]) => ({ whose, what, transaction, when, point, expected })),
);
/** What is signed anew when it is repeated: of the kept one and its repeat either can come first, and the other has no effect. */
const isEither = ({ transaction, point }: (typeof moments)[number]): boolean =>
  point === 'Submit asked' && ['ProposeSettlement', 'SignSettlement'].includes(transaction);
/** A visit for 125.00, of which the patient bears 25.00. */
const [CHARGE, BENEFIT] = [12_500, 10_000];

let stage: ClaimsStage;
/** In the order of the statements that settle them. */
const claimIds: string[] = [];
/** Of the statements. */
const keys: string[] = [];
const killed: { readonly transactionId: string | undefined; readonly isEither: boolean; readonly code: number }[] = [];

beforeAll(async () => {
  stage = await ClaimsStage.open(newPlan({ filingDays: null, evidence: [], quantities: [] }));
});

afterAll(async () => {
  await stage.close();
});

const at = (side: Side, number: number, step = ''): string =>
  `/api/settlements/${side === 'hospital' ? stage.patient.counterparty : stage.patient.custodian}/${String(number)}${step}`;
const propose = (key: string): Promise<Answer> =>
  stage.untilAnswered('insurer', '/api/settlements', { key, body: { hospital: stage.patient.custodian } });
const sign = (number: number): Promise<Answer> => stage.untilAnswered('hospital', at('hospital', number, '/signature'), { method: 'POST' });
const pay = (number: number): Promise<Answer> => {
  const body = { amounts: { USD: BENEFIT }, paidOn: '2026-04-01', reference: `RF18 ${String(number)}` };
  return stage.untilAnswered('insurer', at('insurer', number, '/payment'), { body });
};
const receive = (number: number): Promise<Answer> =>
  stage.untilAnswered(
    'hospital',
    at('hospital', number, '/payment/received'),
    { method: 'PUT', body: { amounts: { USD: BENEFIT } } },
    ({ body }) => (body as { status: string }).status === 'cleared',
  );

/** From the statement to the money, every step until its client is told that it is done. */
async function settle(number: number, key: string): Promise<void> {
  expect((await propose(key)).body).toMatchObject({ number, totals: { USD: BENEFIT } });
  await stage.untilAnswered('hospital', at('hospital', number), {});
  expect((await sign(number)).body).toMatchObject({ number, lines: [{ claimId: claimIds[number - 1], benefit: BENEFIT }] });
  expect((await pay(number)).body).toMatchObject({ number, payment: { amounts: { USD: BENEFIT } } });
  await receive(number);
}

describe('a gateway that is killed between the steps from a statement to its payment', () => {
  test.each(moments)('the $whose, $when $what: the claim is settled and paid once', async (moment) => {
    const { whose, transaction, point } = moment;
    const [state, code] = moment.expected;
    const number = claimIds.push(await stage.billUntilChecked(`2026-03-${String(10 + claimIds.length)}`, CHARGE));
    await stage.untilSettled();
    const key = randomUUID();
    keys.push(key);
    const [kill] = await Promise.all([stage.points[whose].killIn(transaction, point), settle(number, key)]);
    expect([kill.kept, kill.transactionId]).toEqual([state, expect.any(String)]);
    killed.push({ transactionId: kill.transactionId, isEither: isEither(moment), code });
  });
});

describe('after all of these kills', () => {
  let blocks: readonly LedgerBlock[];
  let facts: Facts;

  beforeAll(async () => {
    const { connection, mspId } = stage.network.gateway(stage.patient.custodian);
    blocks = (await readChain(connection, mspId)).blocks.map((block) => parseBlock(block, connection.chaincode));
    facts = new Facts(':memory:', '');
    for (const block of blocks) facts.apply(block);
  });

  afterAll(() => {
    facts.close();
  });

  test('the ledger has of what was under way then what its moment says', () => {
    const valid = new Set(blocks.flatMap(({ transactions }) => transactions.filter(({ code }) => code === 0)).map(idOf));
    const told = killed.filter((one) => !one.isEither);
    expect(told.map(({ transactionId }) => Number(valid.has(transactionId ?? '')))).toEqual(told.map(({ code }) => code));
  });

  test('every claim is settled by one statement, which both signed, and paid by one payment, which is cleared', () => {
    const settled = claimIds.map(
      (claimId) => facts.find<AdjudicationEntry>('adjudication', stage.patient.relationRef, claimId)?.value.settled,
    );
    expect(settled).toEqual(claimIds.map((_, index) => ({ n: 1, number: index + 1 })));
    const statements = facts.listType<SettlementEntry>('settlement').map(({ value }) => value);
    expect(statements.map(({ number, signature }) => [number, signature !== null]).toSorted(byNumber)).toEqual(
      claimIds.map((_, index) => [index + 1, true]),
    );
    const payments = facts.listType<PaymentEntry>('payment').map(({ value }) => value);
    expect(payments.map(({ number, status }) => [number, status]).toSorted(byNumber)).toEqual(
      claimIds.map((_, index) => [index + 1, 'cleared']),
    );
    const writes = blocks.flatMap(({ transactions }) => transactions.flatMap((one) => one.writes.map(({ key }) => parseEntryName(key))));
    expect(writes.filter((name) => name?.type === 'payment')).toHaveLength(2 * moments.length);
  });

  test('both read each statement with the one claim that it settles, and the sum of all is that of the claims', async () => {
    for (const side of ['hospital', 'insurer'] as const) {
      const read = await Promise.all(claimIds.map((_, index) => stage.untilAnswered(side, at(side, index + 1), {})));
      const lines = read.flatMap(({ body }) => (body as { lines: { claimId: string; benefit: number }[] }).lines);
      expect(lines).toEqual(claimIds.map((claimId) => expect.objectContaining({ claimId, benefit: BENEFIT }) as unknown));
      const { body } = await stage.untilAnswered(side, '/api/settlements?show=unreconciled', {});
      expect(body).toEqual({ settlements: [] });
    }
  });

  test('whoever repeats a step is told of the first, and nothing is due any more', async () => {
    for (const [index, key] of keys.entries())
      expect((await propose(key)).body).toMatchObject({ number: index + 1, totals: { USD: BENEFIT } });
    expect((await sign(1)).body).toMatchObject({ number: 1, status: 'cleared' });
    expect((await pay(1)).body).toMatchObject({ number: 1, status: 'cleared' });
    expect((await receive(1)).body).toMatchObject({ number: 1, received: null, difference: null });
    const { front } = stage.proxied.insurer;
    const asked = { token: await front.token('insurer-clerk'), key: randomUUID(), body: { hospital: stage.patient.custodian } };
    expect((await front.send('/api/settlements', asked)).body.code).toBe('SETTLEMENT_EMPTY');
    const twice = { amounts: { USD: BENEFIT }, paidOn: '2026-04-02', reference: 'another' };
    const again = await front.send(at('insurer', 1, '/payment'), { token: await front.token('insurer-clerk'), body: twice });
    expect(again.body.code).toBe('PAYMENT_ALREADY_NOTIFIED');
  });
});

function idOf({ transactionId }: { readonly transactionId: string }): string {
  return transactionId;
}

function byNumber(one: readonly unknown[], other: readonly unknown[]): number {
  return Number(one[0]) - Number(other[0]);
}
