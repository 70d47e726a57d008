import { randomUUID } from 'node:crypto';
import {
  adjudicationRef,
  claimRef,
  explanationRef,
  formatCanonical,
  parseEntryName,
  type Accumulators,
  type AccumulatorEntry,
  type AdjudicationDocument,
  type Adjudication,
  type AdjudicationEntry,
  type ClaimEntry,
  type ClaimId,
  type RelationRef,
  type SealedRef,
} from '@medaccord/chaincode/model';
import type { LedgerBlock } from '../../src/ledger/ledger';
import { parseBlock } from '../../src/ledger/parse-block';
import { Facts } from '../../src/store';
import type { Answer } from '../support/door';
import { newPlan } from '../support/test-coverage';
import { ClaimsStage, type Side } from './support/claims-stage';
import { until } from './support/commanded-network';
import type { Point } from './support/kill-points';
import { openContract } from './support/open-contract';
import { listUnsent } from './support/open-work';
import { readChain } from './support/read-chain';

jest.setTimeout(600_000);

/** What a killed gateway had kept of its transaction, and whether the ledger gets it after all. */
const unkept = [undefined, 0] as const;
const kept = ['open', 1] as const;
const moments: readonly [whose: Side, when: string, transaction: string, point: Point, expected: typeof unkept | typeof kept][] = [
  ['hospital', 'before it submits the header', 'SubmitClaim', 'Endorse answered', unkept],
  ['hospital', 'while it submits the header', 'SubmitClaim', 'Submit asked', kept],
  ['hospital', 'when the header is submitted', 'SubmitClaim', 'Submit answered', kept],
  ['hospital', 'before it delivers the body', 'StoreSealed', 'Endorse asked', unkept],
  ['insurer', 'when evidence is asked for', 'RequestAccess', 'Submit answered', kept],
  ['insurer', 'before it submits the adjudication', 'AdjudicateClaims', 'Endorse answered', unkept],
  ['insurer', 'while it submits the adjudication', 'AdjudicateClaims', 'Submit asked', kept],
  ['insurer', 'when the adjudication is submitted', 'AdjudicateClaims', 'Submit answered', kept],
  ['insurer', 'before it delivers the documents', 'StoreSealed', 'Endorse asked', unkept],
];
/** A visit for 125.00, of which the patient bears 25.00. */
const [CHARGE, BENEFIT] = [12_500, 10_000];

interface Decided {
  readonly n: number;
  readonly document: Omit<AdjudicationDocument, 'decided'> & { readonly decided: { readonly result: Adjudication } };
  readonly check: { readonly verdict: string } | null;
}

let stage: ClaimsStage;
/** By idempotency key: the answer that the client got in the end. */
const answers = new Map<string, Answer>();
const decisions: Decided[] = [];
const killed: { readonly transactionId: string; readonly code: number }[] = [];

beforeAll(async () => {
  stage = await ClaimsStage.open(newPlan({ filingDays: null }));
});

afterAll(async () => {
  await stage.close();
});

/** Bills the same visit on another day, and again under the same key until it is told that the claim is made. */
async function bill(day: string, key: string): Promise<Answer> {
  const { patient, coverageId, encounter } = stage;
  const { front } = stage.proxied.hospital;
  const line = { service: { system: 'http://snomed.info/sct', code: '390906007' }, day, charge: CHARGE };
  const body = { relationRef: patient.relationRef, coverageId, type: 'institutional', currency: 'USD', encounter, lines: [line] };
  const send = async (): Promise<Answer> => front.send('/api/claims', { token: await front.token('records'), key, body });
  let answer: Answer | undefined;
  await until('the claim is made', async () => (answer = await send().catch(() => undefined))?.status === 201);
  return answer!;
}

/** The decision as the hospital got it and worked it out again. */
async function untilDecided(claimId: string): Promise<readonly Decided[]> {
  const { front } = stage.proxied.hospital;
  const path = `/api/claims/${stage.patient.relationRef}/${claimId}`;
  let found: readonly Decided[] = [];
  await until(
    'the hospital has the decision',
    async () => {
      const answer = await front.send(path, { token: await front.token('records') }).catch(() => undefined);
      found = answer?.status === 200 ? (answer.body as { adjudications: Decided[] }).adjudications : [];
      return found.some(({ check }) => check !== null);
    },
    120_000,
  );
  return found;
}

