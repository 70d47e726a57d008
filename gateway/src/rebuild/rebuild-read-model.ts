import type { MspId } from '@medaccord/chaincode/model';
import { indexClaims } from '../claim-index/index-claims';
import type { SealingKey } from '../crypto';
import type { Json, Ledger } from '../ledger/ledger';
import { newTransactions } from '../ledger/transactions';
import { reindexRecords } from '../record/reindex-records';
import { SealedReader } from '../sealed/sealed-reader';
import { openRebuilding, type LocalKey, type ReadModel } from '../store';

/** How far a rebuild is: blocks of the chain, then the organisation's own record versions, then the claims that it got. */
export interface RebuildProgress {
  readonly what: 'blocks' | 'records' | 'claims';
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
export async function rebuildReadModel(
  options: RebuildOptions,
): Promise<{ readonly blocks: number; readonly records: number; readonly claims: number }> {
  const { data, key, mspId } = options;
  const { model, finish, abandon } = openRebuilding(data, key, mspId);
  try {
    const blocks = await applyBlocks(options, model);
    const sealed = newSealedReader(options);
    const records = await indexRecords(options, model, sealed);
    const claims = await indexClaims({ facts: model.facts, key, sealed, onIndexed: newReport(options, 'claims') });
    finish();
    return { blocks, records, claims };
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

function newSealedReader({ ledger, mspId, sealing }: RebuildOptions): SealedReader {
  const submit = (): Promise<never> => Promise.reject(new Error('A rebuild submits nothing'));
  return new SealedReader(newTransactions({ evaluate: (call): Promise<Json> => ledger.evaluate(call), submit }, mspId), mspId, sealing);
}

function newReport({ onProgress }: RebuildOptions, what: RebuildProgress['what']): (done: number, of: number) => void {
  return (done, of) => {
    onProgress({ what, done, of });
  };
}

async function indexRecords(options: RebuildOptions, model: ReadModel, sealed: SealedReader): Promise<number> {
  const { facts, index } = model;
  const records = await reindexRecords({ mspId: options.mspId, facts, index, sealed, onIndexed: newReport(options, 'records') });
  model.resources.addMissing();
  model.changes.addMissing();
  return records;
}
