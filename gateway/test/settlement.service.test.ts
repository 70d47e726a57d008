import { randomBytes, randomUUID } from 'node:crypto';
import {
  formatCanonical,
  formatInstant,
  formatUtf8,
  settlementKey,
  settlementPreimage,
  settlementRef,
  type AdjudicationDocument,
  type AdjudicationEntry,
  type SettledClaim,
  type SettlementDocument,
  type SettlementEntry,
  type SettlementId,
} from '@medaccord/chaincode/model';
import { commit, newSalt, seal, signJws } from '../src/crypto';
import { digestOf } from '../src/ledger/digest';
import { hideSealed } from './support/hide-sealed';
import { TestClaims, type TestClaim } from './support/test-claims';
import { TestConsortium, waitFor, type Answer } from './support/test-consortium';
import { newPlan, TestCoverage } from './support/test-coverage';
import { TestPatient } from './support/test-patient';

jest.setTimeout(60_000);

const consortium = new TestConsortium();
const patient = new TestPatient(consortium, 'AlphaMSP');
const coverage = new TestCoverage(patient);
const claims = new TestClaims(consortium, coverage);
/** A visit costs 25.00 of the patient's own; nothing needs evidence. */
const plan = newPlan({ evidence: [], quantities: [] });

beforeAll(async () => {
  await consortium.start();
  await patient.register();
  await patient.checkIn('GammaMSP', 'GammaMSP', ['cover']);
  await claims.treat(10);
  expect((await coverage.begin(plan)).status).toBe(201);
}, 60_000);

afterAll(async () => {
  await consortium.stop();
});

const gamma = () => consortium.gateway('GammaMSP');
const alpha = () => consortium.gateway('AlphaMSP');
const statement = (at: 'alpha' | 'gamma', number: number): string =>
  `/api/settlements/${at === 'alpha' ? 'GammaMSP' : 'AlphaMSP'}/${String(number)}`;

async function atInsurer(path: string, body?: object, key: string = randomUUID()): Promise<Answer> {
  return gamma().send(path, { token: await gamma().token('insurer-clerk'), key, ...(body && { body }) });
}

async function atHospital(path: string, body?: object, method?: 'POST' | 'PUT'): Promise<Answer> {
  await consortium.untilFollowing();
  return alpha().send(path, { token: await alpha().token('registrar'), ...(body && { body }), ...(method && { method }) });
}

const propose = (key?: string): Promise<Answer> => atInsurer('/api/settlements', { hospital: 'AlphaMSP' }, key);
const sign = (number: number): Promise<Answer> => atHospital(`${statement('alpha', number)}/signature`, undefined, 'POST');
const rowOf = ({ claimId }: TestClaim, n: number) => alpha().store.adjudicated.find({ relationRef: patient.relationRef, claimId, n });

/** Until the insurer has decided a claim, and the hospital has worked it out again. */
async function untilChecked(claim: TestClaim, n = 1): Promise<TestClaim> {
  const entry = () => gamma().store.facts.find<AdjudicationEntry>('adjudication', patient.relationRef, claim.claimId)?.value;
  await waitFor(() => entry()?.n === n && rowOf(claim, n)?.verdict === 'agrees', 20_000);
  return claim;
}

/** What an altered gateway of the insurer proposes in place of the statement that waits for its signature. */
async function proposeAltered(number: number, change: (lines: SettledClaim[]) => SettledClaim[]): Promise<void> {
  const { keys, store } = gamma();
  const { value: standing } = store.facts.find<SettlementEntry>('settlement', 'AlphaMSP/GammaMSP', String(number))!;
  const claimed = change((await atInsurer(statement('gamma', number))).body.lines as SettledClaim[]);
  const totals: Record<string, number> = {};
  for (const { currency, benefit } of claimed) totals[currency] = (totals[currency] ?? 0) + benefit;
  const settlementId = randomBytes(16).toString('base64url') as SettlementId;
  const name = { settlementId, hospital: standing.hospital, insurer: standing.insurer, number, previous: standing.previous };
  const document: SettlementDocument = { ...name, claims: claimed, totals, salt: newSalt() };
  const text = formatCanonical(document);
  const sealTo = (recipient: 'AlphaMSP' | 'GammaMSP'): Promise<string> =>
    seal(consortium.gateway(recipient).keys.publicSealing, { ...settlementRef(settlementId), recipient }, formatUtf8(text));
  const sealed = { hospital: await sealTo('AlphaMSP'), insurer: await sealTo('GammaMSP') };
  const payload = {
    ...name,
    document: await commit(settlementPreimage(document)),
    sealed: { AlphaMSP: digestOf(sealed.hospital), GammaMSP: digestOf(sealed.insurer) },
    issuedAt: formatInstant(store.facts.newestTime),
  };
  const opened = claimed.map((line) => ({ document: alpha().store.adjudicated.find(line)?.document ?? '' }));
  const call = {
    transaction: 'ProposeSettlement',
    request: { statement: await signJws('settlement', payload as never, keys.signing) },
    organisations: ['GammaMSP', 'AlphaMSP'],
    transient: { input: formatCanonical({ document: text, claims: opened, sealed }) },
  };
  const { ledger } = consortium;
  expect(ledger.commit(await ledger.endorse(await ledger.twin.identity('GammaMSP', 'gateway'), call.transaction, call)).code).toBe(0);
  await consortium.untilFollowing();
}

