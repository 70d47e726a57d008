import {
  adjudicationRef,
  claimKey,
  explanationRef,
  parseUtf8,
  planKey,
  type Adjudication,
  type AdjudicationDocument,
  type AdjudicationEntry,
  type ClaimEntry,
  type ClaimId,
  type PlanEntry,
} from '@medaccord/chaincode/model';
import { open, PATIENT } from '../src/crypto';
import { AnswerError } from '../src/ledger/answer-error';
import { newError } from '../src/problem';
import { deriveKeys } from '../src/wallet/derive-keys';
import { TestClaims, visits, type TestClaim } from './support/test-claims';
import { TestConsortium, waitFor } from './support/test-consortium';
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
  await claims.treat(90);
  expect((await coverage.begin(plan)).status).toBe(201);
}, 60_000);

afterAll(async () => {
  await consortium.stop();
});

/** The last of the records that killed agents were told of. */
let killed = 79;

const gamma = () => consortium.gateway('GammaMSP');
const alpha = () => consortium.gateway('AlphaMSP');

function entryOf({ claimId }: TestClaim): AdjudicationEntry | undefined {
  return gamma().store.facts.find<AdjudicationEntry>('adjudication', patient.relationRef, claimId)?.value;
}

async function untilDecided(claim: TestClaim, n = 1): Promise<AdjudicationEntry> {
  await waitFor(() => (entryOf(claim)?.n ?? 0) >= n, 20_000).catch((error: unknown) => {
    throw new Error(gamma().logged.slice(-5).join(''), { cause: error });
  });
  return entryOf(claim) as AdjudicationEntry;
}

/** The document as the hospital was sealed it. */
async function documentOf({ claimId }: TestClaim, n = 1): Promise<AdjudicationDocument & { readonly rule: Adjudication }> {
  const place = adjudicationRef(patient.relationRef as never, claimId as never, n);
  const { values } = await readSealed(place);
  const text = parseUtf8(await open(alpha().keys.sealing, { ...place, recipient: 'AlphaMSP' }, values[0]?.envelope ?? ''));
  const document = JSON.parse(text ?? '') as AdjudicationDocument;
  return { ...document, rule: JSON.parse(document.decided?.result ?? 'null') as Adjudication };
}

async function readSealed(place: object): Promise<{ values: { envelope: string | null }[] }> {
  const { ledger } = consortium;
  const read = async (): Promise<{ values: { envelope: string | null }[] }> => {
    const call = { transaction: 'ReadSealed', request: { keys: [place] }, organisations: ['AlphaMSP'] };
    const { simulation } = await ledger.endorse(await ledger.twin.identity('AlphaMSP', 'gateway'), 'ReadSealed', call);
    return JSON.parse(simulation.payload) as { values: { envelope: string | null }[] };
  };
  await waitFor(async () => typeof (await read()).values[0]?.envelope === 'string', 10_000);
  return read();
}

