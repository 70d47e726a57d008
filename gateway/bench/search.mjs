// npm run bench -- search: what a page of 20 costs among 100,000 resources against 1,000.
import { newSearchScene } from './search-scene.mjs';

const SIZES = [1_000, 100_000];
const MOST_RATIO = 1.3;
const ROUNDS = 5;
const TIMES = 100;

const QUERIES = {
  'by type': 'Observation?_count=20',
  'by patient and code': 'Observation?patient=p100&code=http://loinc.org|c3&_count=20',
  'by code': 'Observation?code=c3&_count=20',
  'by date': 'Observation?date=ge2021-03-10&date=lt2021-09&_count=20',
  'by code and date': 'Observation?code=c3&date=ge2021-03-10T07:00:00Z&date=lt2023&_count=20',
  'by name': 'Patient?name=ande&_count=20',
  'by name and sex': 'Patient?name=castro&gender=female&_count=20',
};
/** Each half of all, and none is both: a page has nothing to give, and ends when it has looked at enough. */
const WORST = { 'nothing is both (worst case)': 'Observation?status=final&category=vital-signs&_count=20' };

/** Prints the figures; fails where a page among many costs more than one among few. */
export async function benchSearch() {
  const scenes = [];
  for (const size of SIZES) {
    const scene = await newSearchScene(size);
    console.log(`${String(size).padStart(7)} resources: indexed and listed for ${scene.filledUs.toFixed(0)} us of CPU each`);
    scenes.push(scene);
  }
  const failures = [];
  for (const [title, query] of Object.entries({ ...QUERIES, ...WORST })) {
    const [few, many] = await measure(scenes, query);
    const ratio = many.p50 / few.p50;
    const line = ({ p50, cpu, entries }) => `p50 ${p50.toFixed(2)} ms, CPU ${cpu.toFixed(2)} ms, ${entries} found`;
    console.log(`${title.padEnd(30)} ${line(few)} | ${line(many)} | ${ratio.toFixed(2)} x`);
    if (title in QUERIES && ratio > MOST_RATIO) failures.push(`${title}: a page costs ${ratio.toFixed(2)} x`);
  }
  for (const scene of scenes) scene.close();
  for (const failure of failures) console.error(`FAILED: ${failure}`);
  if (failures.length > 0) process.exitCode = 1;
}

/** Of each scene the best of some rounds, in turns, so that what else the machine does meets both. The CPU is that of both ends. */
async function measure(scenes, query) {
  const best = scenes.map(() => ({ p50: Infinity, cpu: Infinity, entries: 0 }));
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [at, { url }] of scenes.entries()) {
      const before = process.cpuUsage();
      const latencies = [];
      for (let n = 0; n < TIMES; n += 1) {
        const started = performance.now();
        best[at].entries = await ask(`${url}/${query}`);
        latencies.push(performance.now() - started);
      }
      const { user, system } = process.cpuUsage(before);
      if (round === 0) continue;
      best[at].p50 = Math.min(best[at].p50, latencies.toSorted((a, b) => a - b)[TIMES / 2]);
      best[at].cpu = Math.min(best[at].cpu, (user + system) / 1000 / TIMES);
    }
  }
  return best;
}

async function ask(url) {
  const answer = await fetch(url);
  if (answer.status !== 200) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
  return ((await answer.json()).entry ?? []).length;
}
