// The first part of npm run bench -- claims [--ledger devnet,fabric]: what a claim costs to its final adjudication.
import { load, report } from '../../network/bench/measure.mjs';
import { WARM } from '../../network/bench/ledger.mjs';
import { newBenchNetwork } from '../../network/bench/network.mjs';
import { newBiller, newRecordWriter, openStage } from './hospital.mjs';

const PATIENTS = 8;
/** Claims of one coverage under way at once: its insurer decides them in lists. */
const OF_ONE = 20;

/** Prints claims per second until the insurer's last word, with and without evidence, as ratios to plain records of the same run. */
export async function benchClaims({ ledger, seconds }) {
  const network = await newBenchNetwork({ ledger });
  try {
    await network.up();
    const processes = { client: [process.pid], ...(await network.readProcesses()) };
    const stage = await openStage(network.run);
    const writers = [];
    for (let n = 0; n < PATIENTS; n += 1) writers.push(await newRecordWriter(stage));
    const measure = (operation, atOnce) => load({ operation, atOnce, seconds, processes, warmUpSeconds: WARM });
    const record = await measure((_, lane) => writers[lane](1), PATIENTS);
    const baseline = { name: 'a record', result: record };
    report(`${ledger}: records, ${PATIENTS} patients at once`, record);
    for (const [what, isProved] of [
      ['no evidence', false],
      ['with evidence', true],
    ]) {
      const billers = [];
      for (let n = 0; n < PATIENTS; n += 1) billers.push(await newBiller(stage, { isProved }));
      const one = await measure((_, lane) => billers[lane](), PATIENTS);
      report(`${ledger}: claims to adjudication, ${what}, ${PATIENTS} coverages`, one, baseline);
      const many = await measure(() => billers[0](), OF_ONE);
      report(`${ledger}: the same, ${OF_ONE} at once on one coverage`, many, baseline);
    }
  } finally {
    await network.down();
    network.remove();
  }
}
