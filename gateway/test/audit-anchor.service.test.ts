import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { findProblemOfAuditProof, formatCanonical, parseAuditProof, type AuditProof, type AuditRoot } from '@medaccord/chaincode/model';
import { AuditRoots, hashEntry, loadLocalKey, openStore } from '../src/store';
import { TestConsortium, waitFor, type TestGateway } from './support/test-consortium';
import { ask, newBundle, TestPatient } from './support/test-patient';

jest.setTimeout(60_000);

/** What is anchored of an audit log, and what a patient is told of hers. */
let consortium: TestConsortium;
let alpha: TestGateway;
let beta: TestGateway;
let ada: TestPatient;
let bea: TestPatient;

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
const rootsOf = ({ store, mspId }: TestGateway): AuditRoots => new AuditRoots(store.facts, mspId, store.audit.id);
const newestOf = (gateway: TestGateway): AuditRoot | undefined => rootsOf(gateway).findNewest()?.value;
const listRoots = (gateway: TestGateway): readonly AuditRoot[] =>
  Array.from({ length: newestOf(gateway)?.number ?? 0 }, (_, index) => rootsOf(gateway).find(index + 1)?.value as AuditRoot);
/** Everything that there is is anchored. */
const untilAnchored = (gateway: TestGateway): Promise<void> =>
  waitFor(() => newestOf(gateway)?.size === gateway.store.audit.length, 10_000);

async function readAudit(gateway: TestGateway, patient: TestPatient, query = ''): Promise<AuditProof> {
  const token = await patient.token(gateway.mspId);
  const { status, body } = await gateway.send(`/api/relations/${patient.relationRef}/audit${query}`, { token });
  expect([status, body.next ?? null]).toEqual([200, null]);
  return parseAuditProof(body.proof, 'proof');
}

const told = ({ entries }: AuditProof): readonly Record<string, unknown>[] =>
  entries.map(({ text }) => JSON.parse(text) as Record<string, unknown>);

async function newPatient(): Promise<TestPatient> {
  const patient = new TestPatient(consortium, 'AlphaMSP');
  await patient.register();
  await patient.import(newBundle(1));
  await patient.checkIn('BetaMSP');
  await patient.consent('BetaMSP', ['laboratory']);
  return patient;
}

