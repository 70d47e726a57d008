import { addAccumulators, type Accumulators } from './accumulators';

/** What is used while a claim is decided, line by line: what was used before, and what the claim uses. */
export class Tally {
  readonly #used = new Map<string, number>();

  constructor(private readonly before: Accumulators) {}

  of(key: string): number {
    return (this.before[key] ?? 0) + (this.#used.get(key) ?? 0);
  }

  /** What is left of a maximum; null: there is none. */
  left(maximum: number | null, key: string): number {
    return maximum === null ? Number.MAX_SAFE_INTEGER : Math.max(0, maximum - this.of(key));
  }

  add(key: string, amount: number): void {
    this.#used.set(key, (this.#used.get(key) ?? 0) + amount);
  }

  /** What the claim alone used. */
  used(): Accumulators {
    return addAccumulators({}, Object.fromEntries(this.#used));
  }
}
