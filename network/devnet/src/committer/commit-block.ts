import { serialize } from 'node:v8';
import { writeBlock } from '../proto/blocks';
import { asBytes } from '../proto/bytes';
import { keys } from '../store/keys';
import type { Change } from '../store/ordered-store';
import { formatHash, formatModification, formatNumber, formatPlace, formatValue } from '../store/values';
import type { VersionedStore } from '../store/versioned-store';
import type { ValidatedBlock } from './conclude-block';

/**
 * Writes a validated block into the chain's file, everything in one database transaction: the block, where its transactions are,
 * state, hashes, history, what block-to-live will remove, and what the peers' files still have to do. The chain's file is the truth:
 * a peer's file follows, and catches up from the work kept here if the process ends in between.
 * @returns the block's bytes as committed
 */
export function commitBlock(chain: VersionedStore, validated: ValidatedBlock): Uint8Array {
  const bytes = writeBlock(validated.block);
  chain.commit([
    { key: keys.block(validated.block.number), value: bytes },
    ...lastingChanges(chain, validated),
    ...historyChanges(validated),
    { key: keys.single('peerWork'), value: asBytes(serialize(validated.peerWork)) },
  ]);
  return bytes;
}

/** Writes what judging the blocks after this one asks for, and no more: for those who follow a chain without keeping it. */
export function commitState(chain: VersionedStore, validated: ValidatedBlock): void {
  chain.commit(lastingChanges(chain, validated));
}

function lastingChanges(chain: VersionedStore, validated: ValidatedBlock): readonly Change[] {
  return [...placesOf(chain, validated), ...stateChanges(validated), ...expiryChanges(validated), ...singleChanges(validated)];
}

/** The first transaction of an id keeps its place. */
function placesOf(chain: VersionedStore, { block, verdicts }: ValidatedBlock): readonly Change[] {
  const places = new Map<string, Change>();
  verdicts.forEach(({ txId, code }, index) => {
    const key = keys.transaction(txId);
    if (txId === '' || places.has(txId) || chain.store.get(key) !== undefined) return;
    places.set(txId, { key, value: formatPlace({ block: block.number, index, code }) });
  });
  return [...places.values()];
}

function stateChanges({ publicUpdates, hashUpdates, expired }: ValidatedBlock): readonly Change[] {
  return [
    ...publicUpdates.map(({ namespace, key, value, metadata, version }) => ({
      key: keys.state(namespace, key),
      value: value && formatValue({ value, metadata, version }),
    })),
    ...hashUpdates.map(({ namespace, collection, keyHash, valueHash, metadata, version }) => ({
      key: keys.hash(namespace, collection, keyHash),
      value: valueHash && formatHash({ valueHash, metadata, version }),
    })),
    ...expired.map(({ namespace, collection, keyHash }) => ({ key: keys.hash(namespace, collection, keyHash), value: undefined })),
  ];
}

function historyChanges({ block, history }: ValidatedBlock): readonly Change[] {
  return history.map(({ namespace, key, tx, ...modification }) => ({
    key: keys.history(namespace, key, block.number, tx),
    value: formatModification(modification),
  }));
}

function expiryChanges({ block, expiries, expired }: ValidatedBlock): readonly Change[] {
  return [
    ...expired.map(({ namespace, collection, keyHash }) => ({
      key: keys.expiry(block.number, namespace, collection, keyHash),
      value: undefined,
    })),
    ...expiries.map(({ due, update: { namespace, collection, keyHash } }) => ({
      key: keys.expiry(due, namespace, collection, keyHash),
      value: formatNumber(block.number),
    })),
  ];
}

function singleChanges({ block, commitHash, channel }: ValidatedBlock): readonly Change[] {
  return [
    ...(commitHash === undefined ? [] : [{ key: keys.single('commitHash'), value: commitHash }]),
    ...(channel === undefined ? [] : [{ key: keys.single('configBlock'), value: formatNumber(block.number) }]),
  ];
}