describe('the agent of an insurer', () => {
  it("pays by the plan's rule, and seals what it decided to hospital and patient", async () => {
    const claim = await claims.bill([{ charge: 10_000 }]);
    const entry = await untilDecided(claim);
    expect(entry).toMatchObject({ n: 1, outcome: 'complete', manner: 'rule', status: 'final', isOverridden: false, persons: [] });
    const document = await documentOf(claim);
    expect(document).toMatchObject({ position: 1, before: {}, planVersion: 1, coverageVersion: 1, manner: 'rule' });
    expect(document.rule.totals).toMatchObject({ submitted: 10_000, copay: 2_500, benefit: 7_500 });

    const place = explanationRef(patient.relationRef as never, claim.claimId as ClaimId, 1);
    const { values } = await readSealed(place);
    const { sealing } = await deriveKeys(patient.wallet.seed, patient.relationRef);
    const told = parseUtf8(await open(sealing, { ...place, recipient: PATIENT }, values[0]?.envelope ?? ''));
    expect(JSON.parse(told ?? '')).toEqual(JSON.parse(JSON.stringify({ ...document, rule: undefined })));
  });

  it('decides what comes at once in one chain, in the order of the ledger, and overruns nothing', async () => {
    const made: TestClaim[] = [];
    const release = gamma().carrier.holdBlocks();
    const { length } = consortium.ledger.blocks;
    for (let at = 1; at <= 60; at += 1) made.push(await claims.submit([{ records: [at], code: visits[at % 4] ?? '' }]));
    for (const claim of made.toReversed()) await claims.deliver(claim);
    release();
    for (const claim of made) await untilDecided(claim);
    const lists = consortium.ledger.blocks.slice(length).filter(({ transactions: [one] }) => one?.event?.name === 'ClaimsAdjudicated');
    expect(lists.length).toBeLessThan(10);
    const documents = await Promise.all(made.map((claim) => documentOf(claim)));
    const positions = documents.map(({ position }) => position);
    expect(positions).toEqual(Array.from({ length: 60 }, (_, at) => (positions[0] as number) + at));
    const year = 'year/2026-01-01/benefit';
    const sorted = documents.toSorted((one, other) => one.position - other.position);
    sorted.forEach(({ before }, at) => {
      const last = sorted[at - 1];
      if (last !== undefined) expect(before[year]).toBe((last.before[year] ?? 0) + (last.rule.used[year] ?? 0));
    });
  });

  it('waits for the body of an earlier claim before it decides a later one', async () => {
    const [first, second] = [await claims.submit([{ records: [75] }]), await claims.submit([{ records: [76] }])];
    await consortium.untilFollowing();
    const looked = jest.spyOn(gamma().store.facts.claims, 'listWorkOf');
    await claims.deliver(second);
    await waitFor(() => looked.mock.calls.length >= 3, 3_000).catch(() => undefined);
    looked.mockRestore();
    expect(entryOf(second)).toMatchObject({ n: 0 });
    await claims.deliver(first);
    await untilDecided(second);
    expect((await documentOf(second)).position).toBe((await documentOf(first)).position + 1);
  });

  it('leaves what the rule does not decide to a person, and says so', async () => {
    const claim = await claims.bill([
      { records: [61], charge: 600_000 },
      { records: [62], code: '185347001' },
    ]);
    expect(await untilDecided(claim)).toMatchObject({ outcome: 'partial', manner: 'rule', status: 'final' });
    expect((await documentOf(claim)).rule.lines.map(({ outcome }) => outcome)).toEqual(['review', 'paid']);
  });

  it('finds what is billed twice', async () => {
    await untilDecided(await claims.bill([{ records: [63] }]));
    const again = await claims.bill([{ records: [63] }]);
    expect(await untilDecided(again)).toMatchObject({ outcome: 'queued' });
    expect((await documentOf(again)).rule.lines[0]).toMatchObject({ outcome: 'review', adjustments: [{ reason: 'duplicate' }] });
  });

  it('takes back what a correction or a reversal names, and decides the correction on what is left', async () => {
    const wrong = await claims.bill([{ records: [64], charge: 50_000 }]);
    await untilDecided(wrong);
    const { before } = await documentOf(wrong);
    const right = await claims.bill([{ records: [64], charge: 20_000 }], {
      related: { claimId: wrong.claimId as never, relationship: 'correction' },
    });
    expect(await untilDecided(right)).toMatchObject({ outcome: 'complete' });
    expect(await untilDecided(wrong, 2)).toMatchObject({ n: 2, outcome: 'reversed' });
    expect(await documentOf(wrong, 2)).toMatchObject({ decided: null, reversedBy: right.claimId, before });
    expect((await documentOf(right)).before).toEqual(before);

    const back = await claims.bill([], { related: { claimId: right.claimId as never, relationship: 'reversal' } });
    expect(await untilDecided(right, 2)).toMatchObject({ outcome: 'reversed' });
    expect(gamma().store.facts.claims.find(patient.relationRef, back.claimId)?.status).toBe('complete');
    expect(gamma().store.facts.claims.listWorkOf(patient.relationRef, coverage.coverageId)).toEqual([]);
  });

  it('lets claims draw on what it authorized, and no more', async () => {
    const asked = await claims.bill([{ records: [65], units: 2, charge: 20_000 }], { use: 'preauthorization' });
    expect(await untilDecided(asked)).toMatchObject({ outcome: 'complete' });
    const { decided, before } = await documentOf(asked);
    expect(decided?.authorized).toMatchObject([{ id: `${asked.claimId}.1`, units: 2 }]);
    const authorization = `${asked.claimId}.1`;
    const used = await claims.bill([{ records: [65], units: 3, charge: 30_000, authorization }]);
    await untilDecided(used);
    const document = await documentOf(used);
    expect(document.before).toEqual(before);
    expect(document.rule.lines[0]).toMatchObject({
      units: 2,
      adjustments: expect.arrayContaining([expect.objectContaining({ reason: 'authorization-exceeded', amount: 10_000 })]),
    });
  });

  it('gives back a body that is not the one that was claimed, and tags that are not those of its lines', async () => {
    const acknowledged = async (claim: TestClaim): Promise<unknown> => {
      await waitFor(() => gamma().store.facts.find('acknowledgement', patient.relationRef, claim.claimId) !== undefined, 20_000);
      return gamma().store.facts.find('acknowledgement', patient.relationRef, claim.claimId)?.value;
    };
    const other = await claims.bill([{ records: [66] }], { change: (body) => ({ ...body, currency: 'EUR' }) });
    expect(await acknowledged(other)).toMatchObject({ outcome: 'returned', reason: 'body-mismatch' });
    const tagged = await claims.bill([{ records: [67] }], { tags: ['A'.repeat(43)] });
    expect(await acknowledged(tagged)).toMatchObject({ outcome: 'returned', reason: 'tag-mismatch' });
  });

  it('gives back a claim whose body has not come in time, and takes it all the same when it comes', async () => {
    const late = await claims.submit([{ records: [70] }], { daysAgo: 3 });
    const standing = () => gamma().store.facts.find('acknowledgement', patient.relationRef, late.claimId)?.value;
    await waitFor(() => standing() !== undefined, 20_000);
    expect(standing()).toMatchObject({ outcome: 'returned', reason: 'body-not-received' });
    await claims.deliver(late);
    expect(await untilDecided(late)).toMatchObject({ outcome: 'complete' });
    expect(standing()).toMatchObject({ outcome: 'received' });
  });

  it('is not stopped by headers that two others forge, nor made to take a claim back', async () => {
    const [like] = gamma().store.facts.list<ClaimEntry>('claim', patient.relationRef);
    const claimId = 'H'.repeat(22) as ClaimId;
    const { submittedAt } = like?.value as ClaimEntry;
    const forged = { ...(like?.value as ClaimEntry), claimId: 'F'.repeat(22) as ClaimId, acknowledgeBy: submittedAt };
    const back = { ...forged, claimId: 'G'.repeat(22) as ClaimId, related: { claimId, relationship: 'reversal' as const }, tags: [] };
    for (const one of [forged, back]) consortium.ledger.forge({ [claimKey(one.relationRef, one.claimId)]: JSON.stringify(one) });
    await consortium.untilFollowing();
    expect(gamma().store.facts.find('claim', patient.relationRef, back.claimId)).toBeDefined();
    const claim = await claims.bill([{ records: [71] }], { claimId });
    expect(await untilDecided(claim)).toMatchObject({ n: 1, outcome: 'complete' });
  });

  it("goes by no plan that two others publish in the insurer's name", async () => {
    const published = gamma().store.facts.find<PlanEntry>('plan', 'GammaMSP', 'demonstration/1')?.value as PlanEntry;
    const forged = { ...published, version: 2, plan: newPlan({ version: 2, evidence: [], quantities: [], yearLimit: 0 }) };
    consortium.ledger.forge({ [planKey(published.insurer, published.planId, 2)]: JSON.stringify(forged) });
    await consortium.untilFollowing();
    expect(gamma().store.facts.find('plan', 'GammaMSP', 'demonstration/2')).toBeDefined();
    const claim = await claims.bill([{ records: [74] }]);
    expect(await untilDecided(claim)).toMatchObject({ outcome: 'complete' });
    expect(await documentOf(claim)).toMatchObject({ planVersion: 1 });
  });

  it('decides one by one what the ledger refuses as a list', async () => {
    const lists: number[] = [];
    gamma().carrier.hook = (step, call) => {
      if (step !== 'endorse' || call.transaction !== 'AdjudicateClaims') return;
      const { length } = (call.request as { claims: readonly object[] }).claims;
      lists.push(length);
      if (length > 1) throw new AnswerError('final', newError('CONTENT_NOT_ANCHORED', 'Refused for a test'));
    };
    const made = [await claims.submit([{ records: [72] }]), await claims.submit([{ records: [73] }])];
    const release = gamma().carrier.holdBlocks();
    for (const claim of made) await claims.deliver(claim);
    release();
    for (const claim of made) await untilDecided(claim);
    consortium.heal();
    expect(lists).toEqual([2, 1, 1]);
  });

  it.each([
    ['endorse', 'AdjudicateClaims'],
    ['send', 'AdjudicateClaims'],
    ['sent', 'AdjudicateClaims'],
    ['endorse', 'StoreSealed'],
    ['sent', 'StoreSealed'],
  ] as const)('goes on where it was killed (%s, %s): decides nothing twice, and everybody gets the document', async (step, transaction) => {
    let isDead = false;
    gamma().carrier.hook = (at, call) => {
      isDead ||= at === step && call.transaction === transaction;
      if (isDead) throw new Error('killed');
    };
    const claim = await claims.bill([{ records: [(killed += 1)] }]);
    await waitFor(() => isDead, 20_000);
    await consortium.crashAndRestart(gamma());
    expect(await untilDecided(claim)).toMatchObject({ n: 1, outcome: 'complete' });
    const next = await claims.bill([{ records: [(killed += 1)] }]);
    await untilDecided(next);
    expect((await documentOf(next)).position).toBe((await documentOf(claim)).position + 1);
  });
});
