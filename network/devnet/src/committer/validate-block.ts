import { parseChannel } from '../config/parse-channel';
import type { Channel } from '../config/channel';
import { common } from '@hyperledger/fabric-protos';
import { METADATA, blockDataHash, withMetadata, type Block } from '../proto/blocks';
import { EMPTY, equalBytes } from '../proto/bytes';
import { HEADER_TYPE } from '../proto/envelopes';
import { isDeletion } from '../proto/rwset';
import { applyTransaction } from './apply-transaction';
import { BlockRefused } from './block-refused';
import type { BlockView, Expiring } from './block-view';
import { computeCommitHash, writeUpdates } from './commit-hash';
import { newDraft, type Draft } from './draft';
import type { Evidence } from './evidence';
import { findConflict } from './find-conflict';
import { MetadataWrites } from './metadata-writes';
import type { NamedPrivateSet, PeerWork } from '../store/peer-work';
import type { HashUpdate, PublicUpdate } from '../store/updates';
import { checkTransaction } from './transaction-checks';
import { UpdateBatch } from './update-batch';
import { CODE, type ValidationCode } from './validation-code';

/** One public write for the history of its key. */
export interface HistoryEntry {
  readonly namespace: string;
  readonly key: string;
  readonly tx: number;
  readonly txId: string;
  readonly value: Uint8Array;
  readonly isDelete: boolean;
  /** Serialized google.protobuf.Timestamp. */
  readonly timestamp: Uint8Array;
}

export interface Verdict {
  readonly txId: string;
  readonly code: ValidationCode;
  readonly evidence: Evidence | undefined;
}

declare const validated: unique symbol;

/** A block with its verdicts and all that it changes. Only validateBlock makes one. */
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

const CONFIG_KEY = 'CHANNEL_CONFIG_ENV_BYTES';

/**
 * Judges an ordered block and computes what it changes, from the block and the chain before it alone: no clock, no randomness,
 * nothing written. Order as in Fabric: each transaction by itself, ids that occur twice, then conflicts in block order.
 * @throws BlockRefused for a block that is not the next one
 * @throws ConfigRefused, MspRefused for a configuration that cannot be used
 */
export function validateBlock(block: Block, view: BlockView): ValidatedBlock {
  assertNext(block, view);
  const drafts = block.items.map(newDraft);
  if (block.number > 0) judgeAlone(drafts, view);
  const channel = newConfiguration(block, drafts, view);
  const batch = new UpdateBatch();
  for (const draft of drafts) judgeConflicts(draft, block.number, view, batch);
  if (channel !== undefined) batch.put(configUpdate(block));
  return conclude(block, drafts, batch, { view, channel });
}

function assertNext({ number, previousHash, dataHash, items }: Block, { state, headerHash }: BlockView): void {
  if (number !== state.height) throw new BlockRefused(number, `block ${String(state.height)} is the next one`);
  if (!equalBytes(previousHash, headerHash ?? EMPTY)) throw new BlockRefused(number, 'its previous hash is not the hash of the last block');
  if (!equalBytes(dataHash, blockDataHash(items))) throw new BlockRefused(number, 'its data hash does not fit its transactions');
  if (items.length === 0) throw new BlockRefused(number, 'it has no transactions');
}

function judgeAlone(drafts: readonly Draft[], view: BlockView): void {
  const context = { view, metadataWrites: new MetadataWrites() };
  for (const draft of drafts) checkTransaction(draft, context);
  const seen = new Set<string>();
  // An id counts from its first transaction that is valid so far, even if that one turns out to conflict.
  for (const draft of drafts) {
    if (draft.code !== CODE.valid || draft.header.txId === '') continue;
    if (seen.has(draft.header.txId)) draft.code = CODE.duplicateTxId;
    seen.add(draft.header.txId);
  }
}

function newConfiguration(block: Block, drafts: readonly Draft[], view: BlockView): Channel | undefined {
  if (block.number === 0) return view.channel;
  const config = drafts.find(({ code, header }) => code === CODE.valid && header.type === HEADER_TYPE.config);
  if (config === undefined) return undefined;
  if (drafts.length > 1) throw new BlockRefused(block.number, 'a configuration must stand alone in its block');
  const channel = parseChannel(config.item);
  if (channel.sequence !== view.channel.sequence + 1)
    throw new BlockRefused(
      block.number,
      `its configuration has sequence ${String(channel.sequence)}, expected ${String(view.channel.sequence + 1)}`,
    );
  return channel;
}

function configUpdate(block: Block): PublicUpdate {
  const value = block.items[0] ?? EMPTY;
  return { namespace: '', key: CONFIG_KEY, value, metadata: undefined, version: { block: block.number, tx: 0 } };
}

function judgeConflicts(draft: Draft, block: number, { state }: BlockView, batch: UpdateBatch): void {
  if (draft.code !== CODE.valid) return;
  const conflict = findConflict(draft.rwset, state, batch);
  if (conflict === undefined) {
    applyTransaction(draft.rwset, { block, tx: draft.index }, state, batch);
    return;
  }
  draft.code = conflict.code;
  draft.evidence = conflict.evidence;
}

function conclude(
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

function historyOf({ index, header, rwset }: Draft): readonly HistoryEntry[] {
  return rwset.flatMap(({ namespace, writes }) =>
    writes.map((write) => ({
      namespace,
      key: write.key,
      tx: index,
      txId: header.txId,
      value: write.value,
      isDelete: isDeletion(write),
      timestamp: header.timestamp ?? EMPTY,
    })),
  );
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

function namedSets({ index, header, rwset }: Draft, block: number, view: BlockView): readonly NamedPrivateSet[] {
  return rwset.flatMap(({ namespace, collections }) =>
    collections.flatMap(({ collection, pvtHash }): readonly NamedPrivateSet[] => {
      const known = pvtHash.length === 0 ? undefined : view.collection(namespace, collection);
      if (known === undefined) return [];
      const expiresWith = known.blockToLive === 0 ? undefined : block + known.blockToLive + 1;
      return [{ tx: index, txId: header.txId, namespace, collection, hash: pvtHash, members: known.memberMsps, expiresWith }];
    }),
  );
}
