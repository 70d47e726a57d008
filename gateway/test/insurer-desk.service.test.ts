import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { AdjudicationEntry, ClaimId, MspId } from '@medaccord/chaincode/model';
import { newReader, rebuildReadModel, type RebuildProgress } from '../src/rebuild';
import { claimStatuses } from '../src/store';
import { dumpReadModel } from './support/dump-read-model';
import { findCanaries, readFolder } from './support/find-canaries';
import { TestClaims, visits, type TestClaim } from './support/test-claims';
import { members, newRules, TestConsortium, waitFor, type Answer } from './support/test-consortium';
import { newPlan, TestCoverage } from './support/test-coverage';
import { ask, TestPatient } from './support/test-patient';

jest.setTimeout(60_000);

const consortium = new TestConsortium();
const patient = new TestPatient(consortium, 'AlphaMSP');
const coverage = new TestCoverage(patient);
const claims = new TestClaims(consortium, coverage);
/** A service that no plan, which everybody may read, names. */
const canary = 'cnry-visit-7c31';
/** Charges above 5000.00 are looked at; every visit is shown by a Procedure. */
const plan = newPlan({
  quantities: [],
  evidence: [{ id: 'done', services: { categories: ['visits'] }, recordTypes: ['Procedure'], otherwise: 'review' }],
});
const claimRules = {
  acknowledgeDays: 2,
  adjudicateDays: 30,
  appealDays: 180,
  appealDecisionDays: 30,
  secondPersonOver: { USD: 1_000_000 },
};

beforeAll(async () => {
  await consortium.start();
  const alone = members.map(({ mspId }) => mspId);
  await consortium.ledger.changeRules({ ...newRules(), version: 2, claims: claimRules }, alone);
  await patient.register();
  await patient.checkIn('GammaMSP', 'GammaMSP', ['cover']);
  await claims.treat(40);
  await permit();
  expect((await coverage.begin(plan)).status).toBe(201);
  await consortium.untilFollowing();
}, 60_000);

afterAll(async () => {
  await consortium.stop();
});

const gamma = () => consortium.gateway('GammaMSP');

function permit(): Promise<Answer> {
  const exceptions = [{ decision: 'permit' as const, categories: ['procedures' as const], purposes: ['HPAYMT' as const] }];
  return patient.consentTo('GammaMSP', [{ base: 'deny', exceptions }]);
}

async function send(path: string, { who = 'clerk-1', body }: { who?: string; body?: object } = {}): Promise<Answer> {
  const token = await gamma().token('insurer-clerk', who);
  return gamma().send(path, { token, key: randomUUID(), ...(body && { body }) });
}

const pathOf = ({ claimId }: TestClaim): string => `/api/adjudications/${patient.relationRef}/${claimId}`;

async function untilDecided({ claimId }: TestClaim, n = 1): Promise<AdjudicationEntry> {
  const entry = () => gamma().store.facts.find<AdjudicationEntry>('adjudication', patient.relationRef, claimId)?.value;
  await waitFor(() => (entry()?.n ?? 0) >= n, 20_000).catch((error: unknown) => {
    throw new Error(gamma().logged.slice(-5).join(''), { cause: error });
  });
  return entry() as AdjudicationEntry;
}

async function untilOpened({ claimId }: TestClaim): Promise<void> {
  await waitFor(() => gamma().store.facts.claims.find(patient.relationRef, claimId)?.amount !== null, 20_000);
}

describe('evidence', () => {
  it('is asked for with the claim as proof, released by the consent of the patient, and shown with the claim', async () => {
    const claim = await claims.bill([{ charge: 10_000 }]);
    expect(await untilDecided(claim)).toMatchObject({ outcome: 'complete', manner: 'rule' });
    const { body } = await send(pathOf(claim));
    expect(body.document.decided.facts.evidence).toEqual([{ line: 1, recordType: 'Procedure', isIntact: true }]);
    expect(body.evidence).toMatchObject([{ status: 'released' }]);
    expect(body.check).toEqual({ verdict: 'agrees', problems: [] });
    expect(JSON.stringify(body)).not.toMatch(/subjectSalt|"salt"/);
    const [{ requestId }] = body.evidence;
    const written = gamma().store.audit.list({ names: [['event', 'disclosure']] }, { most: 100 });
    expect(written.map(({ text }) => JSON.parse(text) as object)).toContainEqual(
      expect.objectContaining({
        request: requestId,
        purpose: 'CLMATTCH',
        relation: patient.relationRef,
        actor: expect.objectContaining({ kind: 'gateway' }),
      }),
    );
  });

  it('is not there after a refusal: the plan says what follows, until a clerk asked again and it came', async () => {
    await patient.revoke('GammaMSP');
    const claim = await claims.bill([{ records: [1] }]);
    expect(await untilDecided(claim)).toMatchObject({ outcome: 'queued' });
    const { body } = await send(pathOf(claim));
    expect(body.document.decided.result.lines[0].adjustments).toMatchObject([{ reason: 'evidence-missing' }]);
    expect(body.document.decided.releases).toEqual([]);

    await permit();
    const proof = { kind: 'claim' as const, claimId: claim.claimId as ClaimId };
    expect((await ask(gamma(), patient.relationRef, ['procedures'], { purpose: 'CLMATTCH', proof })).body.status).toBe('released');
    const again = await send(`${pathOf(claim)}/decisions`, { body: {} });
    expect(again.body).toMatchObject({ n: 2, outcome: 'complete', manner: 'person', isOverridden: false });
    const { document, check } = (await send(pathOf(claim))).body;
    expect([document.decided.facts.evidence, check.verdict]).toEqual([[{ line: 1, recordType: 'Procedure', isIntact: true }], 'agrees']);
  });
});

