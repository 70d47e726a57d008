import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAuditProof, parseJson, type AuditProof } from '@medaccord/chaincode/model';
import type { CliConfig } from '../src/cli/config';
import { wallet } from '../src/cli/wallet';
import { AuditRoots } from '../src/store';
import { writeWalletFile } from '../src/wallet/wallet-file';
import { writeConnections } from './support/connection-folder';
import { TestConsortium, waitFor } from './support/test-consortium';
import { ask, newBundle, TestPatient } from './support/test-patient';

jest.setTimeout(30_000);

const consortium = new TestConsortium();
const folder = mkdtempSync(join(tmpdir(), 'medaccord-wallet-'));
const [file, saved] = [join(folder, 'wallet.json'), join(folder, 'proof.json')];
const config: CliConfig = { walletPassphrase: 'her own', colour: false, isTerminal: false, sampleBundle: '', program: 'medaccord' };
let relationRef = '';

beforeAll(async () => {
  await consortium.start({ auditAnchorMs: 50 });
  writeConnections(folder, consortium);
  const patient = new TestPatient(consortium, 'AlphaMSP');
  await patient.register();
  await patient.import(newBundle(1));
  await patient.checkIn('BetaMSP');
  await patient.consent('BetaMSP', ['laboratory']);
  await ask(consortium.gateway('BetaMSP'), patient.relationRef, ['hiv']);
  const alpha = consortium.gateway('AlphaMSP');
  await alpha.send(`/api/records?subject=${patient.subjectRef}`, {
    token: await alpha.token('physician', 'ada-7', 600, { department: 'ward 3' }),
  });
  relationRef = patient.relationRef;
  await writeWalletFile(file, patient.wallet, config.walletPassphrase);
  await untilAnchored();
});

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await consortium.stop();
});

/** Every member has a root over all that there is. */
async function untilAnchored(): Promise<void> {
  const { store } = consortium.gateway('AlphaMSP');
  const sizeAt = (mspId: string): number | undefined =>
    new AuditRoots(consortium.gateway(mspId).store.facts, 'AlphaMSP', store.audit.id).findNewest()?.value.size;
  await waitFor(() => [...consortium.gateways.keys()].every((mspId) => sizeAt(mspId) === store.audit.length), 10_000);
}

/** What the command prints. */
async function run(...argv: string[]): Promise<string> {
  const lines: string[] = [];
  const out = jest.spyOn(process.stdout, 'write').mockImplementation((text) => lines.push(String(text)) > 0);
  try {
    await wallet(['audit', '--connections', folder, '--wallet', file, ...argv], config);
  } finally {
    out.mockRestore();
  }
  return lines.join('');
}

const readSaved = (): AuditProof => parseJson(parseAuditProof, readFileSync(saved, 'utf8'), 'saved');

describe('wallet audit', () => {
  it('tells in words who did what, refusals included, and how much of it is proved and by whose ledger', async () => {
    const said = await run();
    expect(said).toMatch(/import {10}records .*, done\n/);
    expect(said).toMatch(/ physician, ward 3 \([A-Za-z0-9_-]{8}\), \d+ records, done\n/);
    expect(said).toMatch(/decision {8}the release agent, .*TREAT, refused: deny\n/);
    expect(said).toMatch(/\n\d+ entries, \d+ of them proved by root \d+ of .*; BetaMSP, GammaMSP have it, too\.\n$/);
    expect(said).not.toContain('ada-7');
  });

  it('keeps the proof, and holds the next answer against it', async () => {
    await run('--save', saved);
    const first = readSaved();
    expect([first.earlier, statSync(saved).mode & 0o777]).toEqual([null, 0o600]);
    await untilAnchored();
    await run('--save', saved);
    const second = readSaved();
    expect(second.earlier?.root).toEqual(first.root);
    expect(second.entries.slice(0, first.entries.length).map(({ text }) => text)).toEqual(first.entries.map(({ text }) => text));
  });

  it('reads page after page, all proved by one root', async () => {
    const { store } = consortium.gateway('AlphaMSP');
    const says = { event: 'read', actor: { kind: 'gateway' }, types: [], records: [], purpose: null, status: 200, code: null };
    const draft = { says, own: {}, names: [['relation', relationRef] as const] };
    await store.audit.append(Array.from({ length: 230 }, () => draft));
    await untilAnchored();
    await run('--save', saved);
    const { entries, root } = readSaved();
    expect(entries.filter(({ n, path }) => n <= (root?.size ?? 0) && path.length > 0).length).toBeGreaterThan(230);
    expect(new Set(entries.map(({ n }) => n)).size).toBe(entries.length);
  });

  it('finds out when what was shown last time is gone or says something else', async () => {
    await untilAnchored();
    await run('--save', saved);
    const { entries, ...rest } = readSaved();
    const [entry] = entries;
    writeFileSync(saved, JSON.stringify({ ...rest, entries: [{ ...entry, text: entry?.text.replace('"status":201', '"status":403') }] }));
    await expect(run('--save', saved)).rejects.toMatchObject({ code: 'AUDIT_PROOF_WRONG' });
    writeFileSync(saved, JSON.stringify({ ...rest, root: { ...rest.root, root: 'A'.repeat(43) }, entries }));
    await expect(run('--save', saved)).rejects.toMatchObject({ code: 'AUDIT_PROOF_WRONG' });
    writeFileSync(saved, 'something else');
    await expect(run('--save', saved)).rejects.toMatchObject({ code: 'PROOF_UNREADABLE' });
  });
});
