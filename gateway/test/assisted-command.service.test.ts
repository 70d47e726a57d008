import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assisted } from '../src/cli/assisted';
import type { CliConfig } from '../src/cli/config';
import { writeConnections } from './support/connection-folder';
import { passHours } from './support/declare';
import { DELAY } from './support/test-card';
import { TestConsortium, waitFor } from './support/test-consortium';
import { ask, newBundle } from './support/test-patient';

jest.setTimeout(30_000);

/** The desk's commands, one process each: nothing is kept from one to the next but the card in the patient's hand. */
const consortium = new TestConsortium();
const folder = mkdtempSync(join(tmpdir(), 'medaccord-desk-'));
const config: CliConfig = { walletPassphrase: undefined, colour: false, isTerminal: false, sampleBundle: '', program: 'medaccord' };

beforeAll(async () => {
  await consortium.start();
  writeConnections(folder, consortium);
  writeFileSync(join(folder, 'details.json'), JSON.stringify({ name: 'Ada Example', birthDate: '1931-05-04' }));
});

afterAll(async () => {
  await consortium.stop();
  rmSync(folder, { recursive: true, force: true });
  jest.useRealTimers();
});

async function print(argv: readonly string[], more: Partial<CliConfig> = {}): Promise<string> {
  const lines: string[] = [];
  const out = jest.spyOn(process.stdout, 'write').mockImplementation((text) => lines.push(String(text)) > 0);
  try {
    expect(await assisted(argv, { ...config, ...more })).toBe(0);
  } finally {
    out.mockRestore();
  }
  return lines.join('').trim();
}

interface AtDesk {
  readonly card?: string;
  readonly at?: string;
  readonly role?: string;
  readonly subject?: string;
}

/** What a command answers at a member's desk. All gateways have followed before. */
async function run(
  action: string,
  argv: readonly string[],
  { card, at = 'AlphaMSP', role = 'registrar', subject = 'ruth' }: AtDesk,
): Promise<string> {
  const { ledger, gateways } = consortium;
  await waitFor(() => [...gateways.values()].every(({ store }) => store.facts.height === ledger.blocks.length), 5_000);
  const staffToken = await consortium.gateway(at).token(role, subject);
  return print([action, '--connections', folder, '--at', at, ...argv], { card, staffToken });
}

describe('the desk for people without devices', () => {
  it('leads a card from its printing to a release, and ends it on her word at another member', async () => {
    const card = await print(['card']);
    const registered = JSON.parse(await run('register', ['--details', join(folder, 'details.json'), '--json'], { card })) as {
      subjectRef: string;
    };
    const alpha = consortium.gateway('AlphaMSP');
    const token = await alpha.token('records');
    await alpha.send(`/api/imports?subject=${registered.subjectRef}`, { token, key: 'i'.repeat(22), body: newBundle(2) });

    const checkIn = ['--counterparty', 'BetaMSP', '--json'];
    const first = JSON.parse(await run('check-in', checkIn, { card })) as { relationRef: string };
    const second = JSON.parse(await run('check-in', checkIn, { card })) as { relationRef: string };
    expect(second.relationRef).not.toBe(first.relationRef);
    const relation = ['--relation', first.relationRef];

    const told = await run('consent', [...relation, '--policy', 'basic-normal', '--until', '2099'], { card });
    expect(told).toContain('For BetaMSP:');
    expect(told).toMatch(/version 2 is on the ledger/);
    expect(await run('notices', [], { role: 'records' })).toContain(`${first.relationRef}  version 2`);
    const notice = [...relation, '--version', '2', '--channel', 'telephone'];
    await expect(run('notice', notice, { role: 'records' })).rejects.toMatchObject({ code: 'NOTICE_BY_WITNESS' });
    expect(await run('notice', notice, { role: 'records', subject: 'nora' })).toMatch(/version 2 counts from/);
    passHours(DELAY + 1);
    const beta = consortium.gateway('BetaMSP');
    expect((await ask(beta, first.relationRef, ['laboratory'])).body.status).toBe('released');

    expect(await run('end', relation, { at: 'GammaMSP' })).toMatch(/^Ended: no version up to 2 /);
    expect((await ask(beta, first.relationRef, ['laboratory'])).body.status).toBe('refused');
    expect(await run('revoke', relation, { card })).toMatch(/^Revoked with the card/);
  });

  it('signs the sets of a file, and takes nothing that it does not understand', async () => {
    const card = await print(['card']);
    await run('register', ['--details', join(folder, 'details.json')], { card });
    const { relationRef } = JSON.parse(await run('check-in', ['--counterparty', 'BetaMSP', '--json'], { card })) as { relationRef: string };
    const file = join(folder, 'draft.json');
    writeFileSync(file, JSON.stringify({ sets: [{ base: 'deny', exceptions: [{ decision: 'permit', categories: ['laboratory'] }] }] }));
    const consent = ['--relation', relationRef, '--document', file];
    expect(await run('consent', consent, { card })).toContain('permitted: data of the category laboratory');
    writeFileSync(file, '{"sets": 1}');
    await expect(run('consent', consent, { card })).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    await expect(run('consent', ['--relation', relationRef], { card })).rejects.toMatchObject({ code: 'USAGE' });
    await expect(run('notice', ['--relation', relationRef, '--version', '2', '--channel', 'owl'], {})).rejects.toMatchObject({
      code: 'USAGE',
    });
    await expect(print(['stamp'])).rejects.toMatchObject({ code: 'USAGE' });
  });

  it('says what is missing: card, token, or the right card', async () => {
    const relation = ['--relation', 'R'.repeat(22), '--policy', 'deny'];
    await expect(run('consent', relation, {})).rejects.toMatchObject({ code: 'CARD_MISSING' });
    await expect(run('consent', relation, { card: 'AAAA BBBB' })).rejects.toMatchObject({ code: 'CARD_INVALID' });
    await expect(run('consent', relation, { card: await print(['card']) })).rejects.toMatchObject({ code: 'RELATION_NOT_OF_CARD' });
    await expect(print(['notices', '--connections', folder, '--at', 'AlphaMSP'])).rejects.toMatchObject({ code: 'STAFF_TOKEN_MISSING' });
    await expect(print(['notices', '--connections', folder, '--at', 'OmegaMSP'])).rejects.toMatchObject({ code: 'USAGE' });
  });
});
