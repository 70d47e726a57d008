import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CliConfig } from '../src/cli/config';
import { delegate } from '../src/cli/delegate';
import { wallet } from '../src/cli/wallet';
import { newWallet } from '../src/wallet';
import { writeWalletFile } from '../src/wallet/wallet-file';
import { TestConsortium } from './support/test-consortium';
import { TestPatient } from './support/test-patient';
import { writeConnections } from './support/connection-folder';

jest.setTimeout(30_000);

const consortium = new TestConsortium();
const folder = mkdtempSync(join(tmpdir(), 'medaccord-delegate-'));
const file = (name: string): string => join(folder, name);
const config: CliConfig = { walletPassphrase: undefined, colour: false, isTerminal: false, sampleBundle: '', program: 'medaccord' };
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
  await writeWalletFile(file('patient.json'), patient.wallet);
  await writeWalletFile(file('delegate.json'), newWallet());
});

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await consortium.stop();
});

/** What a command prints; `whose` wallet it uses. */
async function run(whose: 'patient' | 'delegate', action: string, ...argv: string[]): Promise<string> {
  const lines: string[] = [];
  const out = jest.spyOn(process.stdout, 'write').mockImplementation((text) => lines.push(String(text)) > 0);
  const options = ['--connections', folder, '--wallet', file(`${whose}.json`), '--relation', patient.relationRef];
  try {
    expect(await delegate([action, ...options, ...argv], config)).toBe(0);
  } finally {
    out.mockRestore();
  }
  return lines.join('');
}

const acting = ['--delegation', '1', '--at', 'AlphaMSP'];

async function grant(...more: string[]): Promise<string> {
  writeFileSync(file('key.json'), await run('delegate', 'key'));
  const until = new Date(Date.now() + 3_600_000).toISOString();
  return run('patient', 'grant', '--key', file('key.json'), '--powers', 'consent,revoke,history', '--until', until, ...more);
}

describe('the delegate command', () => {
  it('lets a patient name somebody, who consents, revokes and reads with a wallet of their own, until she ends it', async () => {
    expect(await grant('--kind', 'power-of-attorney')).toMatch(
      /^The delegation is on the ledger as number 1, transaction [0-9a-f]{64}\.\n$/,
    );
    writeFileSync(file('sets.json'), JSON.stringify([{ base: 'permit', exceptions: [] }]));
    expect(await run('delegate', 'consent', ...acting, '--document', file('sets.json'))).toMatch(/^Version 3 /);
    expect(JSON.parse(await run('delegate', 'revoke', ...acting, '--json'))).toMatchObject({ version: 4 });
    expect(await run('delegate', 'history', ...acting)).toMatch(/version 4 revoked, signed by delegate 1\n$/);
    expect(await run('patient', 'end', '--delegation', '1')).toMatch(/as number 2/);
    await expect(run('delegate', 'history', ...acting)).rejects.toMatchObject({ code: 'TOKEN_INVALID' });
  });

  it("is seen in the patient's own history: who may act, until when, and who signed", async () => {
    await grant('--kind', 'guardian', '--withhold', 'psychiatry');
    await run('delegate', 'revoke', ...acting);
    const lines: string[] = [];
    const out = jest.spyOn(process.stdout, 'write').mockImplementation((text) => lines.push(String(text)) > 0);
    await wallet(['history', '--connections', folder, '--wallet', file('patient.json')], config).finally(() => {
      out.mockRestore();
    });
    expect(lines.join('')).toMatch(/delegate 1 \(guardian\) may consent, revoke, history until /);
    expect(lines.join('')).toMatch(/version 3 revoked, signed by delegate 1/);
  });

  it("exports no consent as the patient's that a delegate superseded", async () => {
    await grant('--kind', 'guardian');
    const exported = ['consent', '--export', '--connections', folder, '--wallet', file('patient.json'), '--relation', patient.relationRef];
    const out = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
    expect(await wallet(exported, config)).toBe(0);
    await run('delegate', 'revoke', ...acting);
    out.mockRestore();
    await expect(wallet(exported, config)).rejects.toMatchObject({ code: 'CONSENT_NOT_KEPT' });
  });

  it('signs no delegation that says too much, and names what it takes', async () => {
    await expect(grant('--kind', 'support-person')).rejects.toThrow('support person');
    await expect(grant('--kind', 'friend')).rejects.toThrow('--kind must be one of guardian, power-of-attorney, support-person.');
    await expect(run('patient', 'forget')).rejects.toThrow('must be one of grant, end, key, consent, revoke, history.');
  });
});