let first: TestClaim;
let second: TestClaim;

describe('a statement', () => {
  it('is not made where nothing is to settle', async () => {
    expect((await propose()).body.code).toBe('SETTLEMENT_EMPTY');
  });

  it('names every final adjudication that is not settled, with what it pays; the same request is the same statement', async () => {
    first = await untilChecked(await claims.bill([{ records: [0], charge: 10_000 }]));
    second = await untilChecked(await claims.bill([{ records: [1], charge: 20_000 }]));
    const key = randomUUID();
    const { status, body } = await propose(key);
    expect([status, body]).toMatchObject([
      201,
      { hospital: 'AlphaMSP', insurer: 'GammaMSP', number: 1, status: 'proposed', payment: null },
    ]);
    expect(body.lines).toEqual([lineOf(first, 7_500), lineOf(second, 17_500)]);
    expect(body.totals).toEqual({ USD: 25_000 });
    expect((await propose(key)).body.number).toBe(1);
    expect((await atInsurer('/api/settlements')).body.settlements).toMatchObject([{ number: 1, status: 'proposed' }]);
  });

  it('takes the place of the one before as long as the hospital has not signed that', async () => {
    expect((await propose()).body).toMatchObject({ number: 1, status: 'proposed' });
    expect((await atInsurer('/api/settlements')).body.settlements).toHaveLength(1);
  });

  it('names one currency alone where that is asked for', async () => {
    const { body } = await atInsurer('/api/settlements', { hospital: 'AlphaMSP', currency: 'EUR' });
    expect(body.code).toBe('SETTLEMENT_EMPTY');
  });

  it('that leaves a claim out is not signed, and the hospital sees which', async () => {
    await proposeAltered(1, (lines) => lines.slice(1));
    const missing = { relationRef: patient.relationRef, claimId: first.claimId, n: 1, problems: ['missing'] };
    expect((await atHospital(statement('alpha', 1))).body.check).toEqual({ agrees: false, lines: [missing] });
    const refused = await sign(1);
    expect([refused.status, refused.body.code, refused.body.details.lines]).toEqual([409, 'SETTLEMENT_DIFFERS', [missing]]);
    expect((await atHospital(statement('alpha', 1))).body.status).toBe('proposed');
  });

  it('in another currency than the claim is not signed', async () => {
    await propose();
    await proposeAltered(1, (lines) => lines.map((line) => ({ ...line, currency: 'EUR' as never })));
    const { status, body } = await sign(1);
    expect([status, body.code]).toEqual([409, 'SETTLEMENT_DIFFERS']);
    expect(body.details.lines[0]).toMatchObject({ claimId: first.claimId, problems: ['currency'] });
  });

  it('is not signed where the document of the hospital says another benefit, or did not agree with the plan', async () => {
    await propose();
    const row = rowOf(first, 1)!;
    const told = JSON.parse(row.document) as AdjudicationDocument;
    alpha().store.adjudicated.put({ ...row, verdict: 'differs', document: formatCanonical({ ...told, decided: null }) });
    expect((await sign(1)).body.details.lines).toMatchObject([{ claimId: first.claimId, problems: ['check', 'benefit'] }]);
    alpha().store.adjudicated.put(row);
  });

  it('is signed by the hospital when every line agrees with its own documents', async () => {
    expect((await atHospital(statement('alpha', 1))).body.check).toEqual({ agrees: true, lines: [] });
    const { status, body } = await sign(1);
    expect([status, body]).toMatchObject([200, { number: 1, status: 'signed', check: null }]);
    expect((await sign(1)).body.status).toBe('signed');
    expect((await propose()).body.code).toBe('SETTLEMENT_EMPTY');
  });
});

