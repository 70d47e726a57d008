import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AdjudicationEntry } from '@medaccord/chaincode/model';
import { wallet } from '../src/cli/wallet';
import type { CliConfig } from '../src/cli/config';
import { signAppeal, type Recipient } from '../src/wallet';
import { writeWalletFile } from '../src/wallet/wallet-file';
import { writeConnections } from './support/connection-folder';
import { TestClaims, type TestClaim } from './support/test-claims';
import { TestConsortium, waitFor, type Answer } from './support/test-consortium';
import { newPlan, TestCoverage } from './support/test-coverage';
import { TestPatient } from './support/test-patient';

jest.setTimeout(60_000);

/** Hospital and patient disagree with what an insurer decided: it hears them first, then the authority (BetaMSP) does. */
const consortium = new TestConsortium();
const patient = new TestPatient(consortium, 'AlphaMSP');
const coverage = new TestCoverage(patient);
const claims = new TestClaims(consortium, coverage);
const folder = mkdtempSync(join(tmpdir(), 'medaccord-appeals-'));
const config: CliConfig = { walletPassphrase: undefined, colour: false, isTerminal: false, sampleBundle: '', program: 'medaccord' };
let billed = 0;

beforeAll(async () => {
  await consortium.start({}, { BetaMSP: 'authority' });
  await patient.register();
  await patient.checkIn('GammaMSP', 'GammaMSP', ['cover']);
  await claims.treat(20);
  expect((await coverage.begin(newPlan({ evidence: [], quantities: [] }))).status).toBe(201);
  writeConnections(folder, consortium);
  await writeWalletFile(join(folder, 'wallet.json'), patient.wallet, undefined);
}, 60_000);

afterEach(() => {
  consortium.heal();
});

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await consortium.stop();
});

type Sending = { readonly who?: string; readonly body?: object; readonly key?: string };

async function send(
  mspId: string,
  role: string,
  path: string,
  { who = `${role}-1`, body, key = randomUUID() }: Sending = {},
): Promise<Answer> {
  const gateway = consortium.gateway(mspId);
  return gateway.send(path, { token: await gateway.token(role, who), key, ...(body && { body }) });
}

/** A claim that the rule has decided, of a record that nobody has billed. */
async function newDecided(): Promise<TestClaim> {
  const claim = await claims.bill([{ records: [billed++] }]);
  await untilDecided(claim, 1);
  return claim;
}

async function untilDecided({ claimId }: TestClaim, n: number): Promise<void> {
  const entry = (mspId: string) =>
    consortium.gateway(mspId).store.facts.find<AdjudicationEntry>('adjudication', patient.relationRef, claimId)?.value;
  await waitFor(() => ['AlphaMSP', 'GammaMSP'].every((mspId) => (entry(mspId)?.n ?? 0) >= n), 20_000);
}

const pathOf = ({ claimId }: TestClaim): string => `/api/claims/${patient.relationRef}/${claimId}/appeals`;
const appeal = (claim: TestClaim, body: object = {}, key?: string): Promise<Answer> =>
  send('AlphaMSP', 'records', pathOf(claim), { body: { n: 1, grounds: 'The visit was urgent', ...body }, ...(key && { key }) });
const decide = (claim: TestClaim, number: number, outcome: string, more: Sending & { at?: string; role?: string } = {}): Promise<Answer> =>
  send(more.at ?? 'GammaMSP', more.role ?? 'insurer-clerk', `${pathOf(claim)}/${String(number)}/decision`, {
    body: { outcome, opinion: `It is ${outcome}` },
    ...more,
  });
const readAt = async (mspId: string, role: string, claim: TestClaim): Promise<Answer['body']> => {
  await consortium.untilFollowing();
  return (await send(mspId, role, pathOf(claim))).body;
};
const listDue = async (mspId: string, role: string): Promise<{ claimId: string; number: number; decideBy: string }[]> => {
  await consortium.untilFollowing();
  return (await send(mspId, role, '/api/appeals')).body.appeals as never;
};

