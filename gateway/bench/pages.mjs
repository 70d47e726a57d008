// What a page of a search costs among many against among few. A scene is a server with so many things to find.
const MOST_RATIO = 1.3;
const ROUNDS = 5;
const TIMES = 100;

/**
 * Prints the figures of each query; fails where a page among many costs more than one among few.
 * @param scenes of few and of many: `url`, `close`
 * @param queries by their titles
 * @param worst those that find nothing in much: told, and held to no ratio
 * @param countOf how many entries a body has
 */
export async function comparePages(scenes, { queries, worst, countOf }) {
  const failures = [];
  for (const [title, query] of Object.entries({ ...queries, ...worst })) {
    const [few, many] = await measure(scenes, query, countOf);
    const ratio = many.p50 / few.p50;
    const line = ({ p50, cpu, entries }) => `p50 ${p50.toFixed(2)} ms, CPU ${cpu.toFixed(2)} ms, ${entries} found`;
    console.log(`${title.padEnd(34)} ${line(few)} | ${line(many)} | ${ratio.toFixed(2)} x`);
    if (title in queries && ratio > MOST_RATIO) failures.push(`${title}: a page costs ${ratio.toFixed(2)} x`);
  }
  for (const scene of scenes) scene.close();
  for (const failure of failures) console.error(`FAILED: ${failure}`);
  if (failures.length > 0) process.exitCode = 1;
}

/** Of each scene the best of some rounds, in turns, so that what else the machine does meets both. The CPU is that of both ends. */
async function measure(scenes, query, countOf) {
  const best = scenes.map(() => ({ p50: Infinity, cpu: Infinity, entries: 0 }));
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [at, { url }] of scenes.entries()) {
      const before = process.cpuUsage();
      const latencies = [];
      for (let n = 0; n < TIMES; n += 1) {
        const started = performance.now();
        best[at].entries = countOf(await ask(`${url}/${query}`));
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
  return answer.json();
}
