import { randomUUID } from 'node:crypto';
import type { AdjudicationEntry } from '@medaccord/chaincode/model';
import { TestClaims, type TestLine } from './support/test-claims';
import { TestConsortium, waitFor, type Answer } from './support/test-consortium';
import { newPlan, TestCoverage } from './support/test-coverage';
import { TestPatient } from './support/test-patient';

jest.setTimeout(120_000);

const consortium = new TestConsortium();
const plan = newPlan({ evidence: [], quantities: [], filingDays: null });
const people = Array.from({ length: 6 }, () => newPerson(new TestPatient(consortium, 'AlphaMSP')));
/** The middles of three months that are over. */
const [first, earlier, later] = [4, 3, 2].map((months) => {
  const now = new Date();
  return Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - months, 15);
}) as [number, number, number];
const monthOf = (time: number): string => new Date(time).toISOString().slice(0, 7);

const gamma = () => consortium.gateway('GammaMSP');

function newPerson(patient: TestPatient): {
  readonly patient: TestPatient;
  readonly coverage: TestCoverage;
  readonly claims: TestClaims;
  billed: number;
} {
  const coverage = new TestCoverage(patient);
  return { patient, coverage, claims: new TestClaims(consortium, coverage), billed: 0 };
}

/** She checks in with the insurer, is treated and covered. */
async function cover({ patient, coverage, claims }: ReturnType<typeof newPerson>, published?: object): Promise<void> {
  await patient.checkIn('GammaMSP', 'GammaMSP', ['cover']);
  await claims.treat(5);
  expect((await coverage.begin(published)).status).toBe(201);
}

/** From now on, the ledger's clock stands there, or goes on as it does. */
function setClock(time?: number): void {
  const { ledger } = consortium;
  const endorse = Object.getPrototypeOf(ledger).endorse as typeof ledger.endorse;
  ledger.endorse = (as, name, call) => endorse.call(ledger, as, name, call, time === undefined ? 0 : Date.now() - time);
}

/** Bills a line of a person, and waits for the decision. */
async function bill(of: number, line: TestLine): Promise<string> {
  const person = people[of] ?? people[0];
  if (person === undefined) throw new Error('nobody');
  const { claims, patient } = person;
  // The body comes together with the header, however long ago that is.
  const release = gamma().carrier.holdBlocks();
  const { claimId } = await claims.bill([{ ...line, records: [person.billed] }]);
  release();
  person.billed += 1;
  const entry = () => gamma().store.facts.find<AdjudicationEntry>('adjudication', patient.relationRef, claimId)?.value;
  await waitFor(() => (entry()?.n ?? 0) >= 1, 20_000).catch((error: unknown) => {
    throw new Error(gamma().logged.slice(-5).join(''), { cause: error });
  });
  return claimId;
}

async function ask(mspId: string, role: string, month: string): Promise<Answer['body']> {
  const gateway = consortium.gateway(mspId);
  const token = await gateway.token(role);
  const begun = await gateway.send('/api/claim-statistics', { token, body: { month } });
  expect([begun.status, begun.body.counts, begun.body.sums]).toEqual([202, [], []]);
  const path = `/api/claim-statistics/${begun.body.reportId as string}`;
  const read = () => gateway.send(path, { token });
  await waitFor(async () => !['waiting', 'running'].includes((await read()).body.status as string), 20_000);
  const { body } = await read();
  expect((await gateway.send(path, { method: 'DELETE', token })).status).toBe(204);
  expect((await read()).status).toBe(404);
  return body;
}

let waiting = '';

beforeAll(async () => {
  await consortium.start({}, { BetaMSP: 'authority' });
  for (const [at, person] of people.entries()) {
    await person.patient.register();
    await cover(person, at === 0 ? plan : undefined);
  }
  setClock(earlier);
  for (let of = 0; of < 6; of += 1) await bill(of, { charge: 10_000 + 7 * of });
  for (let of = 0; of < 5; of += 1) await bill(of, { code: '428191000124101', charge: 5_000 });
  for (let of = 0; of < 2; of += 1) await bill(of, { code: '23426006', charge: 42_000 });
  waiting = await bill(5, { charge: 600_000 });
}, 120_000);

afterAll(async () => {
  await consortium.stop();
});

/** Six visits, five papers, two tests, and a visit that waits: of 100.00 and 0.07 more for each, of 50.00, 420.00 and 6000.00. */
const ofEarlier = {
  counts: [{ insurer: 'GammaMSP', hospital: 'AlphaMSP', outcome: null, claims: 14 }],
  sums: [
    // The visit that waits is one person's: it goes with the others. Papers, then tests count towards the deductible.
    row('3', null, null, { lines: 7, submitted: 60_105 + 600_000, benefit: 45_105, patient: 15_000 }),
    row(null, null, null, { lines: 7, submitted: 25_000 + 84_000, benefit: 0, patient: 109_000 }),
  ],
};
/** Five visits, of 110.00 and 0.13 more for each, and the one that waited: 6000.00, of which she bears 25.00, and 10.00 less by goodwill. */
const ofLater = {
  counts: [{ insurer: 'GammaMSP', hospital: 'AlphaMSP', outcome: 'complete', claims: 6 }],
  sums: [row('3', 'paid', 'none', { lines: 6, submitted: 55_130 + 600_000, benefit: 42_630 + 598_500, patient: 14_000 })],
};

