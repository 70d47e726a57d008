import type { GroupId, MspId } from '@medaccord/chaincode/model';
import { digestOf } from '../ledger/digest';
import type { Done, Transactions } from '../ledger/transactions';
import { toCodedError } from '../problem';
import type { EncryptedRecord } from '../record/encrypt-record';
import { mostOfBatch, weighRecords } from './batches';
import { newCoalescer, type Coalesce } from './coalescer';

/** Records of one group that fit one transaction; `close` when they are all of it. */
export interface Batch {
  readonly groupId: GroupId;
  readonly size: number;
  readonly close: boolean;
  readonly records: readonly EncryptedRecord[];
  /** Its place in the group. */
  readonly at: number;
}

/** Full transactions of each kind in flight: four keep a consortium busy (fabric-measured Q7). */
const lanes = 4;
/** Of 20 clients that write one record after another, all share each transaction then; without, they come in three groups that wait for each other. */
const gather = 0.5;
/** Errors that say nothing about a single batch: alone it would meet the same. */
const commonCategories = ['unavailable', 'uncertain', 'internal', 'unauthenticated', 'forbidden'];

/** Stores and anchors batches; those of imports that run at the same time share transactions. */
export class RecordWriter {
  readonly #store: Coalesce<Batch, Done<'StoreRecords'>>;
  readonly #anchor: Coalesce<Batch, Done<'AnchorRecords'>>;

  constructor(transactions: Transactions, mspId: MspId) {
    const options = {
      lanes,
      gather,
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
            input: { records: batches.flatMap(({ records }) => records.map(({ parts }) => parts)) },
          },
        ),
      options,
    );
    this.#anchor = newCoalescer(
      (batches) =>
        transactions.submit(
          'AnchorRecords',
          { groups: batches.map(newGroupPart) },
          { operation: nameOperation('anchor', batches), mayLag: true },
        ),
      options,
    );
  }

  /** Gives the transactions of one batch: first its private parts, then its anchors. @throws CodedError */
  async write(batch: Batch): Promise<readonly { readonly transactionId: string; readonly block: number }[]> {
    const stored = await this.#store(batch);
    return [stored, await this.#anchor(batch)];
  }
}

function newGroupPart({ groupId, close, size, records }: Batch): {
  groupId: GroupId;
  close: boolean;
  size: number;
  records: EncryptedRecord['anchoring'][];
} {
  return { groupId, close, size, records: records.map(({ anchoring }) => anchoring) };
}

/** One batch keeps a name that tells where it belongs; of several, the name tells only which they are. */
function nameOperation(kind: string, batches: readonly Batch[]): string {
  const names = batches.map(({ groupId, at }) => `group/${groupId}/${kind}/${String(at)}`);
  const [only = '', ...others] = names;
  return others.length === 0 ? only : `groups/${digestOf(names.join('\n'))}/${kind}`;
}
