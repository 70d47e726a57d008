import { randomUUID } from 'node:crypto';
import type { AdjudicationEntry, ClaimId } from '@medaccord/chaincode/model';
import { TestClaims, type TestClaim } from './support/test-claims';
import { members, newRules, TestConsortium, waitFor, type Answer } from './support/test-consortium';
import { newPlan, TestCoverage } from './support/test-coverage';
import { ask, TestPatient } from './support/test-patient';

jest.setTimeout(60_000);

const consortium = new TestConsortium();
const patient = new TestPatient(consortium, 'AlphaMSP');
const coverage = new TestCoverage(patient);
const claims = new TestClaims(consortium, coverage);
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

  it('reads of no claim that another insurer got', async () => {
    const { status } = await send(`/api/adjudications/${patient.relationRef}/${'A'.repeat(22)}`);
    expect(status).toBe(404);
    const [claim] = gamma().store.facts.list<{ claimId: string }>('claim', patient.relationRef);
    const alpha = consortium.gateway('AlphaMSP');
    const path = `/api/adjudications/${patient.relationRef}/${claim?.value.claimId ?? ''}`;
    expect((await alpha.send(path, { token: await alpha.token('insurer-clerk') })).status).toBe(404);
  });
});
