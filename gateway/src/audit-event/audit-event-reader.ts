import { formatCursor, parseCursor, type Pair } from '../fhir-rest';
import type { JsonObject } from '../fhir';
import { newError } from '../problem';
import type { Instant } from '@medaccord/chaincode/model';
import type { AuditQuery, ClinicalIndex, KeptEntry, Store } from '../store';
import { formatAuditEvent } from './format-audit-event';
import { parseAuditSearch, type AuditSearch } from './parse-audit-search';
import { formatEventId, readEntry } from './read-entry';

export interface AuditEventReaderOptions {
  readonly mspId: string;
  readonly store: Pick<Store, 'audit' | 'key'>;
  readonly index: Pick<ClinicalIndex, 'findSubject'>;
}

/** Tells entries of the organisation's audit log as FHIR AuditEvents. */
export class AuditEventReader {
  readonly #options: AuditEventReaderOptions;

  constructor(options: AuditEventReaderOptions) {
    this.#options = options;
  }

  /** @throws CodedError RESOURCE_NOT_FOUND, AUDIT_UNAVAILABLE */
  read(id: string, base: string): JsonObject {
    const entry = this.#find(id);
    if (entry === undefined) throw newError('RESOURCE_NOT_FOUND', 'The audit log has no such entry');
    return this.#format(entry, base);
  }

  /** A page, the newest first unless it says otherwise; a link to the next keeps its place when entries are added. */
  search(asked: readonly Pair[], base: string): JsonObject {
    const { store, index } = this.#options;
    const cursor = asked.find(([name]) => name === '_cursor');
    const from = cursor === undefined ? undefined : parseCursor(store.key, cursor[1], 'AuditEvent');
    const pairs = from?.pairs ?? asked;
    const search = parseAuditSearch(pairs, (type, id) => index.findSubject(type, id));
    const query = this.#newQuery(search);
    const page = search.isCountOnly ? [] : this.#list(search, query, from?.after.rank);
    const shown = page.slice(0, search.count);
    const next = page.length > shown.length ? this.#formatNext(pairs, shown) : undefined;
    const entry = shown.map((one) => ({
      fullUrl: `${base}/AuditEvent/${formatEventId({ log: store.audit.id, n: one.n })}`,
      resource: this.#format(one, base),
      search: { mode: 'match' },
    }));
    return {
      resourceType: 'Bundle',
      type: 'searchset',
      ...(search.isCountOnly || search.hasTotal ? { total: this.#count(search, query) } : {}),
      link: newLinks(base, asked, next),
      ...(entry.length === 0 ? {} : { entry }),
    };
  }

  #formatNext(pairs: readonly Pair[], shown: readonly KeptEntry[]): string {
    return formatCursor(this.#options.store.key, { of: 'AuditEvent', pairs, after: { rank: shown.at(-1)?.n ?? 0, updated: '' } });
  }

  #newQuery({ anyOf, recorded }: AuditSearch): AuditQuery {
    const { audit } = this.#options.store;
    const firstSince = (at: string): number => audit.findFirstSince(at as Instant);
    return {
      names: [],
      anyOf,
      from: recorded.from === undefined ? 1 : firstSince(recorded.from),
      until: recorded.until === undefined ? audit.length : firstSince(recorded.until) - 1,
    };
  }

  #list({ ids, count, newestFirst }: AuditSearch, query: AuditQuery, after: number | undefined): readonly KeptEntry[] {
    const { audit } = this.#options.store;
    const { from = 1, until = audit.length } = query;
    const range = after === undefined ? { from, until } : newestFirst ? { from, until: after - 1 } : { from: after + 1, until };
    if (ids === undefined) return audit.list({ ...query, ...range }, { most: count + 1, newestFirst });
    return this.#listNamed(ids, { ...query, ...range });
  }

  #listNamed(ids: readonly string[], query: AuditQuery): readonly KeptEntry[] {
    const { audit } = this.#options.store;
    const numbers = ids.flatMap((id) => this.#find(id)?.n ?? []).filter((n) => n >= (query.from ?? 1) && n <= (query.until ?? n));
    return numbers.flatMap((n) => audit.list({ ...query, from: n, until: n }, { most: 1 }));
  }

  #count({ ids }: AuditSearch, query: AuditQuery): number {
    return ids === undefined ? this.#options.store.audit.count(query) : this.#listNamed(ids, query).length;
  }

  #find(id: string): KeptEntry | undefined {
    const { audit } = this.#options.store;
    const n = Number(/^[0-9a-f]{32}-([1-9][0-9]{0,14})$/.exec(id)?.[1] ?? 0);
    return n > 0 && formatEventId({ log: audit.id, n }) === id ? audit.find(n) : undefined;
  }

  #format(entry: KeptEntry, base: string): JsonObject {
    return formatAuditEvent(readEntry(entry), { mspId: this.#options.mspId, base });
  }
}

function newLinks(base: string, asked: readonly Pair[], next: string | undefined): JsonObject[] {
  const query = new URLSearchParams(asked.map(([name, value]): [string, string] => [name, value])).toString();
  const self = { relation: 'self', url: `${base}/AuditEvent${query === '' ? '' : `?${query}`}` };
  return next === undefined ? [self] : [self, { relation: 'next', url: `${base}/AuditEvent?_cursor=${next}` }];
}