describe('an appeal of the hospital', () => {
  it('that is granted puts the claim on the work list of the insurer again, and ends with a second adjudication', async () => {
    const claim = await newDecided();
    const made = await appeal(claim);
    expect([made.status, made.body.appeal]).toMatchObject([201, { number: 1, n: 1, level: 'insurer', party: 'hospital' }]);
    expect(made.body.deliveries).toEqual(
      expect.arrayContaining(['AlphaMSP', 'GammaMSP'].map((organisation) => ({ organisation, kind: 'appeal', status: 'delivered' }))),
    );
    expect(await listDue('GammaMSP', 'insurer-clerk')).toMatchObject([
      { claimId: claim.claimId, number: 1, decideBy: made.body.appeal.decideBy, hospital: 'AlphaMSP' },
    ]);
    expect((await readAt('GammaMSP', 'insurer-clerk', claim)).appeals).toMatchObject([{ grounds: 'The visit was urgent', decision: null }]);

    const decided = await decide(claim, 1, 'granted');
    expect([decided.status, decided.body.decision]).toMatchObject([201, { outcome: 'granted', adjudicateBy: expect.any(String) }]);
    expect(await listDue('GammaMSP', 'insurer-clerk')).toEqual([]);
    expect((await readAt('AlphaMSP', 'registrar', claim)).appeals).toMatchObject([
      { grounds: 'The visit was urgent', decision: { outcome: 'granted', opinion: 'It is granted' } },
    ]);
    const readWork = async (): Promise<object[]> => (await send('GammaMSP', 'insurer-clerk', '/api/adjudications/worklist')).body.claims;
    expect(await readWork()).toMatchObject([{ claimId: claim.claimId, status: 'reopened' }]);

    const again = await send('GammaMSP', 'insurer-clerk', `/api/adjudications/${patient.relationRef}/${claim.claimId}/decisions`, {
      body: { overrides: [{ line: 1, benefit: 10_000, why: 'The appeal was granted' }] },
    });
    expect([again.status, again.body]).toMatchObject([201, { n: 2, outcome: 'complete', manner: 'person' }]);
    expect(await readWork()).toEqual([]);
  });

  it('is one however often it is sent, and no second one against the same adjudication', async () => {
    const claim = await newDecided();
    const key = randomUUID();
    const [first, again] = [await appeal(claim, {}, key), await appeal(claim, {}, key)];
    expect(again.body.appeal).toEqual(first.body.appeal);
    const second = await appeal(claim, { grounds: 'Once more' });
    expect([second.status, second.body.code]).toEqual([422, 'APPEAL_NOT_OPEN']);
    expect((await readAt('AlphaMSP', 'records', claim)).appeals).toHaveLength(1);
    await decide(claim, 1, 'upheld');
  });

  it('is not decided by the person who adjudicated', async () => {
    const claim = await newDecided();
    await send('GammaMSP', 'insurer-clerk', `/api/adjudications/${patient.relationRef}/${claim.claimId}/decisions`, {
      body: { overrides: [{ line: 1, benefit: 9_000, why: 'Goodwill' }] },
    });
    await untilDecided(claim, 2);
    expect((await appeal(claim, { n: 2 })).status).toBe(201);
    await consortium.untilFollowing();
    const same = await decide(claim, 1, 'upheld');
    expect([same.status, same.body.code]).toEqual([403, 'APPEAL_BY_SAME_PERSON']);
    expect((await decide(claim, 1, 'upheld', { who: 'clerk-2' })).status).toBe(201);
  });

  it('goes on to the authority once the insurer upheld its decision, and nobody else decides it there', async () => {
    const claim = await newDecided();
    const early = await appeal(claim, { authority: 'BetaMSP' });
    expect([early.status, early.body.code]).toEqual([422, 'APPEAL_NOT_OPEN']);
    await appeal(claim);
    await consortium.untilFollowing();
    await decide(claim, 1, 'upheld');
    const further = await appeal(claim, { authority: 'BetaMSP', grounds: 'The insurer did not read the report' });
    expect([further.status, further.body.appeal]).toMatchObject([201, { number: 2, level: 'authority', authority: 'BetaMSP' }]);
    expect(await listDue('BetaMSP', 'ethics-officer')).toMatchObject([{ claimId: claim.claimId, number: 2, insurer: 'GammaMSP' }]);
    expect((await readAt('BetaMSP', 'ethics-officer', claim)).appeals).toMatchObject([
      { number: 1, grounds: null, decision: { opinion: null } },
      { number: 2, grounds: 'The insurer did not read the report', decision: null },
    ]);
    expect((await decide(claim, 2, 'upheld')).status).toBe(404);
    const decided = await decide(claim, 2, 'granted', { at: 'BetaMSP', role: 'ethics-officer' });
    expect([decided.status, decided.body.decision]).toMatchObject([201, { outcome: 'granted', by: { mspId: 'BetaMSP' } }]);
    expect((await readAt('GammaMSP', 'insurer-clerk', claim)).appeals[1].decision.opinion).toBe('It is granted');
    const { body } = await send('GammaMSP', 'insurer-clerk', '/api/adjudications/worklist');
    expect(body.claims).toMatchObject([{ claimId: claim.claimId, status: 'reopened' }]);
  });
});

