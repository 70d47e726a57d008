import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { openLedger } from '../../src/ledger/open-ledger';
import { EMPTY, equalBytes } from '../../src/proto/bytes';
import { readRecordedBlocks } from './recorded-blocks';

const PROGRAM = join(__dirname, '../fixtures/commit-recording.ts');
const REGISTER = join(__dirname, '../support/register-typescript.cjs');
const recorded = readRecordedBlocks();
const folder = mkdtempSync(join(tmpdir(), 'devnet-kill-'));

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Runs the program until it has acknowledged so many blocks, then kills it; returns the last block that it acknowledged. */
async function runAndKill(acknowledgements: number): Promise<number> {
  const child = spawn(process.execPath, ['--require', REGISTER, PROGRAM, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  let last = 0;
  let count = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    last = Number(line);
    if (++count === acknowledgements) child.kill('SIGKILL');
  }
  await exited;
  return last;
}

describe('a ledger killed while it commits', () => {
  it('has lost nothing that it acknowledged, doubled nothing, and goes on to the same chain', async () => {
    for (const acknowledgements of [1, 13, 1, 29, 5]) {
      const last = await runAndKill(acknowledgements);
      const ledger = openLedger({ folder, genesis: EMPTY, hostedMsps: ['NorthsideMSP', 'LakeviewMSP'] });
      expect(ledger.height).toBeGreaterThan(last);
      expect(ledger.peer('NorthsideMSP')?.height).toBe(ledger.height);
      ledger.close();
    }
    await runAndKill(Infinity);
    const ledger = openLedger({ folder, genesis: EMPTY, hostedMsps: ['NorthsideMSP', 'LakeviewMSP'] });
    const differing = recorded.filter(({ number, bytes }) => !equalBytes(ledger.block(number) ?? EMPTY, bytes));
    expect([ledger.height, differing.map(({ number }) => number)]).toEqual([recorded.length, []]);
    ledger.close();
  }, 60_000);
});
