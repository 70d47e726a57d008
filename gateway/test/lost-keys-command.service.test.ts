import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import type { Command } from '../src/cli/command';
import type { CliConfig } from '../src/cli/config';
import { guardian } from '../src/cli/guardian';
import { wallet } from '../src/cli/wallet';
import { deriveRecoverySeed } from '../src/wallet';
import { readWalletFile, writeWalletFile } from '../src/wallet/wallet-file';
import { writeConnections } from './support/connection-folder';
import { TestConsortium, waitFor } from './support/test-consortium';
import { TestPatient } from './support/test-patient';

jest.setTimeout(30_000);

/** The commands of a patient whose keys are lost, and of those who help her. */
const consortium = new TestConsortium();
let folder: string;
let patient: TestPatient;
const config: CliConfig = { walletPassphrase: undefined, colour: false, isTerminal: false, sampleBundle: '', program: 'medaccord' };

beforeAll(async () => {
  await consortium.start();
}, 30_000);

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'medaccord-lost-'));
  writeConnections(folder, consortium);
  patient = new TestPatient(consortium, 'AlphaMSP');
  await patient.register();
  await writeWalletFile(join(folder, 'her.json'), patient.wallet);
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

afterAll(async () => {
  await consortium.stop();
});

/** What a command prints. All gateways have followed before. */
async function run(command: Command, argv: readonly string[], more: Partial<CliConfig> = {}): Promise<string> {
  await waitFor(
    () => [...consortium.gateways.values()].every(({ store }) => store.facts.height === consortium.ledger.blocks.length),
    5_000,
  );
  const lines: string[] = [];
  const out = jest.spyOn(process.stdout, 'write').mockImplementation((text) => lines.push(String(text)) > 0);
  try {
    expect(await command(argv, { ...config, ...more })).toBe(0);
  } finally {
    out.mockRestore();
  }
  return lines.join('').trim();
}

const recover = (action: string, file: string, argv: readonly string[] = [], recoverySeed?: string): Promise<string> =>
  run(wallet, ['recover', action, '--connections', folder, '--wallet', join(folder, file), ...argv], { recoverySeed });
const guardianKey = (name: string): Promise<string> => run(guardian, ['key', '--file', join(folder, name)]);
const approve = (name: string, code: readonly string[]): Promise<string> => {
  const argv = ['--file', join(folder, name), '--connections', folder, '--patient', patient.subjectRef, ...code];
  return run(guardian, ['approve', ...argv]);
};
const act = async (what: string, body: object = {}): Promise<number> => {
  const alpha = consortium.gateway('AlphaMSP');
  const { status } = await alpha.send(`/api/patients/${patient.subjectRef}/${what}`, {
    token: await alpha.token('registrar'),
    key: randomUUID(),
    body,
  });
  return status;
};

describe('the commands for lost keys', () => {
  it("approve a recovery only with the code of the patient's new wallet, and a veto ends it", async () => {
    const keys = [await guardianKey('one.key'), await guardianKey('two.key')];
    expect(await guardianKey('one.key')).toBe(keys[0]);
    expect(statSync(join(folder, 'one.key')).mode & 0o777).toBe(0o600);
    const named = ['--threshold', '2', ...keys.flatMap((key) => ['--guardian', key])];
    expect(await recover('guardians', 'her.json', named)).toMatch(/^2 of 2 guardians can approve a recovery, transaction [0-9a-f]{64}\.$/);
    await expect(approve('one.key', [])).rejects.toMatchObject({ code: 'RECOVERY_UNKNOWN' });

    expect(await act('hold')).toBe(201);
    const patientOption = ['--patient', patient.subjectRef];
    const asked = JSON.parse(await recover('ask', 'new.json', [...patientOption, '--json'])) as { keys: string; code: string };
    expect(asked.code).toMatch(/^\d{4}( \d{4}){5}$/);
    expect(await act('recovery', { keys: asked.keys })).toBe(201);
    await expect(approve('one.key', [])).rejects.toMatchObject({ code: 'USAGE' });
    await expect(
      approve('one.key', ['--code', asked.code.replace(/\d$/, (last) => String((Number(last) + 1) % 10))]),
    ).rejects.toMatchObject({
      code: 'CODE_WRONG',
    });
    for (const name of ['one.key', 'two.key']) expect(await approve(name, ['--code', asked.code])).toContain('Approved, transaction');
    expect(await recover('show', 'her.json')).toContain('open, 2 approvals (enough); a veto ends it until ');
    expect(await recover('veto', 'her.json')).toContain('are ended');
    expect(await recover('show', 'her.json', ['--json'])).toContain('"hold":null');
  });

  it('move the patient to a new wallet with the paper, and close a relation with it', async () => {
    await patient.checkIn('BetaMSP');
    await patient.consent('BetaMSP', ['laboratory']);
    await writeWalletFile(join(folder, 'her.json'), patient.wallet);
    expect(await act('hold')).toBe(201);
    expect(await run(wallet, ['history', '--connections', folder, '--wallet', join(folder, 'her.json')])).toContain(
      'held: nothing is released',
    );
    const seed = (await recover('paper', 'her.json')).split('\n')[0] ?? '';
    expect(seed).toBe(await deriveRecoverySeed(patient.wallet.seed));
    await expect(recover('close', 'none.json', ['--relation', patient.relationRef])).rejects.toMatchObject({ code: 'USAGE' });
    const closed = await recover('close', 'none.json', ['--relation', patient.relationRef, '--json'], seed);
    expect(JSON.parse(closed)).toMatchObject({ relationRef: patient.relationRef, version: 3 });

    const patientOption = ['--patient', patient.subjectRef];
    const wrong = await deriveRecoverySeed('A'.repeat(43));
    await expect(recover('keys', 'new.json', patientOption, wrong)).rejects.toMatchObject({ code: 'RECOVERY_SEED_WRONG' });
    expect(await recover('keys', 'new.json', patientOption, seed)).toContain("are the patient's");
    await expect(recover('keys', 'other.json', patientOption, seed)).rejects.toMatchObject({ code: 'RECOVERY_SEED_WRONG' });
    patient.wallet = await readWalletFile(join(folder, 'new.json'));
    expect((await patient.checkIn('BetaMSP')).status).toBe(201);
  });
});
