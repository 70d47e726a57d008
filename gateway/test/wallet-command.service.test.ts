import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CliConfig } from '../src/cli/config';
import { wallet } from '../src/cli/wallet';
import { findRelation } from '../src/wallet';
import { readWalletFile, writeWalletFile } from '../src/wallet/wallet-file';
import { writeConnections } from './support/connection-folder';
import { TestConsortium } from './support/test-consortium';
import { TestPatient } from './support/test-patient';

jest.setTimeout(30_000);

const consortium = new TestConsortium();
const folder = mkdtempSync(join(tmpdir(), 'medaccord-wallet-'));
const file = join(folder, 'wallet.json');
const config: CliConfig = { walletPassphrase: 'her own', colour: false, isTerminal: false, sampleBundle: '', program: 'medaccord' };
let patient: TestPatient;

beforeAll(async () => {
  await consortium.start();
  writeConnections(folder, consortium);
}, 30_000);

beforeEach(async () => {
  patient = new TestPatient(consortium, 'AlphaMSP');
  await patient.register();
  await patient.checkIn('BetaMSP', 'AlphaMSP');
  expect((await patient.consent('BetaMSP', ['laboratory'], 'AlphaMSP')).status).toBe(201);
  await writeWalletFile(file, patient.wallet, config.walletPassphrase);
});

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await consortium.stop();
});

/** What the command prints; its options name the network and the wallet. */
async function run(action: string, ...argv: string[]): Promise<string> {
  const lines: string[] = [];
  const out = jest.spyOn(process.stdout, 'write').mockImplementation((text) => lines.push(String(text)) > 0);
  try {
    expect(await wallet([action, '--connections', folder, '--wallet', file, ...argv], config)).toBe(0);
  } finally {
    out.mockRestore();
  }
  return lines.join('');
}

/** States of the relation's consents, as the gateway of a member that was not asked to record them has them. */
async function readLedger(): Promise<string[]> {
  const token = await patient.token('GammaMSP');
  const { body } = await consortium.gateway('GammaMSP').send(`/api/relations/${patient.relationRef}/consents`, { token });
  return (body as { consents: { status: string }[] }).consents.map(({ status }) => status);
}

describe('the wallet command', () => {
  it('revokes: nothing is permitted, and she may consent again', async () => {
    expect(await run('revoke')).toMatch(/^Revoked: version 3 of the consent is on the ledger, transaction [0-9a-f]{64}\.\n$/);
    expect(await readLedger()).toEqual(['in-force', 'in-force', 'revoked']);
    patient.wallet = await readWalletFile(file, config.walletPassphrase);
    expect((await patient.consent('BetaMSP', ['laboratory'], 'AlphaMSP')).status).toBe(201);
  });

  it('closes a relation for good: no consent can follow', async () => {
    expect(JSON.parse(await run('close', '--json'))).toMatchObject({ relationRef: patient.relationRef, version: 3 });
    expect(await readLedger()).toEqual(['in-force', 'in-force', 'closed']);
    patient.wallet = await readWalletFile(file, config.walletPassphrase);
    expect(findRelation(patient.wallet, patient.relationRef)).toMatchObject({ consentVersion: 3 });
    expect(await patient.consent('BetaMSP', ['laboratory'], 'AlphaMSP')).toMatchObject({ status: 422, body: { code: 'RELATION_CLOSED' } });
    await expect(run('revoke')).rejects.toMatchObject({ code: 'RELATION_CLOSED' });
  });

  it('renews a relation: fresh keys with the same member, and the old one closed', async () => {
    expect(await run('renew')).toMatch(/^Relation [\w-]{22} is on the ledger, .* It permits nothing yet\.\nClosed for good: version 3 /);
    expect(await readLedger()).toEqual(['in-force', 'in-force', 'closed']);
    const { relations } = await readWalletFile(file, config.walletPassphrase);
    const [old, fresh] = relations.slice(-2);
    expect(fresh).toMatchObject({ subjectRef: old?.subjectRef, counterparty: 'BetaMSP', kinds: ['care'], consentVersion: 1 });
    patient.wallet = await readWalletFile(file, config.walletPassphrase);
    patient.relationRef = fresh?.relationRef ?? '';
    expect((await patient.consent('BetaMSP', ['laboratory'], 'AlphaMSP')).status).toBe(201);
  });

  it('says which words it takes', async () => {
    await expect(run('forget')).rejects.toThrow('wallet forget: must be one of show, history, revoke, close, renew, token, recover.');
  });
});
