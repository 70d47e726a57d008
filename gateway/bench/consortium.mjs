// The consortium's figures: start to ready, records one by one and in batches, consent to release, memory of every process.
import { join } from 'node:path';
import { load, report, reportMemory } from '../../network/bench/measure.mjs';
import { newConsentingPatient, newRecordWriter, openStage } from './hospital.mjs';
import { WARM } from '../../network/bench/ledger.mjs';
import { newBenchNetwork, runForLines } from '../../network/bench/network.mjs';

const STORY = join(import.meta.dirname, '../dist/cli/main.js');
const ONE_BY_ONE = 20;
const BATCHES = 4;
const BATCH = 50;

/**
 * Runs the consortium's figures and prints them. `write`, `asset`: measurements of the same run on a plain ledger of that name, which records
 * are held against: a blind write, and a plain asset with as many clients.
 */
export async function benchConsortium({ ledger, seconds, write, asset }) {
  const network = await newBenchNetwork({ ledger });
  try {
    await measureStarts(network, ledger);
    const processes = { client: [process.pid], ...(await network.readProcesses()) };
    const stage = await openStage(network.run);
    const writers = await Promise.all(Array.from({ length: ONE_BY_ONE }, () => newRecordWriter(stage)));
    const oneByOne = { operation: (_, lane) => writers[lane](1), atOnce: ONE_BY_ONE, seconds, processes };
    const single = await load({ ...oneByOne, warmUpSeconds: WARM });
    report(`${ledger}: records, bundles of one, ${ONE_BY_ONE} at once`, single, { name: 'a plain asset', result: asset });
    const batches = await load({ operation: (_, lane) => writers[lane](BATCH), atOnce: BATCHES, seconds, processes, size: BATCH });
    report(`${ledger}: records, bundles of ${BATCH}, ${BATCHES} at once`, batches, { name: 'records one by one', result: single });
    const consentAndRelease = await newConsentingPatient(stage);
    const release = await load({ operation: consentAndRelease, atOnce: 1, seconds, processes });
    report(`${ledger}: consent, request, release, one at a time`, release, { name: 'a blind write', result: write });
    const { client, ...consortium } = processes;
    reportMemory(`${ledger}: the consortium after the load`, consortium);
  } finally {
    await network.down();
    network.remove();
  }
}

async function measureStarts(network, ledger) {
  const fromNothing = await network.up();
  const started = performance.now();
  await runForLines(STORY, ['story', '--connections', network.run, '--json', '--once']);
  const story = (performance.now() - started) / 1000;
  reportMemory(`${ledger}: the consortium after the story`, await network.readProcesses());
  await network.down();
  const resumed = await network.up();
  const times = Object.entries({ 'from nothing to ready': fromNothing, 'the story in it': story, 'resumed to ready': resumed });
  console.log(`${ledger}: the consortium, ${times.map(([what, seconds]) => `${what} ${seconds.toFixed(1)} s`).join(', ')}`);
}
