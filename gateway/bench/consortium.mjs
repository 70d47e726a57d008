// The consortium's figures: start to ready, records one by one and in batches, consent to release, memory of every process.
import { join } from 'node:path';
import { load, report, reportMemory } from '../../network/devnet/bench/measure.mjs';
import { newConsentingPatient, newRecordWriter, openStage } from './hospital.mjs';
import { newBenchNetwork, runForLines } from './network.mjs';

const STORY = join(import.meta.dirname, '../dist/cli/main.js');
const ONE_BY_ONE = 20;
const BATCHES = 4;
const BATCH = 50;

/** Runs the consortium's figures and prints them. `baseline`: a measurement of the same run, named, that the records are held against. */
export async function benchConsortium({ seconds = 8, baseline } = {}) {
  const network = await newBenchNetwork();
  try {
    await measureStarts(network);
    const processes = { client: [process.pid], ...(await network.readProcesses()) };
    const stage = await openStage(network.run);
    const writers = await Promise.all(Array.from({ length: ONE_BY_ONE }, () => newRecordWriter(stage)));
    const single = await load({ operation: (_, lane) => writers[lane](1), atOnce: ONE_BY_ONE, seconds, processes });
    report(`records, bundles of one, ${ONE_BY_ONE} at once`, single, baseline);
    const batches = await load({ operation: (_, lane) => writers[lane](BATCH), atOnce: BATCHES, seconds, processes, size: BATCH });
    report(`records, bundles of ${BATCH}, ${BATCHES} at once`, batches, { name: 'records one by one', result: single });
    const consentAndRelease = await newConsentingPatient(stage);
    const release = await load({ operation: consentAndRelease, atOnce: 1, seconds, processes });
    report('consent, request, release, one at a time', release, baseline);
    const { client, ...consortium } = processes;
    reportMemory('the consortium after the load', consortium);
  } finally {
    await network.down();
    network.remove();
  }
}

async function measureStarts(network) {
  const fromNothing = await network.up();
  const started = performance.now();
  await runForLines(STORY, ['story', '--connections', network.run, '--json', '--once']);
  const story = (performance.now() - started) / 1000;
  reportMemory('the consortium after the story', await network.readProcesses());
  await network.down();
  const resumed = await network.up();
  console.log(
    `the consortium, from nothing to ready ${fromNothing.toFixed(1)} s, the story in it ${story.toFixed(1)} s, resumed to ready ${resumed.toFixed(1)} s`,
  );
}
