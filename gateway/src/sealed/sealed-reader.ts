import { parseUtf8, type SealedRef } from '@medaccord/chaincode/model';
import { open, type SealingContext, type SealingKey } from '../crypto';
import type { Transactions } from '../ledger/transactions';
import { newError } from '../problem';

/** Values per read, below the contract's bound and gRPC's message size: records and deliveries can be large. */
const batches = { small: 300, large: 24 };

/** The organisation's own private collection: sealed values, and what they hold. */
export class SealedReader {
  readonly #transactions: Transactions;
  readonly #mspId: string;
  readonly #key: SealingKey;

  constructor(transactions: Transactions, mspId: string, key: SealingKey) {
    this.#transactions = transactions;
    this.#mspId = mspId;
    this.#key = key;
  }

  /** The stored envelopes, in the order asked for; `undefined` where there is none. */
  async read(refs: readonly SealedRef[]): Promise<readonly (string | undefined)[]> {
    const envelopes: (string | undefined)[] = [];
    const batch = refs.some(({ kind }) => kind === 'record' || kind === 'delivery') ? batches.large : batches.small;
    for (let start = 0; start < refs.length; start += batch) {
      const { values } = await this.#transactions.evaluate('ReadSealed', { keys: refs.slice(start, start + batch) });
      envelopes.push(...values.map(({ envelope }) => envelope ?? undefined));
    }
    return envelopes;
  }

  /** @throws DecryptFailed when the envelope was not sealed to this organisation for this very place */
  async open(place: Omit<SealingContext, 'recipient'>, envelope: string): Promise<Uint8Array> {
    return open(this.#key, { ...place, recipient: this.#mspId }, envelope);
  }

  /** Reads and opens a text; `undefined` when nothing is stored there. */
  async openText(ref: SealedRef): Promise<string | undefined> {
    const [envelope] = await this.read([ref]);
    if (envelope === undefined) return undefined;
    const text = parseUtf8(await this.open(ref, envelope));
    if (text === undefined) throw newError('DECRYPT_FAILED', 'The envelope could not be opened.');
    return text;
  }
}