describe('a payment', () => {
  const paid = { paidOn: '2026-03-02', reference: 'RF18 5390 0754' };
  const pay = (amount: number): Promise<Answer> => atInsurer(`${statement('gamma', 1)}/payment`, { amounts: { USD: amount }, ...paid });
  const receive = (amounts: Readonly<Record<string, number>>): Promise<Answer> =>
    atHospital(`${statement('alpha', 1)}/payment/received`, { amounts }, 'PUT');
  const listUnreconciled = async (): Promise<unknown> => (await atHospital('/api/settlements?show=unreconciled')).body.settlements;

  it('that comes before the insurer says so is kept, and listed', async () => {
    expect((await receive({ USD: 25_000 })).body).toMatchObject({
      status: 'signed',
      received: { amounts: { USD: 25_000 } },
      difference: {},
    });
    expect(await listUnreconciled()).toMatchObject([{ number: 1, status: 'signed' }]);
    await alpha().store.received.remove('GammaMSP', 1);
  });

  it('is of the amount of the statement, said once', async () => {
    const refused = await pay(24_999);
    expect([refused.status, refused.body.code]).toEqual([409, 'PAYMENT_DIFFERS']);
    const { status, body } = await pay(25_000);
    expect([status, body]).toMatchObject([201, { status: 'paid', payment: { amounts: { USD: 25_000 }, ...paid } }]);
    expect((await pay(25_000)).status).toBe(201);
  });

  it('that came in another amount stays before the people of the hospital with its difference, and the one of the statement clears it', async () => {
    expect(await listUnreconciled()).toMatchObject([{ number: 1, status: 'paid', received: null, difference: { USD: -25_000 } }]);
    const came = await receive({ USD: 24_000, EUR: 5 });
    expect([came.status, came.body]).toMatchObject([
      200,
      { status: 'paid', received: { amounts: { USD: 24_000, EUR: 5 } }, difference: { USD: -1_000, EUR: 5 } },
    ]);
    expect(await listUnreconciled()).toMatchObject([{ number: 1, difference: { USD: -1_000, EUR: 5 } }]);
    const atOther = await atInsurer('/api/settlements?show=unreconciled');
    expect(atOther.body.settlements).toMatchObject([{ number: 1, status: 'paid', received: null, difference: null, clearedAt: null }]);
    expect((await receive({ USD: 25_000 })).body).toMatchObject({ status: 'cleared', received: null, difference: null, payment: paid });
    expect(await listUnreconciled()).toEqual([]);
    expect((await atInsurer(statement('gamma', 1))).body.status).toBe('cleared');
    expect((await atInsurer('/api/settlements?show=unreconciled')).body.settlements).toEqual([]);
  });

  it('that comes once more after it was cleared is listed until it has gone back', async () => {
    expect((await receive({ USD: 50_000 })).body).toMatchObject({ status: 'cleared', difference: { USD: 25_000 } });
    expect(await listUnreconciled()).toMatchObject([{ number: 1, status: 'cleared', difference: { USD: 25_000 } }]);
    expect((await receive({ USD: 25_000 })).body).toMatchObject({ status: 'cleared', received: null, difference: null });
    expect(await alpha().store.received.list()).toEqual([]);
    // As a gateway leaves it that dies after it cleared the payment.
    await alpha().store.received.put({ insurer: 'GammaMSP' as never, number: 1, amounts: { USD: 25_000 }, at: formatInstant(0) });
    expect(await listUnreconciled()).toEqual([]);
  });
});

