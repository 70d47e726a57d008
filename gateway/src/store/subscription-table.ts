import type { EventPlace } from './claim-events';
import type { Row } from './database';
import type { KeptDatabase, KeptValue } from './kept-database';
import type { LocalKey } from './local-key';

/** `block` and `place`: the last event that was delivered, or passed over. Where it goes, what is sent with it and the secret are sealed. */
export const subscriptionTable = `
CREATE TABLE subscription (
  id TEXT PRIMARY KEY,
  status TEXT NOT NULL,
  block INTEGER NOT NULL,
  place INTEGER NOT NULL,
  delivered INTEGER NOT NULL,
  failures INTEGER NOT NULL,
  failing_since INTEGER,
  next_at INTEGER NOT NULL,
  error TEXT NOT NULL,
  sealed BLOB NOT NULL
) STRICT;`;

/** What somebody subscribed to. */
export interface SubscriptionTerms {
  readonly reason: string;
  readonly criteria: string;
  readonly endpoint: string;
  /** Lines that are sent with each notification; they may hold a password. */
  readonly headers: readonly string[];
  readonly payload: 'empty' | 'id-only';
  /** As Standard Webhooks writes it: `whsec_...`. */
  readonly secret: string;
}

export interface KeptSubscription {
  readonly subscriptionId: string;
  readonly status: 'active' | 'error' | 'off';
  readonly terms: SubscriptionTerms;
  readonly after: EventPlace;
  /** Notifications that arrived. */
  readonly delivered: number;
  /** Of the next notification, and when the first of them was, in milliseconds since the epoch. */
  readonly failures: number;
  readonly failingSince: number | null;
  /** Nothing is sent before, in milliseconds since the epoch. */
  readonly nextAt: number;
  /** Why the last try failed. */
  readonly error: string;
}

/** Subscriptions to claims, with how far each has come; they survive every restart. */
export interface SubscriptionStore {
  /** Resolves when it survives a power failure, too. */
  put(subscription: Pick<KeptSubscription, 'subscriptionId' | 'status' | 'terms' | 'after'>): Promise<void>;
  find(subscriptionId: string): Promise<KeptSubscription | undefined>;
  list(): Promise<readonly KeptSubscription[]>;
  /** Begins anew where it stands. */
  setStatus(subscriptionId: string, status: 'active' | 'off'): Promise<void>;
  advance(subscriptionId: string, after: EventPlace, delivered: 0 | 1): Promise<void>;
  fail(subscriptionId: string, failure: { readonly at: number; readonly nextAt: number; readonly error: string }): Promise<void>;
  /** Ends what is still active. */
  giveUp(subscriptionId: string, error: string): Promise<void>;
  remove(subscriptionId: string): Promise<void>;
}

export function newSubscriptionStore(kept: KeptDatabase, key: LocalKey): SubscriptionStore {
  const change = async (set: string, values: readonly KeptValue[]): Promise<void> => {
    await kept.run(`UPDATE subscription SET ${set} WHERE id = ?`, values);
  };
  return {
    put: async ({ subscriptionId, status, terms, after }) => {
      const sealed = key.seal(placeOf(subscriptionId), Buffer.from(JSON.stringify(terms)));
      await kept.run("INSERT INTO subscription VALUES (?, ?, ?, ?, 0, 0, NULL, 0, '', ?)", [
        ...[subscriptionId, status, after.block, after.place],
        sealed,
      ]);
      await kept.sync();
    },
    find: async (subscriptionId) => {
      const [row] = await kept.all('SELECT * FROM subscription WHERE id = ?', [subscriptionId]);
      return row && parse(row, key);
    },
    list: async () => (await kept.all('SELECT * FROM subscription ORDER BY id')).map((row) => parse(row, key)),
    setStatus: async (subscriptionId, status) => {
      await change(`status = ?, ${untroubled}`, [status, subscriptionId]);
      await kept.sync();
    },
    advance: (subscriptionId, { block, place }, delivered) =>
      change(`block = ?, place = ?, delivered = delivered + ?, ${untroubled}`, [block, place, delivered, subscriptionId]),
    fail: (subscriptionId, { at, nextAt, error }) =>
      change('failures = failures + 1, failing_since = coalesce(failing_since, ?), next_at = ?, error = ?', [
        ...[at, nextAt, error],
        subscriptionId,
      ]),
    giveUp: (subscriptionId, error) =>
      change("status = CASE status WHEN 'active' THEN 'error' ELSE status END, error = ?", [error, subscriptionId]),
    remove: async (subscriptionId) => {
      await kept.run('DELETE FROM subscription WHERE id = ?', [subscriptionId]);
    },
  };
}

const untroubled = "failures = 0, failing_since = NULL, next_at = 0, error = ''";
const placeOf = (subscriptionId: string): string => `subscription/${subscriptionId}`;

function parse(row: Row, key: LocalKey): KeptSubscription {
  const subscriptionId = String(row.id);
  const terms = Buffer.from(key.open(placeOf(subscriptionId), row.sealed as Uint8Array)).toString('utf8');
  return {
    subscriptionId,
    status: String(row.status) as KeptSubscription['status'],
    terms: JSON.parse(terms) as SubscriptionTerms,
    after: { block: Number(row.block), place: Number(row.place) },
    delivered: Number(row.delivered),
    failures: Number(row.failures),
    failingSince: row.failing_since === null ? null : Number(row.failing_since),
    nextAt: Number(row.next_at),
    error: String(row.error),
  };
}
