import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  adjudicationKey,
  adjudicationPreimage,
  adjudicationRef,
  explanationRef,
  formatCanonical,
  formatUtf8,
  ordinaryCategories,
  parseAdjudicationDocument,
  type AdjudicationDocument,
  type AdjudicationEntry,
  type ClaimEntry,
  type RelationEntry,
  type SealedRef,
} from '@medaccord/chaincode/model';
import type { CliConfig } from '../src/cli/config';
import { wallet } from '../src/cli/wallet';
import { checkClaims, describeClaim, type CheckedClaim, type ClaimPapers } from '../src/claims';
import { commit, PATIENT, seal, sealingPublicKeyOf } from '../src/crypto';
import { digestOf } from '../src/ledger/digest';
import { newClaimOpeners } from '../src/wallet';
import { writeWalletFile } from '../src/wallet/wallet-file';
import { writeConnections } from './support/connection-folder';
import type { Answer } from './support/door';
import { withoutEnvelopes } from './support/hide-sealed';
import { TestConsortium, waitFor, type TestGateway } from './support/test-consortium';
import { newPlan, TestCoverage } from './support/test-coverage';
import { ask, TestPatient } from './support/test-patient';
import { newVisitBundle } from './support/visit-bundle';

/** An insurer's own peer alone endorses what it decides: hospital and patient work every decision out again. */
const consortium = new TestConsortium();
const folder = mkdtempSync(join(tmpdir(), 'medaccord-claims-'));
const config: CliConfig = { walletPassphrase: undefined, colour: false, isTerminal: false, sampleBundle: '', program: 'medaccord' };
let patient: TestPatient;
let [alpha, beta, gamma]: TestGateway[] = [];
let coverageId: string;
let claim: string;

beforeAll(async () => {
  await consortium.start();
  [alpha, beta, gamma] = ['AlphaMSP', 'BetaMSP', 'GammaMSP'].map((mspId) => consortium.gateway(mspId));
  await takeOutCover();
}, 30_000);

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await consortium.stop();
});

/** A patient who was seen, and whose insurer may look at what its plan asks for. */
const takeOutCover = async (): Promise<void> => {
  patient = new TestPatient(consortium, 'AlphaMSP');
  await patient.register();
  const { body } = await patient.import(newVisitBundle());
  const references = (body.resources as { reference: string }[]).map(({ reference }) => reference);
  claim = references.find((reference) => reference.startsWith('Claim/'))!;
  await patient.checkIn('GammaMSP', 'GammaMSP', ['cover']);
  await patient.consentTo('GammaMSP', [{ base: 'deny', exceptions: [{ decision: 'permit', purposes: ['HPAYMT'] }] }]);
  const coverage = new TestCoverage(patient);
  expect((await coverage.begin(newPlan({ filingDays: null }))).status).toBe(201);
  coverageId = coverage.coverageId;
};

const bill = async (more: object = { claim }): Promise<string> => {
  const { status, body } = await alpha!.send('/api/claims', {
    token: await alpha!.token('records'),
    key: randomUUID(),
    body: { relationRef: patient.relationRef, coverageId, ...more },
  });
  expect(status).toBe(201);
  return body.claimId as string;
};

/** The claim once the insurer has decided it and the decision was worked out again. */
const read = async (claimId: string, at: TestGateway = alpha!): Promise<Answer> =>
  at.send(`/api/claims/${patient.relationRef}/${claimId}`, { token: await at.token('registrar'), headers: { prefer: 'wait=20' } });

/** What the patient's wallet makes of it. */
const readHers = async (claimId: string): Promise<{ readonly checked: CheckedClaim; readonly words: string }> => {
  const { body } = await alpha!.send(`/api/relations/${patient.relationRef}/claims`, { token: await patient.token('AlphaMSP') });
  const papers = body as ClaimPapers;
  const all = await checkClaims(papers, newClaimOpeners(patient.wallet, patient.relationRef));
  const checked = all.find((one) => one.claim.claimId === claimId)!;
  return { checked, words: describeClaim(checked, papers.plans).join('\n') };
};