describe('a gateway that is killed between the steps from a claim to its adjudication', () => {
  test.each(moments)('the %s, %s: the claim is made and decided once', async (whose, _when, transaction, point, [state, code]) => {
    const key = randomUUID();
    const day = `2026-03-${String(10 + answers.size)}`;
    const dead = stage.points[whose].killIn(transaction, point);
    const answered = bill(day, key);
    const kill = await dead;
    expect([kill.kept, kill.transactionId]).toEqual([state, expect.any(String)]);
    killed.push({ transactionId: kill.transactionId ?? '', code });
    const answer = await answered;
    answers.set(key, answer);
    expect((await bill(day, key)).body.claimId).toBe(answer.body.claimId);
    const found = await untilDecided(answer.body.claimId as string);
    expect(found).toMatchObject([
      { n: 1, outcome: 'complete', status: 'final', manner: 'rule', check: { verdict: 'agrees', problems: [] } },
    ]);
    decisions.push(...found);
  });
});

describe('after all of these kills', () => {
  let blocks: readonly LedgerBlock[];
  let facts: Facts;
  const claimIds = (): ClaimId[] => [...answers.values()].map(({ body }) => (body as { claimId: ClaimId }).claimId);
  const relationRef = (): RelationRef => stage.patient.relationRef as RelationRef;

  beforeAll(async () => {
    for (const { gateway, data } of Object.values(stage.proxied))
      await until('everything is delivered', () => listUnsent({ mspId: gateway.mspId, connection: { data } }).length === 0);
    const { connection, mspId } = stage.network.gateway(stage.patient.custodian);
    blocks = (await readChain(connection, mspId)).blocks.map((block) => parseBlock(block, connection.chaincode));
    facts = new Facts(':memory:', '');
    for (const block of blocks) facts.apply(block);
  });

  afterAll(() => {
    facts.close();
  });

  test('the ledger has of what was under way then what its moment says', () => {
    const valid = blocks.flatMap(({ transactions }) => transactions.filter(({ code }) => code === 0));
    const found = killed.map(({ transactionId }) => valid.filter((one) => one.transactionId === transactionId).length);
    expect(found).toEqual(killed.map(({ code }) => code));
  });

  test('there is one header for each idempotency key, and one adjudication of each', () => {
    expect(claimIds()).toHaveLength(moments.length);
    expect(facts.list<ClaimEntry>('claim', relationRef()).map(({ value }) => value.claimId)).toEqual(claimIds());
    for (const claimId of claimIds())
      expect(facts.find<AdjudicationEntry>('adjudication', relationRef(), claimId)?.value).toMatchObject({ n: 1, status: 'final' });
    const written = blocks.flatMap(({ transactions }) =>
      transactions.flatMap(({ writes }) => writes.map(({ key }) => parseEntryName(key))),
    );
    const count = (type: string): number => written.filter((name) => name?.type === type).length;
    // The key of an adjudication is made with its claim.
    expect([count('claim'), count('adjudication')]).toEqual([moments.length, 2 * moments.length]);
  });

  test('hospital and insurer hold body and document, and the hospital what is for the patient', async () => {
    const bodies = claimIds().map((claimId) => claimRef(relationRef(), claimId));
    const documents = claimIds().map((claimId) => adjudicationRef(relationRef(), claimId, 1));
    const explanations = claimIds().map((claimId) => explanationRef(relationRef(), claimId, 1));
    expect(await countHeld(stage.patient.custodian, [...bodies, ...documents, ...explanations])).toBe(3 * moments.length);
    expect(await countHeld(stage.patient.counterparty, [...bodies, ...documents])).toBe(2 * moments.length);
  });

  test('the accumulators are the sum of what was decided, and each is paid once', async () => {
    const chain = decisions.map(({ document }) => document).toSorted((one, other) => one.position - other.position);
    let used: Accumulators = {};
    chain.forEach(({ position, before, decided: { result } }, at) => {
      expect([position, before, result.totals.benefit]).toEqual([at + 1, used, BENEFIT]);
      used = sumOf(used, result.used);
    });
    expect(used['year/2026-01-01/benefit']).toBe(moments.length * BENEFIT);
    const { front } = stage.proxied.hospital;
    const path = `/api/coverages/${relationRef()}/${stage.coverageId}/eligibility`;
    const { body } = await front.send(path, { token: await front.token('records') });
    expect(body).toMatchObject({ used, isNewest: true });
    expect(facts.find<AccumulatorEntry>('accumulator', relationRef(), stage.coverageId)?.value.position).toBe(moments.length);
  });
});

function sumOf(one: Accumulators, other: Accumulators): Accumulators {
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  return Object.fromEntries(names.map((name) => [name, (one[name] ?? 0) + (other[name] ?? 0)]));
}

/** How many of these a member's own collection has. */
async function countHeld(mspId: string, keys: readonly SealedRef[]): Promise<number> {
  const { contract, close } = openContract(stage.network.gateway(mspId).connection);
  try {
    const answer = Buffer.from(await contract.evaluate('ReadSealed', { arguments: [formatCanonical({ keys })] })).toString('utf8');
    const { values } = JSON.parse(answer) as { values: { envelope: string | null }[] };
    return values.filter(({ envelope }) => envelope !== null).length;
  } finally {
    close();
  }
}