describe('with an interval that is over soon', () => {
  beforeAll(async () => {
    consortium = await new TestConsortium().start({ auditAnchorMs: 50 });
    [alpha, beta] = [consortium.gateway('AlphaMSP'), consortium.gateway('BetaMSP')];
    [ada, bea] = [await newPatient(), await newPatient()];
    await ask(beta, ada.relationRef, ['laboratory']);
    await ask(beta, ada.relationRef, ['hiv']);
    await alpha.send(`/api/records?subject=${ada.subjectRef}`, {
      token: await alpha.token('physician', 'ada-7', 600, { department: 'ward 3' }),
    });
    await Promise.all([alpha, beta].map(untilAnchored));
  });

  afterEach(() => {
    consortium.heal();
  });

  afterAll(async () => {
    await consortium.stop();
  });

  it('each log is anchored by its own organisation, root after root, and nothing where nothing was written', () => {
    for (const gateway of [alpha, beta]) {
      const roots = listRoots(gateway);
      expect(roots.length).toBeGreaterThan(0);
      roots.forEach(({ number, previousSize, mspId }, index) => {
        expect([number, previousSize, mspId]).toEqual([index + 1, roots[index - 1]?.size ?? 0, gateway.mspId]);
      });
    }
    const gamma = consortium.gateway('GammaMSP');
    expect([gamma.store.audit.length, newestOf(gamma)]).toEqual([0, undefined]);
  });

  it('a patient reads all that concerns her at her custodian, refusals included, proved, and nothing of others', async () => {
    const proof = await readAudit(alpha, ada);
    expect(findProblemOfAuditProof(proof, sha256)).toBeUndefined();
    expect(proof.root).toEqual(newestOf(alpha));
    const entries = told(proof);
    expect(entries.map(({ subject }) => subject)).toEqual(entries.map(() => ada.subjectRef));
    expect(entries).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ event: 'import', status: 201 }),
        expect.objectContaining({ event: 'decision', code: 'permit' }),
        expect.objectContaining({ event: 'decision', code: 'deny', status: 403 }),
        expect.objectContaining({ actor: expect.objectContaining({ kind: 'staff', role: 'physician', department: 'ward 3' }) }),
      ]),
    );
    expect(JSON.stringify(proof)).not.toContain(bea.relationRef);
    expect(JSON.stringify(proof)).not.toContain(bea.subjectRef);
    const kept = alpha.store.audit.count({ names: [['subject', ada.subjectRef]] });
    expect((await readAudit(alpha, ada)).entries).toHaveLength(kept);
  });

  it('a patient reads at the counterparty what it did in their relation', async () => {
    const proof = await readAudit(beta, ada);
    expect(findProblemOfAuditProof(proof, sha256)).toBeUndefined();
    const entries = told(proof);
    expect(entries.length).toBeGreaterThan(0);
    expect(entries.map(({ relation }) => relation)).toEqual(entries.map(() => ada.relationRef));
  });

  it('a change of one byte of an entry, a path, a root or a size is found', async () => {
    const { root, ...proof } = await readAudit(alpha, ada);
    if (root === null) throw new Error('nothing is anchored');
    const [first, ...rest] = proof.entries;
    if (first === undefined) throw new Error('there are no entries');
    const problemWith = (change: Partial<AuditProof>): unknown => findProblemOfAuditProof({ root, ...proof, ...change }, sha256);
    const wrong = { what: 'entry', n: first.n };
    const digest = (text: string): never => (text.startsWith('A') ? `B${text.slice(1)}` : `A${text.slice(1)}`) as never;
    const flipped = first.text.replace(/"salt":"(.)/, (_, one: string) => `"salt":"${one === 'A' ? 'B' : 'A'}`);
    expect(problemWith({ entries: [{ ...first, text: flipped }, ...rest] })).toEqual(wrong);
    expect(problemWith({ entries: [{ ...first, path: first.path.with(0, digest(first.path[0] ?? '')) }, ...rest] })).toEqual(wrong);
    expect(problemWith({ entries: [{ ...first, n: first.n + 1 }, ...rest] })).toMatchObject({ what: 'entry' });
    expect(problemWith({ root: { ...root, root: digest(root.root) } })).toEqual(wrong);
    expect(problemWith({ entries: [...rest, first] })).toEqual({ what: 'order of entries', n: first.n });
    expect(problemWith({ log: digest(proof.log) })).toMatchObject({ what: 'root' });
  });

  it('the log is proved to go on from a root that she was shown before', async () => {
    await alpha.send(`/api/records?subject=${ada.subjectRef}`, { token: await alpha.token('physician') });
    await untilAnchored(alpha);
    const since = rootsOf(alpha).find(1)?.value;
    const proof = await readAudit(alpha, ada, '?since=1');
    expect(proof.earlier?.root).toEqual(since);
    expect(findProblemOfAuditProof(proof, sha256)).toBeUndefined();
    const shown = { ...since, root: proof.root?.root } as AuditRoot;
    expect(findProblemOfAuditProof({ ...proof, earlier: { root: shown, path: proof.earlier?.path ?? [] } }, sha256)).toEqual({
      what: 'earlier root',
      n: 1,
    });
    const { status, body } = await alpha.send(`/api/relations/${ada.relationRef}/audit?since=999999`, {
      token: await ada.token('AlphaMSP'),
    });
    expect([status, body.code]).toEqual([404, 'RESOURCE_NOT_FOUND']);
  });

  it('every member tells the same root, without a token', async () => {
    const newest = newestOf(alpha);
    await consortium.untilFollowing();
    const { body } = await beta.send(`/api/audit-roots/AlphaMSP/${alpha.store.audit.id}/${String(newest?.number)}`);
    expect(body.root).toEqual(newest);
  });

  it('a root of unknown outcome is settled before another is made, and a new start goes on from the last', async () => {
    Object.assign(alpha.carrier.faults, { loseAnswers: 2, hideStatus: 5 });
    await readAudit(alpha, ada);
    await untilAnchored(alpha);
    alpha = await consortium.crashAndRestart(alpha);
    await readAudit(alpha, ada);
    await untilAnchored(alpha);
    const roots = listRoots(alpha);
    roots.forEach(({ previousSize }, index) => {
      expect(previousSize).toBe(roots[index - 1]?.size ?? 0);
    });
  });
});

describe('with an interval that is long', () => {
  beforeEach(async () => {
    consortium = await new TestConsortium().start({ auditAnchorMs: 3_600_000 });
    alpha = consortium.gateway('AlphaMSP');
    ada = await newPatient();
    await alpha.stop();
  });

  afterEach(async () => {
    await consortium.stop();
  });

  it('what is new is anchored when the gateway stops', async () => {
    const before = { entries: alpha.store.audit.length };
    await alpha.start();
    expect(newestOf(alpha)?.size).toBe(before.entries);
    const proof = await readAudit(alpha, ada);
    expect([proof.root?.number, findProblemOfAuditProof(proof, sha256)]).toEqual([1, undefined]);
  });

  it('an operator who takes out an entry and chains all that follow anew is found out by the patient and by the consortium', async () => {
    await rewrite(alpha, 2);
    await alpha.start();
    const proof = await readAudit(alpha, ada);
    expect(findProblemOfAuditProof(proof, sha256)).toMatchObject({ what: 'entry' });
    await alpha.stop();
    expect(alpha.logged.join('')).toContain('the audit log is not the one that was anchored');
    await alpha.start();
    expect(listRoots(alpha)).toHaveLength(1);
  });
});

/** What somebody can do who holds the file and the key of a stopped gateway: entry `gone` was never there. */
async function rewrite({ data, mspId }: TestGateway, gone: number): Promise<void> {
  const store = await openStore(data, mspId);
  const log = store.audit.id;
  const kept = store.audit.list({ names: [] }, { most: 10_000 }).filter(({ n }) => n !== gone);
  await store.close();
  const key = loadLocalKey(join(data, 'keys'));
  const file = new DatabaseSync(join(data, 'audit.sqlite'));
  file.exec('DELETE FROM node');
  file.prepare('DELETE FROM entry WHERE n >= ?').run(gone);
  file.prepare('DELETE FROM name WHERE n = ?').run(gone);
  file.prepare('UPDATE name SET n = n - 1 WHERE n > ?').run(gone);
  let previous = '';
  kept.forEach(({ text, own }, index) => {
    const n = index + 1;
    const changed = formatCanonical({ ...(JSON.parse(text) as object), n, previous });
    const hash = hashEntry(changed);
    previous = Buffer.from(hash).toString('base64url');
    const sealed = key.seal(`audit/${log}/${String(n)}`, Buffer.from(JSON.stringify([changed, own])));
    if (n >= gone) file.prepare('INSERT INTO entry VALUES (?, ?, ?)').run(n, hash, sealed);
  });
  file.close();
  // As many entries as there were, in a tree of their own.
  const again = await openStore(data, mspId);
  await again.audit.append([{ says: { event: 'read' }, own: {}, names: [] }]);
  await again.audit.growTree();
  await again.close();
}