/** What altered chaincode of the insurer's own peer commits: another decision about a claim, with its documents sealed as they should be. */
const lie = async (
  claimId: string,
  change: (document: AdjudicationDocument) => object,
  { marked = {}, told }: { readonly marked?: object; readonly told?: string } = {},
): Promise<void> => {
  const { store, keys } = alpha!;
  const relationRef = patient.relationRef as never;
  const { value: standing } = store.facts.find<AdjudicationEntry>('adjudication', relationRef, claimId)!;
  const row = store.adjudicated.find({ relationRef, claimId, n: standing.n })!;
  const before = parseAdjudicationDocument(JSON.parse(row.document), 'document');
  const n = standing.n + 1;
  const next = { ...before, n, position: before.position + 1 };
  const document = parseAdjudicationDocument({ ...next, ...change(next) }, 'document');
  const plain = formatUtf8(told ?? formatCanonical(document));
  const places = { hospital: adjudicationRef(relationRef, claimId as never, n), patient: explanationRef(relationRef, claimId as never, n) };
  const relation = store.facts.find<RelationEntry>('relation', relationRef)!.value;
  const sealed = {
    hospital: await seal(keys.publicSealing, { ...places.hospital, recipient: 'AlphaMSP' }, plain),
    patient: await seal(sealingPublicKeyOf(relation.keys.sealing), { ...places.patient, recipient: PATIENT }, plain),
  };
  const entry = {
    ...{ ...standing, n, document: await commit(adjudicationPreimage(document)), explanation: digestOf(sealed.patient) },
    sealed: { ...standing.sealed, AlphaMSP: digestOf(sealed.hospital) },
    ...marked,
  };
  consortium.ledger.forge({ [adjudicationKey(relationRef, claimId as never)]: formatCanonical(entry) });
  await storeSealed(places.hospital, sealed.hospital);
  await storeSealed(places.patient, sealed.patient);
};

const storeSealed = async ({ kind, ref, id }: SealedRef, envelope: string): Promise<void> => {
  const { ledger } = consortium;
  const { name } = await ledger.identity('GammaMSP', 'gateway');
  const call = {
    ...{ transaction: 'StoreSealed', request: { organisation: 'AlphaMSP', keys: [{ kind, ref, id }] }, organisations: ['AlphaMSP'] },
    transient: { input: JSON.stringify({ envelopes: [envelope] }) },
  };
  ledger.commit(await ledger.endorse(ledger.identityOf(name), call.transaction, call));
};

describe('a claim that the plan decides', () => {
  it('is paid with the evidence that the plan asks for and no other, and hospital and patient work out the same', async () => {
    const claimId = await bill();
    const { body } = await read(claimId);
    expect([body.status, body.adjudications[0].check]).toEqual(['complete', { verdict: 'agrees', problems: [] }]);
    const { decided, manner } = body.adjudications[0].document;
    expect([manner, decided.result.totals.benefit, decided.releases]).toEqual(['rule', 18_800, [expect.any(String)]]);
    const { checked, words } = await readHers(claimId);
    expect(checked.newest).toMatchObject({ verdict: 'agrees', problems: [] });
    expect(words).toContain('the plan pays 188.00');
    expect(words).toContain('You owe 547.00 USD.');
    const history = await alpha!.send(`/api/relations/${patient.relationRef}/history`, { token: await patient.token('AlphaMSP') });
    expect(history.body.entries).toContainEqual(expect.objectContaining({ kind: 'decision', outcome: 'released', records: 2 }));
  }, 40_000);

  it('is told to the patient by her wallet in plain words', async () => {
    writeConnections(folder, consortium);
    await writeWalletFile(join(folder, 'wallet.json'), patient.wallet, undefined);
    const lines: string[] = [];
    const out = jest.spyOn(process.stdout, 'write').mockImplementation((text) => lines.push(String(text)) > 0);
    await wallet(['claims', '--connections', folder, '--wallet', join(folder, 'wallet.json')], config);
    out.mockRestore();
    expect(lines.join('')).toMatch(
      /AlphaMSP billed GammaMSP: decided[^]*You owe 547\.00 USD\.[^]*Worked out again by your wallet: the same\./,
    );
  });

  it('goes on from what was used: the deductible is not asked for twice', async () => {
    const second = byType((await patient.import(newVisitBundle('2026-04-01'))).body.resources as { reference: string }[]);
    const { body } = await read(await bill({ claim: second['Claim'] }));
    expect([body.status, body.adjudications[0].check.verdict]).toEqual(['complete', 'agrees']);
    expect(body.adjudications[0].document.decided.result.totals).toMatchObject({ deductible: 0, benefit: 10_000 + 48_800 });
    const path = `/api/coverages/${patient.relationRef}/${coverageId}/eligibility`;
    const { body: eligible } = await alpha!.send(path, { token: await alpha!.token('registrar') });
    expect([eligible.used['year/2026-01-01/deductible'], eligible.isNewest]).toEqual([50_000, true]);
  }, 40_000);

  it('for what was billed before goes to a person, and nothing is paid', async () => {
    const { body } = await read(await bill());
    expect([body.status, body.claim.duplicates, body.adjudications[0].check.verdict]).toEqual(['queued', [0, 1], 'agrees']);
    expect(body.adjudications[0].document.decided.result.totals.benefit).toBe(0);
  }, 40_000);
});

