import { parseChannel } from '../config/parse-channel';
import type { Channel } from '../config/channel';
import { blockDataHash, type Block } from '../proto/blocks';
import { EMPTY, equalBytes } from '../proto/bytes';
import { HEADER_TYPE } from '../proto/envelopes';
import type { PublicUpdate } from '../store/updates';
import { applyTransaction } from './apply-transaction';
import { BlockRefused } from './block-refused';
import type { BlockView } from './block-view';
import { concludeBlock, type ValidatedBlock } from './conclude-block';
import { newDraft, type Draft } from './draft';
import { findConflict } from './find-conflict';
import { MetadataWrites } from './metadata-writes';
import { checkTransaction, openTransaction } from './transaction-checks';
import { UpdateBatch } from './update-batch';
import { CODE, type ValidationCode } from './validation-code';

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
  return concludeBlock(block, drafts, batch, { view, channel });
}

/**
 * What a block changes if its transactions have the codes that a peer gave them: they are opened, not judged.
 * @param codes one per transaction
 * @throws BlockRefused also where a transaction that the peer calls valid cannot be opened
 * @throws ConfigRefused, MspRefused for a configuration that cannot be used
 */
export function followBlock(block: Block, codes: Uint8Array, view: BlockView): ValidatedBlock {
  assertNext(block, view);
  const drafts = block.items.map(newDraft);
  if (block.number > 0) for (const draft of drafts) takeCode(draft, codes[draft.index] ?? CODE.invalidOtherReason, block.number, view);
  const channel = newConfiguration(block, drafts, view);
  const batch = new UpdateBatch();
  for (const { code, rwset, index } of drafts)
    if (code === CODE.valid) applyTransaction(rwset, { block: block.number, tx: index }, view.state, batch);
  if (channel !== undefined) batch.put(configUpdate(block));
  return concludeBlock(block, drafts, batch, { view, channel });
}

function takeCode(draft: Draft, code: number, block: number, view: BlockView): void {
  const isOpen = openTransaction(draft, { view, metadataWrites: new MetadataWrites() });
  if (code === CODE.valid && !isOpen)
    throw new BlockRefused(block, `transaction ${String(draft.index)} counts as valid, but cannot be read`);
  draft.code = code as ValidationCode;
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
