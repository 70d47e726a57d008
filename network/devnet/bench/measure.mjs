// What every bench measures alike: throughput and latency at a fixed number of calls at once, CPU time per operation over all processes, memory.
import { existsSync, readFileSync, readdirSync } from 'node:fs';

const TICKS_PER_SECOND = 100;

/** User and system CPU milliseconds that the processes have used so far. */
export function cpuMs(pids) {
  return pids.reduce((sum, pid) => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
    return sum + ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND;
  }, 0);
}

/** Sum of the processes' proportional set sizes, in MB. */
export function pssMb(pids) {
  return pids.reduce((sum, pid) => sum + Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))[1]), 0) / 1024;
}

/** A process and everything below it. */
export function family(pid) {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && existsSync(`/proc/${name}/stat`))
    .map((name) => [Number(name), Number(readFileSync(`/proc/${name}/stat`, 'utf8').split(') ')[1].split(' ')[1])]);
  const below = (root) => parents.filter(([, parent]) => parent === root).flatMap(([child]) => [child, ...below(child)]);
  return [pid, ...below(pid)];
}

/**
 * Runs `operation(n)` with `atOnce` in flight for `seconds`, after a warm-up that does not count.
 * `pids`: the processes whose CPU counts, the caller's own among them; `size`: how many things one operation does.
 */
export async function load({ operation, atOnce, seconds, pids, size = 1, warmUpSeconds = 2 }) {
  let next = 0;
  const runFor = async (duration, latencies) => {
    const end = performance.now() + duration * 1000;
    const worker = async () => {
      while (performance.now() < end) {
        const started = performance.now();
        await operation(next++);
        latencies.push(performance.now() - started);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
  };
  await runFor(warmUpSeconds, []);
  const latencies = [];
  const started = performance.now();
  const cpu = cpuMs(pids);
  await runFor(seconds, latencies);
  const elapsed = (performance.now() - started) / 1000;
  const used = cpuMs(pids) - cpu;
  latencies.sort((a, b) => a - b);
  const at = (share) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))];
  return {
    perSecond: (latencies.length * size) / elapsed,
    p50: at(0.5),
    p95: at(0.95),
    cpuMsPerOperation: used / (latencies.length * size),
    coresBusy: used / 1000 / elapsed,
  };
}

/** One line of the report. `baseline`: another measurement of the same run, named. */
export function report(title, result, baseline) {
  const ratio = baseline ? `  ${(result.perSecond / baseline.result.perSecond).toFixed(2)} x ${baseline.name}` : '';
  console.log(
    `${title.padEnd(46)} ${result.perSecond.toFixed(0).padStart(6)}/s  p50 ${result.p50.toFixed(1).padStart(6)} ms  p95 ${result.p95.toFixed(1).padStart(6)} ms  ` +
      `CPU ${result.cpuMsPerOperation.toFixed(2).padStart(6)} ms each  ${result.coresBusy.toFixed(2)} cores busy${ratio}`,
  );
}