describe('a hospital that lost its verdicts', () => {
  it('works everything out again when it begins anew', async () => {
    const { relationRef } = patient;
    const { claimId } = alpha!.store.facts.list<ClaimEntry>('claim', relationRef)[0]!.value;
    const database = new DatabaseSync(join(alpha!.data, 'index.sqlite'));
    database.exec('DELETE FROM adjudicated');
    database.close();
    expect(alpha!.store.adjudicated.find({ relationRef, claimId, n: 1 })).toBeUndefined();
    alpha = await consortium.crashAndRestart(alpha!);
    const find = (): string | undefined => alpha!.store.adjudicated.find({ relationRef, claimId, n: 1 })?.verdict;
    await waitFor(() => find() !== undefined, 10_000);
    expect(find()).toBe('agrees');
  }, 30_000);
});

describe('a hospital whose peer gets a document late', () => {
  it.each<[string, (answer: string) => string]>([
    ['has nothing yet', withoutEnvelopes],
    [
      'does not answer',
      () => {
        throw new Error('the peer does not answer');
      },
    ],
  ])(
    'works the decision out as soon as it arrives, though no block tells of that, where the peer first %s',
    async (_, hide) => {
      await takeOutCover();
      const { carrier } = alpha!;
      const evaluate = carrier.evaluate.bind(carrier);
      let hidden = 0;
      const spy = jest.spyOn(carrier, 'evaluate').mockImplementation(async (call) => {
        const answer = await evaluate(call);
        if (call.transaction !== 'ReadSealed' || !JSON.stringify(call.request).includes('"adjudication"')) return answer;
        hidden += 1;
        return hide(answer);
      });
      const claimId = await bill();
      const { relationRef } = patient;
      const isDelivered = (): boolean => consortium.ledger.blocks.at(-1)!.transactions.some(({ event }) => event?.name === 'SealedStored');
      const isDecided = (): boolean => alpha!.store.facts.find('adjudication', relationRef, `${claimId}/1`) !== undefined;
      await waitFor(() => isDecided() && isDelivered() && hidden > 2, 20_000);
      const height = consortium.ledger.blocks.length;
      spy.mockRestore();
      await waitFor(() => alpha!.store.adjudicated.find({ relationRef, claimId, n: 1 }) !== undefined, 20_000);
      expect(alpha!.store.adjudicated.find({ relationRef, claimId, n: 1 })?.verdict).toBe('agrees');
      expect(consortium.ledger.blocks).toHaveLength(height);
    },
    60_000,
  );
});

