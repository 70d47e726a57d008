import type { HistoryEntry } from './read-history';

/** What of a relation's releases a delegate may know. */
export interface Shown {
  /** Requests that are left out, with all that answers them. */
  readonly hidden: ReadonlySet<string>;
  /** By request: how many of the released records may be known. */
  readonly released: ReadonlyMap<string, number>;
  /** By redisclosure: how many of the records that were passed on may be known; those that are not here are left out. */
  readonly passedOn: ReadonlyMap<string, number>;
}

type Views = {
  readonly [K in HistoryEntry['kind']]: ((entry: Extract<HistoryEntry, { kind: K }>, shown: Shown) => HistoryEntry | undefined) | null;
};

/**
 * How each kind of entry is shown to a delegate; null: it is the patient's alone. What names no records cannot be known to tell of nothing
 * withheld: a referral, a look at the consent, a claim, what proves a purpose. Notices and receipts count all records, and parts tell of them. All
 * this is left out for every delegate alike, so that nobody can tell whether something is withheld.
 */
const views: Views = {
  relation: (entry) => entry,
  consent: (entry) => entry,
  'consent-notice': (entry) => entry,
  'consent-end': (entry) => entry,
  request: (entry) => ({ ...entry, proof: null }),
  decision: (entry, { released }) => {
    const records = entry.outcome === 'released' ? (released.get(entry.requestId) ?? 0) : 0;
    return { ...entry, records, proof: null, notice: null, receipt: null };
  },
  delivery: (entry) => (entry.part === 1 ? { ...entry, parts: 1 } : undefined),
  review: (entry) => entry,
  redisclosure: (entry, { passedOn }) => {
    const records = passedOn.get(entry.redisclosureId);
    return records === undefined ? undefined : { ...entry, records, notice: null };
  },
  deletion: (entry, { passedOn }) =>
    entry.redisclosureId === null || passedOn.has(entry.redisclosureId) ? { ...entry, receipt: null } : undefined,
  referral: null,
  consultation: null,
  coverage: null,
  claim: null,
  acknowledgement: null,
  adjudication: null,
  delegation: null,
  status: null,
};

/** An entry as a delegate may read it; nothing when it is left out. */
export function showToDelegate(entry: HistoryEntry, shown: Shown): HistoryEntry | undefined {
  const view = views[entry.kind] as ((entry: HistoryEntry, shown: Shown) => HistoryEntry | undefined) | null;
  if ('requestId' in entry && shown.hidden.has(entry.requestId)) return undefined;
  return view?.(entry, shown);
}
