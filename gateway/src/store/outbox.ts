import type { Database, Row } from './database';

export const outboxTable = `
CREATE TABLE outbox (
  organisation TEXT NOT NULL,
  kind TEXT NOT NULL,
  ref TEXT NOT NULL,
  id TEXT NOT NULL,
  envelope TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (organisation, kind, ref, id)
) STRICT;`;

/** A wallet that does not know whether its first try counted signs again, with other envelopes: the ledger tells later which are wanted. */
export const severalAtOnePlace = `
CREATE TABLE waiting (
  organisation TEXT NOT NULL,
  kind TEXT NOT NULL,
  ref TEXT NOT NULL,
  id TEXT NOT NULL,
  envelope TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (organisation, kind, ref, id, envelope)
) STRICT;
INSERT INTO waiting SELECT * FROM outbox;
DROP TABLE outbox;
ALTER TABLE waiting RENAME TO outbox;`;

/** A sealed value on its way into an organisation's private collection. */
export interface Parcel {
  readonly organisation: string;
  readonly kind: 'identity' | 'binding' | 'consent-document' | 'ask' | 'delegation';
  readonly ref: string;
  readonly id: string;
  readonly envelope: string;
}

export interface WaitingParcel extends Parcel {
  /** When it was put in, milliseconds since the epoch. */
  readonly at: number;
}

/** Whether the public entry names the digest of the envelope that belongs to it. */
export function isNamedByEntry({ kind }: Pick<Parcel, 'kind'>): boolean {
  return kind === 'binding' || kind === 'consent-document' || kind === 'delegation';
}

/** Sealed values that still have to reach somebody; they survive every restart. */
export interface Outbox {
  /** One that waits already at the same place stays as it is; where the entry names its envelope, others may wait beside it. */
  put(parcels: readonly Parcel[]): void;
  /** The envelope that waits at a parcel's place. */
  find(parcel: Omit<Parcel, 'envelope'>): string | undefined;
  list(): readonly WaitingParcel[];
  remove(parcel: Parcel): void;
}

export function newOutbox(database: Database): Outbox {
  const put = database.prepare('INSERT OR IGNORE INTO outbox VALUES (?, ?, ?, ?, ?, ?)');
  const list = database.prepare('SELECT * FROM outbox ORDER BY at');
  const find = database.prepare('SELECT envelope FROM outbox WHERE organisation = ? AND kind = ? AND ref = ? AND id = ?');
  const remove = database.prepare('DELETE FROM outbox WHERE organisation = ? AND kind = ? AND ref = ? AND id = ? AND envelope = ?');
  return {
    put: (parcels) => {
      for (const { organisation, kind, ref, id, envelope } of parcels) {
        if (!isNamedByEntry({ kind }) && find.get(organisation, kind, ref, id) !== undefined) continue;
        put.run(organisation, kind, ref, id, envelope, Date.now());
      }
    },
    find: ({ organisation, kind, ref, id }) => {
      const row = find.get(organisation, kind, ref, id) as Row | undefined;
      return row === undefined ? undefined : String(row.envelope);
    },
    list: () =>
      (list.all() as Row[]).map((row) => ({
        organisation: String(row.organisation),
        kind: String(row.kind) as Parcel['kind'],
        ref: String(row.ref),
        id: String(row.id),
        envelope: String(row.envelope),
        at: Number(row.at),
      })),
    remove: ({ organisation, kind, ref, id, envelope }) => {
      remove.run(organisation, kind, ref, id, envelope);
    },
  };
}
