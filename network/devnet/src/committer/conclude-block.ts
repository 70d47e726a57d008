import type { Channel } from '../config/channel';
import { common } from '@hyperledger/fabric-protos';
import { METADATA, withMetadata, type Block } from '../proto/blocks';
import { isDeletion } from '../proto/rwset';
import type { BlockView, Expiring } from './block-view';
import { computeCommitHash, writeUpdates } from './commit-hash';
import type { Draft } from './draft';
import type { Evidence } from './evidence';
import type { NamedPrivateSet, PeerWork } from '../store/peer-work';
import type { HashUpdate, PublicUpdate } from '../store/updates';
import type { UpdateBatch } from './update-batch';
import { CODE, type ValidationCode } from './validation-code';

/** One public write for the history of its key. */
export interface HistoryEntry {
  readonly namespace: string;
  readonly key: string;
  readonly tx: number;
  readonly txId: string;
  readonly value: Uint8Array;
  readonly isDelete: boolean;
  /** Serialized google.protobuf.Timestamp; undefined: the client sent none. */
  readonly timestamp: Uint8Array | undefined;
}

export interface Verdict {
  readonly txId: string;
  readonly code: ValidationCode;
  readonly evidence: Evidence | undefined;
}

declare const validated: unique symbol;

/** A block with its verdicts and all that it changes. Only the committer makes one. */
export interface ValidatedBlock {
  readonly [validated]: true;
  /** With metadata 2 and 4 filled. */
  readonly block: Block;
  readonly verdicts: readonly Verdict[];
  readonly publicUpdates: readonly PublicUpdate[];
  readonly hashUpdates: readonly HashUpdate[];
  readonly history: readonly HistoryEntry[];
  /** Private keys whose block-to-live ends here. */
  readonly expired: readonly Expiring[];
  /** Private keys written here and the block with which they go. */
  readonly expiries: readonly { readonly due: number; readonly update: HashUpdate }[];
  readonly peerWork: PeerWork;
  readonly commitHash: Uint8Array | undefined;
  /** The configuration that holds from the next block on, where this block brings one. */
  readonly channel: Channel | undefined;
}

/** What a block changes when its drafts have their codes and the batch holds what the valid ones write. */
export function concludeBlock(
  block: Block,
  drafts: readonly Draft[],
  batch: UpdateBatch,
  { view, channel }: { readonly view: BlockView; readonly channel: Channel | undefined },
): ValidatedBlock {
  const filter = Uint8Array.from(drafts.map(({ code }) => code));
  const publicUpdates = batch.publicUpdates();
  const hashUpdates = batch.hashUpdates();
  const commitHash = block.number === 0 ? undefined : computeCommitHash(filter, writeUpdates(publicUpdates, hashUpdates), view.commitHash);
  const expired = expiredKeys(block.number, view, batch);
  const withCodes = withMetadata(block, METADATA.transactionsFilter, filter);
  const conclusion: Omit<ValidatedBlock, typeof validated> = {
    block: commitHash === undefined ? withCodes : withMetadata(withCodes, METADATA.commitHash, writeCommitHash(commitHash)),
    verdicts: drafts.map(({ header, code, evidence }) => ({ txId: header.txId, code, evidence })),
    publicUpdates,
    hashUpdates,
    history: drafts.filter(({ code }) => code === CODE.valid).flatMap(historyOf),
    expired,
    expiries: hashUpdates.flatMap((update) => expiryOf(update, block.number, view)),
    peerWork: {
      block: block.number,
      sets: drafts.flatMap((draft) => namedSets(draft, block.number, view)),
      txIds: drafts.map(({ header }) => header.txId),
      updates: hashUpdates,
      expired: expired.map(({ namespace, collection, keyHash }) => ({ namespace, collection, keyHash })),
    },
    commitHash,
    channel,
  };
  return conclusion as ValidatedBlock;
}

function writeCommitHash(commitHash: Uint8Array): Uint8Array {
  const metadata = new common.Metadata();
  metadata.setValue(commitHash);
  return metadata.serializeBinary();
}

/** A key's first write in the first set of its namespace (kvledger/history/query_executer.go, getKeyModificationFromTran). */
function historyOf({ index, header, rwset }: Draft): readonly HistoryEntry[] {
  const entries = new Map<string, HistoryEntry>();
  for (const { namespace, writes } of rwset.filter((set, at) => rwset.findIndex((one) => one.namespace === set.namespace) === at)) {
    for (const write of writes) {
      const place = JSON.stringify([namespace, write.key]);
      const { key, value } = write;
      const entry = { namespace, key, tx: index, txId: header.txId, value, isDelete: isDeletion(write), timestamp: header.timestamp };
      if (!entries.has(place)) entries.set(place, entry);
    }
  }
  return [...entries.values()];
}

/** What is due and was not written again since, nor by this block (devnet.md g.6; kvledger/txmgmt/pvtstatepurgemgmt). */
function expiredKeys(block: number, view: BlockView, batch: UpdateBatch): readonly Expiring[] {
  return view.expiring(block).filter(({ namespace, collection, keyHash, writtenIn }) => {
    const isRenewed = batch.getHash(namespace, collection, keyHash) !== undefined;
    return !isRenewed && view.state.getHash(namespace, collection, keyHash)?.version.block === writtenIn;
  });
}

function expiryOf(update: HashUpdate, block: number, view: BlockView): ValidatedBlock['expiries'] {
  const blockToLive = view.collection(update.namespace, update.collection)?.blockToLive ?? 0;
  return update.valueHash === undefined || blockToLive === 0 ? [] : [{ due: block + blockToLive + 1, update }];
}

function namedSets({ index, header, rwset, code }: Draft, block: number, view: BlockView): readonly NamedPrivateSet[] {
  return rwset.flatMap(({ namespace, collections }) =>
    collections.flatMap(({ collection, pvtHash }): readonly NamedPrivateSet[] => {
      const known = pvtHash.length === 0 ? undefined : view.collection(namespace, collection);
      if (known === undefined) return [];
      const expiresWith = known.blockToLive === 0 ? undefined : block + known.blockToLive + 1;
      const members = known.memberMsps;
      const isApplied = code === CODE.valid;
      return [{ tx: index, txId: header.txId, namespace, collection, hash: pvtHash, members, isApplied, expiresWith }];
    }),
  );
}
