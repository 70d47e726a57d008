import type { StatementSync } from 'node:sqlite';

/** Ranks of records, in order; it is walked forwards only. */
export interface RankSet {
  /** The first rank that is not before this one; nothing when there is none. */
  readonly seek: (rank: number) => number | undefined;
}

/** Looked at in one walk at most, so that no page costs more than a bounded time however little of what is there fits. */
export const mostSteps = 4_000;

/** @param statement gives the first rank of these keys from a rank on */
export function newIndexedSet(statement: StatementSync, keys: readonly (string | Uint8Array)[]): RankSet {
  let head: number | undefined = -1;
  return {
    seek: (rank) => {
      if (head === undefined || head >= rank) return head;
      const found = statement.get(...keys, rank)?.rank;
      head = found === undefined ? undefined : Number(found);
      return head;
    },
  };
}

export function newListedSet(ranks: readonly number[]): RankSet {
  const sorted = [...ranks].sort((one, other) => one - other);
  let at = 0;
  return {
    seek: (rank) => {
      while (at < sorted.length && (sorted[at] ?? 0) < rank) at += 1;
      return sorted[at];
    },
  };
}

/** What is in one of the sets. */
export function unite(sets: readonly RankSet[]): RankSet {
  const [first, ...others] = sets;
  if (first !== undefined && others.length === 0) return first;
  let open = sets.map((set) => ({ set, head: -1 }));
  return {
    seek: (rank) => {
      let least: number | undefined;
      let isEmptied = false;
      for (const one of open) {
        const head = one.head >= rank ? one.head : one.set.seek(rank);
        isEmptied ||= head === undefined;
        one.head = head ?? Infinity;
        if (head !== undefined && (least === undefined || head < least)) least = head;
      }
      if (isEmptied) open = open.filter(({ head }) => head !== Infinity);
      return least;
    },
  };
}

/** A walk through what is in all sets, in order: each set leaps to where the others are, so that the smallest one sets the pace. */
export class Walk {
  readonly #sets: readonly RankSet[];
  #rank: number;
  #steps = 0;

  /** @param from the first rank of interest */
  constructor(sets: readonly RankSet[], from: number) {
    this.#sets = sets;
    this.#rank = from;
  }

  /** Whether it ended before the end of the sets; what is before `rank` has been looked at. */
  get isCutOff(): boolean {
    return this.#steps >= mostSteps;
  }

  get rank(): number {
    return this.#rank;
  }

  next(): number | undefined {
    while (!this.isCutOff) {
      this.#steps += 1;
      const found = this.#leap();
      if (found === undefined) return undefined;
      if (found === this.#rank) {
        this.#rank += 1;
        return found;
      }
      this.#rank = found;
    }
    return undefined;
  }

  /** The furthest first rank of the sets: where all of them are, or where the next common one may be. */
  #leap(): number | undefined {
    let rank = this.#rank;
    for (const set of this.#sets) {
      const found = set.seek(rank);
      if (found === undefined) return undefined;
      rank = found;
    }
    return rank;
  }
}
