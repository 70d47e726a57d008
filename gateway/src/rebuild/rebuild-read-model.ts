import type { MspId } from '@medaccord/chaincode/model';
import type { SealingKey } from '../crypto';
import type { Json, Ledger } from '../ledger/ledger';
import { newTransactions } from '../ledger/transactions';
import { reindexRecords } from '../record/reindex-records';
import { SealedReader } from '../sealed/sealed-reader';
import { openRebuilding, type LocalKey, type ReadModel } from '../store';

/** How far a rebuild is: blocks of the chain, then the organisation's own record versions. */
export interface RebuildProgress {
  readonly what: 'blocks' | 'records';
  readonly done: number;
  readonly of: number;
}

export interface RebuildOptions {
  readonly mspId: MspId;
  /** The gateway's data folder. */
  readonly data: string;
  readonly key: LocalKey;
  readonly sealing: SealingKey;
  readonly ledger: Pick<Ledger, 'evaluate' | 'followBlocks' | 'readHeight'>;
  readonly onProgress: (progress: RebuildProgress) => void;
}

/**
 * Makes the read model anew from block 0 and from the sealed values on the organisation's own peer, up to the height that the peer had at the
 * beginning. It lies beside the one in use, which a running gateway goes on with, and is taken at the gateway's next start.
 */
export async function rebuildReadModel(options: RebuildOptions): Promise<{ readonly blocks: number; readonly records: number }> {
  const { data, key, mspId } = options;
  const { model, finish, abandon } = openRebuilding(data, key, mspId);
  try {
    const blocks = await applyBlocks(options, model);
    const records = await indexRecords(options, model);
    finish();
    return { blocks, records };
  } catch (error) {
    abandon();
    throw error;
  }
}

async function applyBlocks({ ledger, onProgress }: RebuildOptions, { facts }: ReadModel): Promise<number> {
  const of = await ledger.readHeight();
  const stream = await ledger.followBlocks(0);
  try {
    for await (const block of stream) {
      facts.apply(block);
      onProgress({ what: 'blocks', done: facts.height, of });
      if (facts.height >= of) break;
    }
  } finally {
    stream.close();
  }
  if (facts.height < of) throw new Error(`The peer's blocks ended at ${String(facts.height)} of ${String(of)}`);
  return facts.height;
}

async function indexRecords({ ledger, mspId, sealing, onProgress }: RebuildOptions, model: ReadModel): Promise<number> {
  const submit = (): Promise<never> => Promise.reject(new Error('A rebuild submits nothing'));
  const transactions = newTransactions({ evaluate: (call): Promise<Json> => ledger.evaluate(call), submit }, mspId);
  const sealed = new SealedReader(transactions, mspId, sealing);
  const onIndexed = (done: number, of: number): void => {
    onProgress({ what: 'records', done, of });
  };
  const records = await reindexRecords({ mspId, facts: model.facts, index: model.index, sealed, onIndexed });
  model.resources.addMissing();
  model.changes.addMissing();
  return records;
}
