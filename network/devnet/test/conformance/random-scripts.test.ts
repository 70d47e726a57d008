import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findDifference } from '../random-scripts/compare-runs';
import { readConformanceConsortium } from '../random-scripts/conformance-consortium';
import { startConformanceDevnet, type ConformanceDevnet } from '../random-scripts/conformance-devnet';
import { judgeChain } from '../random-scripts/judge-chain';
import { newPrefixes } from '../random-scripts/prefixes';
import { runSteadily } from '../random-scripts/run-steadily';
import { readRecording, type RecordedRun } from '../random-scripts/script-recording';

/** Random scripts and what a real Fabric network made of them; see the data's README. */
const recording = readRecording(readFileSync(join(__dirname, '../data/random-scripts/recording.br')));
const AT_ONCE = 16;

let network: ConformanceDevnet;

beforeAll(async () => {
  network = await startConformanceDevnet();
}, 180_000);

afterAll(async () => {
  await network.stop();
});

describe('the recorded random scripts', () => {
  const codes = recording.flatMap(({ run }) => run.heard.flatMap(({ block }) => (block === undefined ? [] : [block[0]])));

  it('come to every kind of verdict', () => {
    expect(recording.length).toBeGreaterThanOrEqual(150);
    expect([...new Set(codes)]).toEqual(expect.arrayContaining([0, 10, 11, 12]));
  });

  it('are answered as Fabric did, to the last read, error text, event and key', async () => {
    const { blockToLive } = readConformanceConsortium();
    const newPrefix = newPrefixes(1);
    const differences: unknown[] = [];
    const waiting = [...recording];
    const work = async (): Promise<void> => {
      for (let next: RecordedRun | undefined = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const { script, run } = next;
        const difference = findDifference(run, await runSteadily(network.ledger, script, { newPrefix, blockToLive, wanted: run }));
        if (difference !== undefined) differences.push({ seed: script.seed, difference, steps: script.steps });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    expect(differences).toEqual([]);
  }, 900_000);

  it('leave a chain that comes out the same when it is judged again', async () => {
    const { blocks, misjudged } = await judgeChain(network.ledger);
    expect(misjudged).toBeUndefined();
    expect(blocks).toBeGreaterThan(recording.length);
  }, 180_000);
});