describe('who asks for payment', () => {
  const askFor = async (claimId: string): Promise<Answer> =>
    ask(gamma!, patient.relationRef, ordinaryCategories, { purpose: 'HPAYMT', proof: { kind: 'claim', claimId: claimId as never } });

  it('gets what lines of the claim name and the plan asks for, whatever else the consent permits, until the claim is taken back', async () => {
    await takeOutCover();
    const claimId = await bill();
    await read(claimId);
    const asked = await askFor(claimId);
    expect([asked.body.status, asked.body.records]).toEqual(['released', 2]);
    const { body } = await gamma!.send(`/api/releases/${asked.body.requestId as string}`, { token: await gamma!.token('insurer-clerk') });
    const types = body.resources.map(
      ({ resource }: { resource: string }) => (JSON.parse(resource) as { resourceType: string }).resourceType,
    );
    expect(types.sort()).toEqual(['Encounter', 'Procedure']);
    await bill({ related: { claimId, relationship: 'reversal' }, type: 'institutional', currency: 'USD', lines: [] });
    expect((await askFor(claimId)).body.status).toBe('refused');
  }, 40_000);
});

describe('a decision that is not what the plan says', () => {
  it.each<[string, string, (document: AdjudicationDocument) => object]>([
    [
      'pays less',
      'result',
      ({ decided }) => ({ decided: { ...decided!, result: decided!.result.replace('"benefit":10000', '"benefit":9000') } }),
    ],
    ['counts what was not used', 'before', () => ({ before: { 'year/2026-01-01/deductible': 40_000 } })],
    ['hides that a person decided', 'not-marked', () => ({ manner: 'person' })],
  ])(
    'because it %s is flagged at the hospital and by the patient',
    async (_, problem, change) => {
      await takeOutCover();
      const claimId = await bill();
      expect((await read(claimId)).body.adjudications[0].check.verdict).toBe('agrees');
      await lie(claimId, change);
      const { body } = await read(claimId);
      expect(body.adjudications[1].check).toEqual({ verdict: 'differs', problems: expect.arrayContaining([problem]) });
      const { checked, words } = await readHers(claimId);
      expect(checked.newest).toMatchObject({ verdict: 'differs', problems: expect.arrayContaining([problem]) });
      expect(words).toContain('DIFFERS from what your plan says');
      const metrics = await alpha!.send('/metrics', { token: await alpha!.token('operator') });
      expect(metrics.text).toMatch(/medaccord_gateway_alarms\{kind="adjudication_differs"\} [1-9]/);
      expect(alpha!.logged.some((text) => text.includes(claimId) && text.includes('not what the plan'))).toBe(true);
    },
    40_000,
  );

  it.each<[string, Parameters<typeof lie>[2], string]>([
    ['cannot be read', { told: 'nothing' }, 'cannot be read'],
    ['goes by a version of the coverage that is not there', { marked: { coverageVersion: 9 } }, 'DIFFERS'],
  ])(
    'because it %s is flagged, too, and hides no other',
    async (_, more, words) => {
      await takeOutCover();
      const claimId = await bill();
      await read(claimId);
      await lie(claimId, () => ({}), more);
      expect((await read(claimId)).body.adjudications[1].check).toEqual({ verdict: 'differs', problems: ['not-committed'] });
      expect((await readHers(claimId)).words).toContain(words);
    },
    40_000,
  );
});

describe('a claim', () => {
  it('is shown to nobody else', async () => {
    const { claimId } = alpha!.store.facts.list<ClaimEntry>('claim', patient.relationRef)[0]!.value;
    expect((await read(claimId, beta)).body.code).toBe('RELATION_UNKNOWN');
    expect((await read(claimId, gamma)).body.code).toBe('NOT_THE_CUSTODIAN');
    const other = new TestPatient(consortium, 'AlphaMSP');
    await other.register();
    await other.checkIn('GammaMSP', 'GammaMSP', ['cover']);
    const path = `/api/relations/${patient.relationRef}/claims`;
    expect((await alpha!.send(path, { token: await other.token('AlphaMSP') })).status).toBe(403);
    expect((await gamma!.send(path, { token: await patient.token('GammaMSP') })).body.code).toBe('NOT_THE_CUSTODIAN');
    expect((await alpha!.send(path, { token: await alpha!.token('physician') })).status).toBe(403);
  });
});

const byType = (resources: readonly { reference: string }[]): Record<string, string> =>
  Object.fromEntries(resources.map(({ reference }) => [reference.split('/')[0], reference]));
