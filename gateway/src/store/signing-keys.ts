import { formatCanonical, type Jwk, type MspId } from '@medaccord/chaincode/model';
import type { Database } from './database';
import type { Applied } from './facts';

export const signingKeyTable = `
CREATE TABLE signing_key (ref TEXT NOT NULL, since INTEGER NOT NULL, key TEXT NOT NULL, PRIMARY KEY (ref, since)) STRICT, WITHOUT ROWID`;

/** A key that an organisation signs with, and the block from which on. */
export interface SigningKeyFrom {
  readonly key: Jwk;
  readonly since: number;
}

/** The keys that organisations signed with, one after another: what was signed by one that was replaced since is checked with it. */
export class SigningKeys {
  readonly #put;
  readonly #list;

  constructor(database: Database) {
    this.#put = database.prepare('INSERT OR REPLACE INTO signing_key VALUES (?, ?, ?)');
    this.#list = database.prepare('SELECT key, since FROM signing_key WHERE ref = ? ORDER BY since');
  }

  /** Follows an entry of the ledger. */
  keep({ type, ref, value }: Applied, block: number): void {
    if (type !== 'organisation') return;
    const key = formatCanonical(value.signing);
    if (formatCanonical(this.list(ref as MspId).at(-1)?.key ?? null) !== key) this.#put.run(ref, block, key);
  }

  /** The first first. */
  list(mspId: MspId): readonly SigningKeyFrom[] {
    return this.#list.all(mspId).map(({ key, since }) => ({ key: JSON.parse(String(key)) as Jwk, since: Number(since) }));
  }
}
