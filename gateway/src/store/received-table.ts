import { formatCanonical, type Instant, type MspId } from '@medaccord/chaincode/model';
import type { Row } from './database';
import type { KeptDatabase } from './kept-database';
import type { LocalKey } from './local-key';

export const receivedTable = `
CREATE TABLE payment_received (
  insurer TEXT NOT NULL,
  number INTEGER NOT NULL,
  sealed BLOB NOT NULL,
  PRIMARY KEY (insurer, number)
) STRICT;`;

/** What has come in all for an insurer's statement, in minor units by currency: this hospital's own word, kept until it clears the payment. */
export interface ReceivedPayment {
  readonly insurer: MspId;
  readonly number: number;
  readonly amounts: Readonly<Record<string, number>>;
  readonly at: Instant;
}

export interface ReceivedStore {
  /** Takes the place of what was written down for the statement before. */
  put(received: ReceivedPayment): Promise<void>;
  find(insurer: string, number: number): Promise<ReceivedPayment | undefined>;
  list(): Promise<readonly ReceivedPayment[]>;
  remove(insurer: string, number: number): Promise<void>;
}

/** What came, in the gateway's kept tables, sealed. */
export function newReceivedStore(kept: KeptDatabase, key: LocalKey): ReceivedStore {
  const placeOf = (insurer: string, number: number): string => `payment-received/${insurer}/${String(number)}`;
  const parse = (row: Row): ReceivedPayment => {
    const place = placeOf(String(row.insurer), Number(row.number));
    return JSON.parse(Buffer.from(key.open(place, row.sealed as Uint8Array)).toString('utf8')) as ReceivedPayment;
  };
  return {
    put: async (received) => {
      const { insurer, number } = received;
      await kept.run(putReceived, [insurer, number, key.seal(placeOf(insurer, number), Buffer.from(formatCanonical(received)))]);
      await kept.sync();
    },
    find: async (insurer, number) => {
      const [row] = await kept.all('SELECT * FROM payment_received WHERE insurer = ? AND number = ?', [insurer, number]);
      return row === undefined ? undefined : parse(row);
    },
    list: async () => (await kept.all('SELECT * FROM payment_received ORDER BY insurer, number')).map(parse),
    remove: async (insurer, number) => {
      await kept.run('DELETE FROM payment_received WHERE insurer = ? AND number = ?', [insurer, number]);
    },
  };
}

const putReceived = `
INSERT INTO payment_received (insurer, number, sealed) VALUES (?, ?, ?)
  ON CONFLICT (insurer, number) DO UPDATE SET sealed = excluded.sealed`;
