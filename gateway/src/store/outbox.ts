import type { DeliveredRef } from '@medaccord/chaincode/model';
import type { KeptDatabase } from './kept-database';

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
  readonly kind: DeliveredRef['kind'];
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
  return kind !== 'identity' && kind !== 'ask';
}

/** Sealed values that still have to reach somebody; they survive every restart. */
export interface Outbox {
  /** One that waits already at the same place stays as it is; where the entry names its envelope, others may wait beside it. */
  put(parcels: readonly Parcel[]): Promise<void>;
  /** The envelope that waits at a parcel's place. */
  find(parcel: Omit<Parcel, 'envelope'>): Promise<string | undefined>;
  list(): Promise<readonly WaitingParcel[]>;
  remove(parcel: Parcel): Promise<void>;
}

export function newOutbox(kept: KeptDatabase): Outbox {
  return {
    put: async (parcels) => {
      for (const { organisation, kind, ref, id, envelope } of parcels) {
        const values = [organisation, kind, ref, id, envelope, Date.now()];
        if (isNamedByEntry({ kind })) await kept.run('INSERT INTO outbox VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING', values);
        else await kept.run(putAlone, [...values, organisation, kind, ref, id]);
      }
    },
    find: async ({ organisation, kind, ref, id }) => {
      const [row] = await kept.all(`SELECT envelope FROM outbox WHERE ${atPlace}`, [organisation, kind, ref, id]);
      return row === undefined ? undefined : String(row.envelope);
    },
    list: async () =>
      (await kept.all('SELECT * FROM outbox ORDER BY at')).map((row) => ({
        organisation: String(row.organisation),
        kind: String(row.kind) as Parcel['kind'],
        ref: String(row.ref),
        id: String(row.id),
        envelope: String(row.envelope),
        at: Number(row.at),
      })),
    remove: async ({ organisation, kind, ref, id, envelope }) => {
      await kept.run(`DELETE FROM outbox WHERE ${atPlace} AND envelope = ?`, [organisation, kind, ref, id, envelope]);
    },
  };
}

const atPlace = 'organisation = ? AND kind = ? AND ref = ? AND id = ?';
/** Where nothing waits yet at the place. */
const putAlone = `
INSERT INTO outbox SELECT ?, ?, ?, ?, ?, CAST(? AS BIGINT) WHERE NOT EXISTS (SELECT 1 FROM outbox WHERE ${atPlace}) ON CONFLICT DO NOTHING`;
