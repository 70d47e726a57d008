import { setImmediate as yieldTurn } from 'node:timers/promises';
import type { Listed, ListedPage, ListQuery, Place, Store } from '../store';
import type { Search } from './parse-search';

export type Held = Pick<Store, 'index' | 'resources' | 'key'>;

/** So many are put in order here; of more, what an order by time asks for is found on the way through that order. */
const mostOrdered = 1_000;
/** A count ends after so many pages of a walk. */
const mostCounted = { pages: 100, each: 1_000 };

/** What the list is asked for; nothing when no record can match, for a patient who is not known. */
export function newQuery({ index, resources }: Held, search: Search): ListQuery | undefined {
  const { type, patients, updated, criteria } = search;
  const subjects = new Set(patients.map((id) => index.findResource('Patient', id)?.subjectRef ?? undefined));
  const [subjectRef] = subjects;
  if (patients.length > 0 && (subjects.size !== 1 || subjectRef === undefined)) return undefined;
  const byId = search.ids.map((ids) => ids.map((id) => index.findResource(type, id)));
  const byToken = search.tokens.map((tokens) => tokens.flatMap((token) => index.findByIdentifier(type, token)));
  const ranks = [...byId, ...byToken].map((records) => [
    ...new Set(records.flatMap((record) => (record === undefined ? [] : (resources.find(record.recordId)?.place.rank ?? [])))),
  ]);
  return { type, subjectRef, ...updated, criteria, ranks };
}

export async function findPage(held: Held, search: Search, query: ListQuery, after: Place | undefined): Promise<ListedPage> {
  const { order, count } = search;
  if (isPlain(query)) return cut(held.resources.list(query, { order, after, most: count + 1 }), count);
  if (order === 'created') return held.resources.search(query, { after, most: count });
  const all = await findAll(held, query, mostOrdered);
  if (all === undefined) return held.resources.scan(query, { order, after, most: count });
  const ordered = all.sort((one, other) => compare(search, one.place, other.place));
  return cut(after === undefined ? ordered : ordered.filter(({ place }) => compare(search, after, place) < 0), count);
}

/** How many there are; nothing when they are too many to be counted. */
export async function countAll({ resources }: Held, query: ListQuery): Promise<number | undefined> {
  if (isPlain(query)) return resources.count(query);
  let [total, after]: [number, Place | undefined] = [0, undefined];
  for (let page = 0; page < mostCounted.pages; page += 1) {
    const { listed, next } = resources.search(query, { after, most: mostCounted.each });
    total += listed.length;
    if (next === undefined) return total;
    after = next;
    await yieldTurn();
  }
  return undefined;
}

/** All of a search, if they are not more than so many and found within two walks. */
async function findAll({ resources }: Held, query: ListQuery, most: number): Promise<Listed[] | undefined> {
  const first = resources.search(query, { after: undefined, most });
  if (first.next === undefined) return [...first.listed];
  if (first.listed.length === most) return undefined;
  await yieldTurn();
  const second = resources.search(query, { after: first.next, most: most - first.listed.length });
  return second.next === undefined ? [...first.listed, ...second.listed] : undefined;
}

function isPlain({ criteria = [], ranks = [] }: ListQuery): boolean {
  return criteria.length + ranks.length === 0;
}

function cut(found: readonly Listed[], count: number): ListedPage {
  const listed = found.slice(0, count);
  return { listed, next: found.length > count ? listed.at(-1)?.place : undefined };
}

function compare({ order }: Search, one: Place, other: Place): number {
  const byRank = one.rank - other.rank;
  if (order === 'created') return byRank;
  const byTime = one.updated < other.updated ? -1 : one.updated > other.updated ? 1 : byRank;
  return order === 'updated' ? byTime : -byTime;
}
