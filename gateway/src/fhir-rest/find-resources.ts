import { setImmediate as yieldTurn } from 'node:timers/promises';
import { newError } from '../problem';
import type { Listed, ListedPage, ListOrder, ListQuery, Place } from '../store';
import type { Held } from './held';
import type { DateOrder, Search } from './parse-search';

/** So many are put in order here; of more, what an order by time asks for is found on the way through that order. */
const mostOrdered = 2_000;
const mostWalks = 3;
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

/** @throws CodedError SEARCH_TOO_WIDE when too many would have to be put in the order of a date */
export async function findPage(held: Held, search: Search, query: ListQuery, after: Place | undefined): Promise<ListedPage> {
  const { order, dateOrder, count } = search;
  if (dateOrder !== undefined) return findByDate(held, dateOrder, query, { after, count });
  if (isPlain(held, query)) return cut(held.resources.list(query, { order, after, most: count + 1 }), count);
  if (order === 'created') return held.resources.search(query, { after, most: count });
  const all = await findAll(held, query);
  if (all === undefined) return held.resources.scan(query, { order, after, most: count });
  return cutAfter(all, newTimeOrder(order), { after, count });
}

type Cut = Readonly<{ after: Place | undefined; count: number }>;

async function findByDate(held: Held, order: DateOrder, query: ListQuery, at: Cut): Promise<ListedPage> {
  const all = await findAll(held, query);
  if (all === undefined)
    throw newError('SEARCH_TOO_WIDE', `query._sort: narrow the search, by patient; ${String(mostOrdered)} can be ordered by a date`);
  const dated = all.map((one) => withDate(held, order, one));
  return cutAfter(dated, newDateOrder(order), at);
}

function cutAfter(found: readonly Listed[], compare: Compare, { after, count }: Cut): ListedPage {
  const ordered = found.toSorted((one, other) => compare(one.place, other.place));
  return cut(after === undefined ? ordered : ordered.filter(({ place }) => compare(after, place) < 0), count);
}

/** How many there are; nothing when they are too many to be counted. */
export async function countAll(held: Held, query: ListQuery): Promise<number | undefined> {
  const { resources } = held;
  if (isPlain(held, query)) return resources.count(query);
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

/** All of a search, if they are not too many and found within some walks. */
async function findAll({ resources }: Held, query: ListQuery): Promise<Listed[] | undefined> {
  const found: Listed[] = [];
  let after: Place | undefined;
  for (let walk = 0; walk < mostWalks; walk += 1) {
    const { listed, next } = resources.search(query, { after, most: mostOrdered - found.length });
    found.push(...listed);
    if (next === undefined) return found;
    if (found.length === mostOrdered) return undefined;
    after = next;
    await yieldTurn();
  }
  return undefined;
}

function withDate({ resources }: Held, { parameter }: DateOrder, listed: Listed): Listed {
  const range = resources.readExact(listed)?.dates[parameter]?.[0];
  return { ...listed, place: { ...listed.place, date: range?.from ?? range?.until ?? undefined } };
}

/** Whether an index alone tells what is found. */
function isPlain({ reaches }: Held, { subjectRef, criteria = [], ranks = [] }: ListQuery): boolean {
  return criteria.length + ranks.length === 0 && (reaches === undefined || subjectRef !== undefined);
}

function cut(found: readonly Listed[], count: number): ListedPage {
  const listed = found.slice(0, count);
  return { listed, next: found.length > count ? listed.at(-1)?.place : undefined };
}

type Compare = (one: Place, other: Place) => number;

function newTimeOrder(order: ListOrder): Compare {
  const sign = order === '-updated' ? -1 : 1;
  return (one, other) => sign * (one.updated < other.updated ? -1 : one.updated > other.updated ? 1 : one.rank - other.rank);
}

/** What has no such date comes last. */
function newDateOrder({ isDescending }: DateOrder): Compare {
  return (one, other) => {
    if (one.date === other.date) return one.rank - other.rank;
    if (one.date === undefined || other.date === undefined) return one.date === undefined ? 1 : -1;
    return isDescending ? other.date - one.date : one.date - other.date;
  };
}
