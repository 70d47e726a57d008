import type { SQLInputValue } from 'node:sqlite';
import type { Criterion } from '../search';

/** `rank`: when it was created, among all; `updated`: when its newest version was anchored (instants compare as texts). */
export interface Place {
  readonly rank: number;
  readonly updated: string;
  /** The date that a list is ordered by, if it is by one and the resource has it: milliseconds since 1970. */
  readonly date?: number | undefined;
}

export const listOrders = ['created', 'updated', '-updated'] as const;
export type ListOrder = (typeof listOrders)[number];

export interface ListQuery {
  readonly type: string;
  readonly subjectRef?: string | undefined;
  /** Updated from (inclusive) until (exclusive). */
  readonly from?: string | undefined;
  readonly until?: string | undefined;
  /** All must be fulfilled. */
  readonly criteria?: readonly Criterion[] | undefined;
  /** Each must hold the rank. */
  readonly ranks?: readonly (readonly number[])[] | undefined;
  /** Whose records they may be, null standing for nobody's; a search or scan keeps to it. */
  readonly reaches?: ((subjectRef: string | null) => boolean) | undefined;
}

export interface ListPage {
  readonly order: ListOrder;
  readonly after?: Place | undefined;
  readonly most: number;
}

export interface Sql {
  readonly sql: string;
  readonly values: readonly SQLInputValue[];
}

/** The index is named, so that no page is ever found by walking through a table. */
export function writePage(query: ListQuery, { order, after, most }: ListPage): Sql {
  const where = writeWhere(query);
  const isByTime = order !== 'created';
  const index = `listed_${query.subjectRef === undefined ? 'type' : 'subject'}${isByTime ? '_updated' : ''}`;
  const [place, values] = after === undefined ? ['', []] : writeAfter(order, after);
  const direction = order === '-updated' ? 'DESC' : 'ASC';
  const columns = isByTime ? `updated ${direction}, rank ${direction}` : 'rank';
  return {
    sql: `SELECT * FROM listed INDEXED BY ${index} WHERE ${where.sql}${place} ORDER BY ${columns} LIMIT ?`,
    values: [...where.values, ...values, most],
  };
}

function writeAfter(order: ListOrder, { rank, updated }: Place): [string, SQLInputValue[]] {
  if (order === 'created') return [' AND rank > ?', [rank]];
  return order === 'updated' ? [' AND (updated, rank) > (?, ?)', [updated, rank]] : [' AND (updated, rank) < (?, ?)', [updated, rank]];
}

export function writeWhere({ type, subjectRef, from, until }: ListQuery): Sql {
  const parts: [string, SQLInputValue | undefined][] = [
    ['subject_ref = ?', subjectRef],
    ['type = ?', type],
    ['updated >= ?', from],
    ['updated < ?', until],
  ];
  const set = parts.flatMap(([sql, value]) => (value === undefined ? [] : [{ sql, value }]));
  return { sql: set.map(({ sql }) => sql).join(' AND '), values: set.map(({ value }) => value) };
}
