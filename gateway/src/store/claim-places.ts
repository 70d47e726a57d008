import type { StatementSync } from 'node:sqlite';

/** Where something stands in an ordered list of claims: by a time or an amount, then by the claim's number. */
export interface ClaimKey {
  readonly at: number;
  readonly number: number;
}

export type Direction = 'up' | 'down';

/** Places of claims, in one direction; it is walked forwards only. */
export interface ClaimPlaces {
  /** The first place that is not before this one; nothing when there is none. */
  readonly seek: (key: ClaimKey) => ClaimKey | undefined;
}

/** By the table's primary key, so that a leap costs the same however many claims there are. */
export const seekStatements: Readonly<Record<Direction, string>> = {
  up: 'SELECT at, number FROM claim_term WHERE term = ? AND (at, number) >= (?, ?) ORDER BY at, number LIMIT 1',
  down: 'SELECT at, number FROM claim_term WHERE term = ? AND (at, number) <= (?, ?) ORDER BY at DESC, number DESC LIMIT 1',
};

/** Those that have a term. */
export function newTermPlaces(statement: StatementSync, term: string, direction: Direction): ClaimPlaces {
  let head: ClaimKey | 'none' | undefined;
  return {
    seek: (key) => {
      if (head === undefined || (head !== 'none' && isBefore(head, key, direction))) {
        const row = statement.get(term, key.at, key.number);
        head = row === undefined ? 'none' : { at: Number(row.at), number: Number(row.number) };
      }
      return head === 'none' ? undefined : head;
    },
  };
}

/** What is in one of them. */
export function uniteClaims(places: readonly ClaimPlaces[], direction: Direction): ClaimPlaces {
  return {
    seek: (key) => {
      const heads = places.flatMap((one) => one.seek(key) ?? []);
      return heads.reduce<ClaimKey | undefined>((least, head) => {
        return least === undefined || isBefore(head, least, direction) ? head : least;
      }, undefined);
    },
  };
}

/** What is in all of them, between two places: each leaps to where the others are, so that the smallest one sets the pace. */
export class ClaimWalk {
  readonly #places: readonly ClaimPlaces[];
  readonly #until: ClaimKey;
  readonly #direction: Direction;
  #key: ClaimKey;

  /** @param ends both inclusive */
  constructor(places: readonly ClaimPlaces[], [from, until]: readonly [ClaimKey, ClaimKey], direction: Direction) {
    this.#places = places;
    this.#key = from;
    this.#until = until;
    this.#direction = direction;
  }

  /** Where the next step looks: what is before it has been looked at. */
  get key(): ClaimKey {
    return this.#key;
  }

  /** One step: a place that is in all, another one to look at, or the end. */
  step(): ClaimKey | 'leapt' | 'end' {
    const found = this.#leap();
    if (found === undefined || isBefore(this.#until, found, this.#direction)) return 'end';
    const isCommon = !isBefore(this.#key, found, this.#direction);
    this.#key = isCommon ? nextKey(found, this.#direction) : found;
    return isCommon ? found : 'leapt';
  }

  /** The furthest first place: where all of them are, or where the next common one may be. */
  #leap(): ClaimKey | undefined {
    let key = this.#key;
    for (const places of this.#places) {
      const next = places.seek(key);
      if (next === undefined) return undefined;
      key = next;
    }
    return key;
  }
}

export function isBefore(one: ClaimKey, other: ClaimKey, direction: Direction): boolean {
  const order = one.at - other.at || one.number - other.number;
  return direction === 'up' ? order < 0 : order > 0;
}

function nextKey({ at, number }: ClaimKey, direction: Direction): ClaimKey {
  return { at, number: direction === 'up' ? number + 1 : number - 1 };
}