function row(benefitCategory: string | null, outcome: string | null, reason: string | null, sums: object): object {
  return { hospital: 'AlphaMSP', currency: 'USD', benefitCategory, outcome, reason, ...sums };
}

describe('statistics of a month', () => {
  it('come to what a hand works out, with no row of fewer than five patients', async () => {
    expect(await ask('GammaMSP', 'insurer-clerk', monthOf(earlier))).toMatchObject({
      status: 'done',
      month: monthOf(earlier),
      ...ofEarlier,
    });
    expect(await ask('GammaMSP', 'insurer-clerk', monthOf(later))).toMatchObject({ counts: [], sums: [] });
  });

  it('are the same whenever they are asked for: what is decided anew counts in the month in which it is', async () => {
    setClock(later);
    for (let of = 0; of < 5; of += 1) await bill(of, { charge: 11_000 + 13 * of });
    const path = `/api/adjudications/${people[5]?.patient.relationRef ?? ''}/${waiting}/decisions`;
    const token = await gamma().token('insurer-clerk');
    const decisions = [{ line: 1, reason: 'own-rule', decision: 'clear' }];
    for (const body of [{ decisions }, { decisions, overrides: [{ line: 1, benefit: 598_500, why: 'Goodwill' }] }])
      expect((await gamma().send(path, { token, key: randomUUID(), body })).status).toBe(201);
    expect(await ask('GammaMSP', 'auditor', monthOf(later))).toMatchObject(ofLater);
    expect(await ask('GammaMSP', 'auditor', monthOf(earlier))).toMatchObject(ofEarlier);
  });

  it('are counts alone where nobody decides claims: an authority sees what the ledger shows', async () => {
    await consortium.untilFollowing();
    for (const [time, { counts }] of [[earlier, ofEarlier] as const, [later, ofLater] as const])
      expect(await ask('BetaMSP', 'public-health-officer', monthOf(time))).toMatchObject({ counts, sums: [] });
  });

  it('let nobody work out a small cell from all that is answered, over both months', async () => {
    const answers = await Promise.all([earlier, later].map((time) => ask('GammaMSP', 'insurer-clerk', monthOf(time))));
    const rows = answers.flatMap(({ sums }) => sums as { submitted: number; benefit: number }[]);
    // The tests, one and both, what waits, what it is paid, and each visit.
    const charges = [
      42_000,
      84_000,
      600_000,
      ...[0, 7, 14, 21, 28, 35].map((more) => 10_000 + more),
      ...[0, 13, 26, 39, 52].map((more) => 11_000 + more),
    ];
    const benefits = charges.map((charge) => charge - 2_500);
    for (const value of listCombined(rows.map(({ submitted }) => submitted))) expect(charges).not.toContain(Math.abs(value));
    for (const value of listCombined(rows.map(({ benefit }) => benefit))) expect(benefits).not.toContain(Math.abs(value));
  });

  it('tell of a person once, however often she checked in; the ledger does not know who that is', async () => {
    setClock(first);
    for (let of = 0; of < 4; of += 1) await bill(of, { charge: 10_000 });
    setClock();
    const again = newPerson(people[3]?.patient as TestPatient);
    people[3] = again;
    await cover(again);
    setClock(first);
    await bill(3, { charge: 10_000 });
    const counts = [{ ...ofLater.counts[0], claims: 5 }];
    expect(await ask('GammaMSP', 'insurer-clerk', monthOf(first))).toMatchObject({ counts, sums: [] });
    await bill(4, { charge: 10_000 });
    expect((await ask('GammaMSP', 'insurer-clerk', monthOf(first))).sums).toMatchObject([{ lines: 6 }]);
  });

  it('are of a month that is over for a day, and of nothing else', async () => {
    const token = await gamma().token('insurer-clerk');
    for (const month of [monthOf(Date.now()), '2026-13', '2026-10-01', '2099-01']) {
      const { status, body } = await gamma().send('/api/claim-statistics', { token, body: { month } });
      expect([month, status, body.code]).toEqual([month, 400, 'REQUEST_INVALID']);
    }
  });
});

/** Every sum of some rows less some others. */
function listCombined(values: readonly number[]): readonly number[] {
  return values.reduce<readonly number[]>((sums, value) => [...new Set(sums.flatMap((sum) => [sum, sum + value, sum - value]))], [0]);
}