describe('a clerk', () => {
  it('finds what waits for a person in the work list, decides it line by line, and it is gone from there', async () => {
    const claim = await claims.bill([{ records: [2], charge: 600_000 }]);
    expect(await untilDecided(claim)).toMatchObject({ outcome: 'queued' });
    const isListed = async (): Promise<boolean> =>
      (await send('/api/adjudications/worklist')).body.claims.some(({ claimId }: { claimId: string }) => claimId === claim.claimId);
    expect(await isListed()).toBe(true);

    const decided = await send(`${pathOf(claim)}/decisions`, {
      body: { decisions: [{ line: 1, reason: 'own-rule', decision: 'clear' }], note: 'By telephone' },
    });
    expect([decided.status, decided.body]).toMatchObject([
      201,
      { n: 2, outcome: 'complete', manner: 'person', status: 'final', isOverridden: false },
    ]);
    expect(decided.body.persons).toHaveLength(1);
    expect(await isListed()).toBe(false);
    const { body } = await send(pathOf(claim));
    expect(body.adjudications.map(({ n }: { n: number }) => n)).toEqual([1, 2]);
    expect([body.document.note, body.check]).toEqual(['By telephone', { verdict: 'agrees', problems: [] }]);
  });

  it('pays beside the rule only in the open, and never more than was charged', async () => {
    const claim = await claims.bill([{ records: [3], charge: 20_000 }]);
    await untilDecided(claim);
    const why = 'Goodwill';
    const over = await send(`${pathOf(claim)}/decisions`, { body: { overrides: [{ line: 1, benefit: 20_001, why }] } });
    expect([over.status, over.body.code]).toEqual([400, 'REQUEST_INVALID']);
    const paid = await send(`${pathOf(claim)}/decisions`, { body: { overrides: [{ line: 1, benefit: 20_000, why }] } });
    expect(paid.body).toMatchObject({ n: 2, isOverridden: true });
    const { body } = await send('/api/adjudications?flag=overridden');
    expect(body.claims.map(({ claimId }: { claimId: string }) => claimId)).toEqual([claim.claimId]);
  });

  it('is told what nobody can clear, and lines that are not there', async () => {
    const claim = await claims.bill([{ records: [4] }]);
    await untilDecided(claim);
    for (const decision of [
      { line: 1, reason: 'excluded', decision: 'clear' },
      { line: 9, reason: 'duplicate', decision: 'clear' },
    ]) {
      const { status, body } = await send(`${pathOf(claim)}/decisions`, { body: { decisions: [decision] } });
      expect([status, body.code]).toEqual([400, 'REQUEST_INVALID']);
    }
  });

  it('needs a second one above the limit of the rules, who is not the same person', async () => {
    const claim = await claims.bill([{ records: [5], charge: 2_000_000 }]);
    await untilDecided(claim);
    const decided = await send(`${pathOf(claim)}/decisions`, { body: { decisions: [{ line: 1, reason: 'own-rule', decision: 'clear' }] } });
    expect(decided.body).toMatchObject({ n: 2, status: 'proposed' });
    expect((await send('/api/adjudications?status=proposed')).body.claims).toMatchObject([{ claimId: claim.claimId }]);
    const same = await send(`${pathOf(claim)}/confirmation`, { body: { n: 2 } });
    expect([same.status, same.body.code]).toEqual([403, 'ADJUDICATION_BY_SAME_PERSON']);
    const other = await send(`${pathOf(claim)}/confirmation`, { who: 'clerk-2', body: { n: 2 } });
    expect([other.status, other.body.status, other.body.persons.length]).toEqual([200, 'final', 2]);
    expect((await send('/api/adjudications?status=proposed')).body.claims).toEqual([]);
  });

  it('searches page by page, each claim once', async () => {
    const made: TestClaim[] = [];
    for (let at = 6; at < 16; at += 1) made.push(await claims.submit([{ records: [at] }]));
    await consortium.untilFollowing();
    const seen: string[] = [];
    let next: string | null = '';
    while (next !== null) {
      const { body }: Answer = await send(
        `/api/adjudications?status=submitted&count=3&sort=submittedAt${next === '' ? '' : `&cursor=${next}`}`,
      );
      expect(body.claims.length).toBeLessThanOrEqual(3);
      seen.push(...body.claims.map(({ claimId }: { claimId: string }) => claimId));
      next = body.next;
    }
    expect(seen).toEqual(made.map(({ claimId }) => claimId));
    expect((await send('/api/adjudications?cursor=nonsense')).status).toBe(400);
    expect((await send(`/api/adjudications?coverage=${'A'.repeat(22)}`)).body.claims).toEqual([]);
  });

  it('searches by service and amount, which only the two who can open a claim know', async () => {
    const claim = await claims.bill([
      { records: [16], code: visits[1], charge: 12_345 },
      { records: [17], code: canary, charge: 655 },
    ]);
    await untilOpened(claim);
    const find = async (query: string): Promise<unknown[]> => {
      const { status, body } = await send(`/api/adjudications?${query}`);
      expect(status).toBe(200);
      return body.claims.map(({ claimId }: { claimId: string }) => claimId);
    };
    const found = [claim.claimId];
    expect(await find(`service=${visits[1]}`)).toEqual(found);
    expect(await find(`service=http://snomed.info/sct%7C${canary}`)).toEqual(found);
    expect(await find(`service=http://loinc.org%7C${canary}`)).toEqual([]);
    expect(await find('currency=USD&minAmount=13000&maxAmount=13000')).toEqual(found);
    expect(await find('currency=USD&minAmount=13001&maxAmount=13999')).toEqual([]);
    expect(await find('currency=EUR&minAmount=13000')).toEqual([]);
    expect(await find(`coverage=${coverage.coverageId}&service=${visits[1]}&currency=USD&maxAmount=13000&flag=duplicate`)).toEqual([]);
    const [listed] = (await send(`/api/adjudications?service=${visits[1]}`)).body.claims;
    expect(listed).toMatchObject({ amount: 13_000, currency: 'USD' });
    for (const query of ['minAmount=1', 'maxAmount=1', 'sort=amount', 'sort=-amount']) {
      const { status, body } = await send(`/api/adjudications?${query}`);
      expect([query, status, body.code]).toEqual([query, 400, 'REQUEST_INVALID']);
    }
  });

  it('sorts by amount and by status, page by page', async () => {
    const list = async (query: string): Promise<{ amount: number; status: string }[]> => {
      const seen: { amount: number; status: string }[] = [];
      let next: string | null = '';
      while (next !== null) {
        const { body }: Answer = await send(`/api/adjudications?${query}&count=4${next === '' ? '' : `&cursor=${next}`}`);
        seen.push(...body.claims);
        next = body.next;
      }
      return seen;
    };
    const amounts = (await list('sort=amount&currency=USD')).map(({ amount }) => amount);
    expect(amounts).toEqual(amounts.toSorted((one, other) => one - other));
    expect(amounts.length).toBeGreaterThan(4);
    expect((await list('sort=-amount&currency=USD')).map(({ amount }) => amount)).toEqual(amounts.toReversed());
    const statuses = (await list('sort=status')).map(({ status }) => claimStatuses.indexOf(status as never));
    expect(statuses).toEqual(statuses.toSorted((one, other) => one - other));
    expect(new Set(statuses).size).toBeGreaterThan(2);
  });

  it('keeps no code of a service that can be read in its files', () => {
    expect(findCanaries([canary], [...readFolder(gamma().data)])).toEqual([]);
  });

  it('has the same index again after a rebuild', async () => {
    const { mspId, data, store, keys, carrier } = gamma();
    const told: RebuildProgress[] = [];
    const onProgress = (progress: RebuildProgress): void => void told.push(progress);
    const made = await rebuildReadModel({
      mspId: mspId as MspId,
      data,
      key: store.key,
      sealing: keys.sealing,
      ledger: newReader(carrier),
      onProgress,
    });
    const [kept, rebuilt] = [dumpReadModel(data), dumpReadModel(join(data, 'rebuilt'))];
    expect([rebuilt.claim_row, rebuilt.claim_term]).toEqual([kept.claim_row, kept.claim_term]);
    expect(kept.claim_term?.filter((row) => row.includes('service')).length).toBeGreaterThan(10);
    // Ten of those that were submitted have no body here.
    expect(told.at(-1)).toMatchObject({ what: 'claims', done: made.claims + 10 });
  });

  it('reads of no claim that another insurer got', async () => {
    const { status } = await send(`/api/adjudications/${patient.relationRef}/${'A'.repeat(22)}`);
    expect(status).toBe(404);
    const [claim] = gamma().store.facts.list<{ claimId: string }>('claim', patient.relationRef);
    const alpha = consortium.gateway('AlphaMSP');
    const path = `/api/adjudications/${patient.relationRef}/${claim?.value.claimId ?? ''}`;
    expect((await alpha.send(path, { token: await alpha.token('insurer-clerk') })).status).toBe(404);
  });
});
