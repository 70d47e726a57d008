import type { GroupId, MspId } from '@medaccord/chaincode/model';
import { digestOf } from '../ledger/digest';
import type { Done, Transactions } from '../ledger/transactions';
import { toCodedError } from '../problem';
import type { EncryptedRecord } from '../record/encrypt-record';
import { mostOfBatch, weighRecords } from './batches';
import { newCoalescer, type Coalesce } from './coalescer';

/** Records of one group that fit one transaction; `whole` when they are all of it. */
export interface Batch {
  readonly groupId: GroupId;
  readonly size: number;
  readonly whole: boolean;
  readonly records: readonly EncryptedRecord[];
  /** Its place in the group. */
  readonly at: number;
}

/** Full transactions of each kind in flight: four keep a consortium busy (fabric-measured Q7). */
const lanes = 4;
/** Imports go on in step when each waits about as long as the others need for the other of their two transactions. */
const patience = { share: 1.5, mostMs: 250 };
/** Errors that say nothing about a single batch: alone it would meet the same. */
const commonCategories = ['unavailable', 'uncertain', 'internal', 'unauthenticated', 'forbidden'];

/** Stores and anchors batches; those of imports that run at the same time share transactions. */
export class RecordWriter {
  readonly #store: Coalesce<Batch, Done<'StoreRecords'>>;
  readonly #anchor: Coalesce<Batch, Done<'AnchorRecords'>>;
  #imports = 0;

  constructor(transactions: Transactions, mspId: MspId) {
    const options = {
      lanes,
      countAll: () => this.#imports,
      patience,
      weigh: ({ records }: Batch) => weighRecords(records),
      most: mostOfBatch,
      isOfOne: (error: unknown) => !commonCategories.includes(toCodedError(error).category),
    };
    this.#store = newCoalescer(
      (batches) =>
        transactions.submit(
          'StoreRecords',
          {},
          {
            operation: nameOperation('store', batches),
            organisations: [mspId],
            input: { records: batches.flatMap(({ records }) => records.map(({ stored }) => stored)) },
          },
        ),
      options,
    );
    this.#anchor = newCoalescer(
      (batches) =>
        transactions.submit(
          'AnchorRecords',
          { groups: batches.map(newGroupPart) },
          { operation: nameOperation('anchor', batches), mayLag: true, fixedPolicy: true },
        ),
      options,
    );
  }

  /** Counts an import that prepares records, or waits for those it wrote: others' records wait for it, so that they share transactions. */
  async count<T>(task: () => Promise<T>): Promise<T> {
    this.#imports += 1;
    try {
      return await task();
    } finally {
      this.#imports -= 1;
    }
  }

  /** Gives the transactions of one batch: first what its custodian keeps, then the anchors. @throws CodedError */
  async write(batch: Batch): Promise<readonly { readonly transactionId: string; readonly block: number }[]> {
    const stored = await this.#store(batch);
    return [stored, await this.#anchor(batch)];
  }
}

function newGroupPart({ groupId, whole, size, records }: Batch): {
  groupId: GroupId;
  whole: boolean;
  size: number;
  records: EncryptedRecord['anchoring'][];
} {
  return { groupId, whole, size, records: records.map(({ anchoring }) => anchoring) };
}

/** One batch keeps a name that tells where it belongs; of several, the name tells only which they are. */
function nameOperation(kind: string, batches: readonly Batch[]): string {
  const names = batches.map(({ groupId, at }) => `group/${groupId}/${kind}/${String(at)}`);
  const [only = '', ...others] = names;
  return others.length === 0 ? only : `groups/${digestOf(names.join('\n'))}/${kind}`;
}
