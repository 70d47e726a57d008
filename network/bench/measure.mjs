// What every bench measures alike: throughput and latency at a fixed number of calls at once, CPU time per operation by kind of process, memory.
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

const TICKS_PER_SECOND = 100;
const TITLE_WIDTH = 54;
/** From this share on, a processor or a thread counts as full: measuring and scheduling take the rest. */
const FULL = 0.85;

/** User and system CPU milliseconds that the processes have used so far. */
export function cpuMs(pids) {
  return pids.reduce((sum, pid) => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
    return sum + ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND;
  }, 0);
}

/** CPU milliseconds that the whole machine has used so far, others' work included. */
function machineCpuMs() {
  const [user, nice, system, , , irq, softirq] = readFileSync('/proc/stat', 'utf8').split('\n')[0].trim().split(/\s+/).slice(1).map(Number);
  return ((user + nice + system + irq + softirq) * 1000) / TICKS_PER_SECOND;
}

/** Sum of the processes' proportional set sizes, in MB (1,000,000 bytes). */
export function pssMb(pids) {
  return pids.reduce(
    (sum, pid) => sum + (Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))[1]) * 1024) / 1e6,
    0,
  );
}

/** A line on the memory of every kind of process, and of all. */
export function reportMemory(title, processes) {
  const kinds = Object.entries(processes).map(([kind, pids]) => ({ kind, pids, sizes: pids.map((pid) => pssMb([pid])) }));
  const parts = kinds.map(
    ({ kind, pids, sizes }) => `${pids.length > 1 ? `${pids.length} x ` : ''}${kind} ${sizes.map((size) => size.toFixed(0)).join('+')}`,
  );
  const sum = kinds.flatMap(({ sizes }) => sizes).reduce((a, b) => a + b, 0);
  console.log(`${title.padEnd(TITLE_WIDTH)} ${sum.toFixed(0)} MB in all (PSS): ${parts.join(', ')}`);
  return sum;
}

/**
 * Runs `operation(n)` with `atOnce` in flight for `seconds`, after a warm-up that does not count.
 * `processes`: pids by kind, whose CPU counts, the caller's own among them; `size`: how many things one operation does.
 */
export async function load({ operation, atOnce, seconds, processes, size = 1, warmUpSeconds = 2 }) {
  let next = 0;
  const runFor = async (duration, latencies) => {
    const end = performance.now() + duration * 1000;
    const worker = async (lane) => {
      while (performance.now() < end) {
        const started = performance.now();
        await operation(next++, lane);
        latencies.push(performance.now() - started);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, (_, lane) => worker(lane)));
  };
  await runFor(warmUpSeconds, []);
  const latencies = [];
  const started = performance.now();
  const read = () => ({
    machine: machineCpuMs(),
    ...Object.fromEntries(Object.entries(processes).map(([kind, pids]) => [kind, cpuMs(pids)])),
  });
  const before = read();
  await runFor(seconds, latencies);
  const elapsedMs = performance.now() - started;
  const { machine, ...used } = Object.fromEntries(Object.entries(read()).map(([kind, ms]) => [kind, ms - before[kind]]));
  const total = Object.values(used).reduce((a, b) => a + b, 0);
  const done = latencies.length * size;
  latencies.sort((a, b) => a - b);
  const at = (share) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))];
  return {
    perSecond: (done * 1000) / elapsedMs,
    p50: at(0.5),
    p95: at(0.95),
    p99: at(0.99),
    cpuMsPerOperation: total / done,
    cpuMsByKind: Object.fromEntries(Object.entries(used).map(([kind, ms]) => [kind, ms / done])),
    /** Cores that these processes kept busy, the one process that was busiest, and others' work on the machine. */
    coresBusy: total / elapsedMs,
    busiest: Object.entries(used)
      .map(([kind, ms]) => ({ kind, cores: ms / elapsedMs / processes[kind].length }))
      .toSorted((a, b) => b.cores - a.cores)[0],
    coresOfOthers: Math.max(0, (machine - total) / elapsedMs),
  };
}

/** What kept a measurement from being faster, from where the processors' time went. */
export function describeLimit({ coresBusy, busiest, coresOfOthers }) {
  const cores = availableParallelism();
  const busy = `${coresBusy.toFixed(1)} of ${cores} cores`;
  if (coresBusy >= FULL * cores) return `the processors (${busy})`;
  if (coresBusy + coresOfOthers >= FULL * cores)
    return `other work on this machine (it takes ${coresOfOthers.toFixed(1)} cores, this ${busy}): measure again in a quiet moment`;
  if (busiest.cores >= FULL) return `the one thread of ${busiest.kind} (${busiest.cores.toFixed(1)} cores; ${busy})`;
  return `waiting: calls one after another, and the time a block is kept open (${busy})`;
}

/** Two lines of the report. `baseline`: another measurement of the same run, named. */
export function report(title, result, baseline) {
  const against = (own, other) => (own / other).toFixed(2);
  const { perSecond, p50, p95, p99, cpuMsPerOperation, cpuMsByKind } = result;
  const ratio = baseline
    ? `  ${against(perSecond, baseline.result.perSecond)} x the rate, ${against(cpuMsPerOperation, baseline.result.cpuMsPerOperation)} x the CPU of ${baseline.name}`
    : '';
  const kinds = Object.entries(cpuMsByKind).map(([kind, ms]) => `${kind} ${ms.toFixed(2)}`);
  console.log(
    `${title.padEnd(TITLE_WIDTH)} ${perSecond.toFixed(0).padStart(6)}/s  p50 ${p50.toFixed(1).padStart(6)} ms  p95 ${p95.toFixed(1).padStart(6)} ms  p99 ${p99.toFixed(1).padStart(6)} ms  ` +
      `CPU ${cpuMsPerOperation.toFixed(2).padStart(6)} ms each${ratio}`,
  );
  console.log(`${''.padEnd(TITLE_WIDTH)} CPU by kind: ${kinds.join(', ')}; limit: ${describeLimit(result)}`);
}