describe('a claim that is taken back', () => {
  it('is netted in the next statement, whose number skips what others wrote under numbers', async () => {
    const related = { claimId: second.claimId as never, relationship: 'reversal' as const };
    await claims.bill([], { related });
    await untilChecked(second, 2);
    const third = await untilChecked(await claims.bill([{ records: [2], charge: 30_000 }]));
    const [unreadable, readable] = [2, 3].map((number) => settlementKey('AlphaMSP' as never, 'GammaMSP' as never, number));
    const { value: signed } = gamma().store.facts.find<SettlementEntry>('settlement', 'AlphaMSP/GammaMSP', '1')!;
    consortium.ledger.forge({ [unreadable!]: 'junk', [readable!]: formatCanonical({ ...signed, number: 3 }) });
    await consortium.untilFollowing();
    const { body } = await propose();
    expect(body).toMatchObject({ number: 4, totals: { USD: 10_000 } });
    expect(body.lines).toEqual([{ ...lineOf(second, -17_500), n: 2, after: 1 }, lineOf(third, 27_500)]);
    await consortium.untilFollowing();
    expect((await sign(4)).body).toMatchObject({ number: 4, status: 'signed' });
  });
});

describe('a claim in another currency', () => {
  it('waits for a statement of its own where one of the others is asked for, and is not missing in that', async () => {
    const euros = new TestCoverage(patient);
    expect((await euros.begin({ ...plan, planId: 'euros', currency: 'EUR' }, { planId: 'euros' })).status).toBe(201);
    const inEuros = new TestClaims(consortium, euros);
    inEuros.records.push(...claims.records);
    const fourth = await untilChecked(await inEuros.bill([{ records: [3], charge: 4_000 }], { currency: 'EUR' }));
    const fifth = await untilChecked(await claims.bill([{ records: [4], charge: 5_000 }]));
    const { body } = await atInsurer('/api/settlements', { hospital: 'AlphaMSP', currency: 'USD' });
    expect(body).toMatchObject({ number: 5, lines: [{ claimId: fifth.claimId }], waiting: 1 });
    expect((await sign(5)).body).toMatchObject({ number: 5, status: 'signed', waiting: null });
    const rest = (await propose()).body;
    expect(rest).toMatchObject({ number: 6, lines: [{ claimId: fourth.claimId, currency: 'EUR' }], waiting: 0 });
  });
});

describe('a claim that draws on a preauthorization', () => {
  it('waits at the hospital for what that authorizes, is not called wrong meanwhile, and is settled', async () => {
    const asked = await claims.submit([{ records: [5] }], { use: 'preauthorization' });
    const late = `${asked.claimId}.1`;
    const hidden = hideSealed(alpha(), late);
    await claims.deliver(asked);
    const entryOf = ({ claimId }: TestClaim) =>
      alpha().store.facts.find<AdjudicationEntry>('adjudication', patient.relationRef, claimId)?.value;
    await waitFor(() => entryOf(asked)?.outcome === 'complete', 20_000);
    const drawn = await claims.bill([{ records: [5], authorization: late }]);
    const triesOf = ({ claimId }: TestClaim): number =>
      hidden.mock.calls.filter(([call]) => JSON.stringify(call).includes(`${claimId}.1`)).length;
    await waitFor(() => rowOf(drawn, 1) !== undefined || triesOf(drawn) > 5, 20_000);
    expect(rowOf(drawn, 1)).toBeUndefined();
    hidden.mockRestore();
    await untilChecked(asked);
    await untilChecked(drawn);
    const { body } = await propose();
    expect(body.lines).toContainEqual(lineOf(drawn, 7_500));
    expect((await sign(body.number as number)).body.status).toBe('signed');
  });
});

describe('others', () => {
  it('neither see nor change a statement', async () => {
    const beta = consortium.gateway('BetaMSP');
    const send = async (path: string, role: string, body?: object, method: 'GET' | 'PUT' = 'GET'): Promise<unknown> =>
      (await beta.send(path, { token: await beta.token(role), method, ...(body && { body }) })).body.code;
    expect(await send(statement('alpha', 1), 'records')).toBe('SETTLEMENT_NOT_FOUND');
    expect(await send(`${statement('alpha', 1)}/payment/received`, 'records', { amounts: { USD: 25_000 } }, 'PUT')).toBe(
      'SETTLEMENT_NOT_FOUND',
    );
    expect(await send(statement('gamma', 1), 'insurer-clerk')).toBe('SETTLEMENT_NOT_FOUND');
    expect(await send(statement('gamma', 1), 'physician')).toBe('ROLE_NOT_ALLOWED');
    expect((await beta.send('/api/settlements', { token: await beta.token('records') })).body.settlements).toEqual([]);
  });
});

function lineOf({ claimId }: TestClaim, benefit: number): object {
  return { relationRef: patient.relationRef, claimId, n: 1, after: null, currency: 'USD', benefit };
}