describe('a dispute of the patient', () => {
  const run = async (...argv: string[]): Promise<string> => {
    const lines: string[] = [];
    const out = jest.spyOn(process.stdout, 'write').mockImplementation((text) => lines.push(String(text)) > 0);
    await wallet([...argv, '--connections', folder, '--wallet', join(folder, 'wallet.json')], config).finally(() => {
      out.mockRestore();
    });
    return lines.join('');
  };

  it('is one signed action that any member takes; her wallet tells of the decision and why', async () => {
    const claim = await newDecided();
    const told = await run('dispute', '--claim', claim.claimId, '--grounds', 'I was never there', '--at', 'BetaMSP');
    expect(told).toMatch(/^Signed: appeal 1 is on the ledger\. GammaMSP decides by /);
    expect((await readAt('GammaMSP', 'insurer-clerk', claim)).appeals).toMatchObject([
      { party: 'patient', by: { mspId: 'BetaMSP' }, grounds: 'I was never there' },
    ]);
    await waitFor(async () => (await run('claims')).includes('you appealed to GammaMSP: to be decided by'), 10_000);
    expect((await decide(claim, 1, 'granted')).status).toBe(201);
    await consortium.untilFollowing();
    expect(await run('claims')).toMatch(
      /you appealed to GammaMSP: granted on \S+; GammaMSP decides the claim again by \S+\n {4}It is granted/,
    );
    await expect(run('dispute', '--claim', 'A'.repeat(22), '--grounds', 'x')).rejects.toMatchObject({ code: 'CLAIM_UNKNOWN' });
  });

  it('counts with her signature and with the very grounds that she sealed', async () => {
    const claim = await newDecided();
    const recipients = (await patient.recipients('GammaMSP')) as Recipient[];
    const wish = { relationRef: patient.relationRef, claimId: claim.claimId, n: 1, number: 1, authority: null, text: 'Too little' };
    const signed = await signAppeal(patient.wallet, wish, recipients);
    const other = await signAppeal(patient.wallet, wish, recipients);
    const gamma = consortium.gateway('GammaMSP');
    const swapped = await gamma.send('/api/appeals', { body: { ...signed, grounds: other.grounds } });
    expect([swapped.status, swapped.body.code]).toEqual([400, 'REQUEST_INVALID']);
    const [head, payload, mark = ''] = signed.appeal.split('.');
    const forged = [head, payload, `${mark.startsWith('A') ? 'B' : 'A'}${mark.slice(1)}`].join('.');
    expect((await gamma.send('/api/appeals', { body: { ...signed, appeal: forged } })).body.code).toBe('SIGNATURE_INVALID');
    const [first, again] = [await gamma.send('/api/appeals', { body: signed }), await gamma.send('/api/appeals', { body: signed })];
    expect([first.status, again.status, again.body.appeal]).toEqual([201, 201, first.body.appeal]);
  });
});

describe('a stranger', () => {
  it('neither appeals, nor reads appeals, nor decides them', async () => {
    const claim = await newDecided();
    await appeal(claim);
    await consortium.untilFollowing();
    const foreign = await send('BetaMSP', 'records', pathOf(claim), { body: { n: 1, grounds: 'Not mine' } });
    expect(foreign.status).toBe(404);
    const insurers = await send('GammaMSP', 'records', pathOf(claim), { body: { n: 1, grounds: 'Not mine' } });
    expect(insurers.body.code).toBe('NOT_THE_CUSTODIAN');
    expect((await send('BetaMSP', 'ethics-officer', pathOf(claim))).body.code).toBe('RELATION_UNKNOWN');
    expect((await send('AlphaMSP', 'physician', pathOf(claim))).body.code).toBe('ROLE_NOT_ALLOWED');
    expect((await decide(claim, 1, 'granted', { at: 'AlphaMSP' })).status).toBe(404);
    expect((await decide(claim, 1, 'granted', { role: 'ethics-officer' })).status).toBe(403);
    expect((await decide(claim, 9, 'granted')).status).toBe(404);
    expect((await send('GammaMSP', 'insurer-clerk', '/api/appeals?cursor=nonsense')).status).toBe(400);
  });
});
