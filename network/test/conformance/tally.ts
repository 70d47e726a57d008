import type { RecordedRun } from '../../devnet/test/random-scripts/script-recording';

/** Counts what scripts were made of and what became of their transactions. */
export class Tally {
  scripts = 0;
  steps = 0;
  readonly #kinds = new Map<string, number>();
  readonly #codes = new Map<number, number>();

  add({ script, run }: RecordedRun): void {
    this.scripts++;
    this.steps += script.steps.length;
    for (const { kind } of script.steps) count(this.#kinds, kind);
    for (const { block } of run.heard) if (block !== undefined) count(this.#codes, block[0]);
  }

  /** For people. */
  describe(): string {
    return `${describe(this.#kinds)}; transactions by validation code: ${describe(this.#codes)}`;
  }
}

function count<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function describe(counts: ReadonlyMap<string | number, number>): string {
  return [...counts]
    .sort(([, one], [, other]) => other - one)
    .map(([key, times]) => `${String(times)} ${typeof key === 'number' ? 'of ' : ''}${String(key)}`)
    .join(', ');
}
