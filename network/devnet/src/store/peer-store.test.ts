import { EMPTY, sha256, text, utf8 } from '../proto/bytes';
import { readPrivateSets, writePrivateSets, type PrivateSet } from '../proto/private-set';
import { readKvSet, writeKvSet } from '../proto/rwset';
import { newMemoryStore } from './memory-store';
import { PeerStore } from './peer-store';
import type { NamedPrivateSet, PeerWork } from './peer-work';
import { newPrivateView } from './state-view';
import type { HashUpdate } from './updates';

const MEMBER = 'AMSP';

function newPeer(mspId = MEMBER): PeerStore {
  return new PeerStore(mspId, newMemoryStore(), 0);
}

function privateSet(values: Readonly<Record<string, string | undefined>>): PrivateSet {
  const writes = Object.entries(values).map(([key, value]) => ({ key, isDelete: value === undefined, value: utf8(value ?? '') }));
  return { namespace: 'cc', collection: 'c', rwset: writeKvSet({ writes }) };
}

function named(tx: number, set: PrivateSet, more: Partial<NamedPrivateSet> = {}): NamedPrivateSet {
  const { namespace, collection } = set;
  return {
    tx,
    txId: `tx${String(tx)}`,
    namespace,
    collection,
    hash: sha256(set.rwset),
    members: [MEMBER],
    isApplied: true,
    expiresWith: undefined,
    ...more,
  };
}

function update(
  key: string,
  value: string | undefined,
  at: readonly [block: number, tx: number],
  more: Partial<HashUpdate> = {},
): HashUpdate {
  return {
    namespace: 'cc',
    collection: 'c',
    keyHash: sha256(utf8(key)),
    valueHash: value === undefined ? undefined : sha256(utf8(value)),
    metadata: undefined,
    version: { block: at[0], tx: at[1] },
    isMetadataWritten: false,
    purgedBy: undefined,
    ...more,
  };
}

const work = (block: number, more: Partial<PeerWork> = {}): PeerWork => ({ block, sets: [], txIds: [], updates: [], expired: [], ...more });

/** Value and version of a key as the newest snapshot shows it. */
function read(peer: PeerStore, key: string): string | undefined {
  const view = peer.versions.hold(peer.versions.height);
  const found = newPrivateView(view).get('cc', 'c', key);
  view.release();
  return found && `${text(found.value)} at ${String(found.version.block)}/${String(found.version.tx)}`;
}

const keptKeys = (peer: PeerStore, block: number): readonly string[] =>
  [...peer.privateDataOf(block).values()].flatMap(readPrivateSets).flatMap(({ rwset }) => readKvSet(rwset).writes.map(({ key }) => key));

/** A peer that keeps `k` = v of block 0. */
function peerWithValue(more: Partial<NamedPrivateSet> = {}): PeerStore {
  const peer = newPeer();
  const set = privateSet({ k: 'v' });
  peer.stage('tx0', writePrivateSets([set]));
  peer.apply(work(0, { sets: [named(0, set, more)], txIds: ['tx0'], updates: [update('k', 'v', [0, 0])] }));
  return peer;
}

describe('a private value', () => {
  it('is kept when its transaction commits, with the set it came in', () => {
    const peer = peerWithValue();
    expect(read(peer, 'k')).toBe('v at 0/0');
    expect(keptKeys(peer, 0)).toEqual(['k']);
  });

  it('is not kept by a peer whose organisation is no member, though it was staged there', () => {
    const peer = newPeer('BMSP');
    const set = privateSet({ k: 'v' });
    peer.stage('tx0', writePrivateSets([set]));
    peer.apply(work(0, { sets: [named(0, set)], txIds: ['tx0'], updates: [update('k', 'v', [0, 0])] }));
    expect([read(peer, 'k'), keptKeys(peer, 0)]).toEqual([undefined, []]);
  });

  it('is taken from the staged set with the right hash, however many were staged', () => {
    const peer = newPeer();
    const [wrong, right] = [privateSet({ k: 'wrong' }), privateSet({ k: 'right' })];
    peer.stage('tx0', writePrivateSets([wrong]));
    peer.stage('tx0', writePrivateSets([right]));
    peer.apply(work(0, { sets: [named(0, right)], txIds: ['tx0'], updates: [update('k', 'right', [0, 0])] }));
    expect(read(peer, 'k')).toBe('right at 0/0');
  });

  it('of an invalid transaction is kept in its set, and not applied', () => {
    const peer = newPeer();
    const set = privateSet({ k: 'v' });
    peer.stage('tx0', writePrivateSets([set]));
    peer.apply(work(0, { sets: [named(0, set, { isApplied: false })], txIds: ['tx0'] }));
    expect([read(peer, 'k'), keptKeys(peer, 0)]).toEqual([undefined, ['k']]);
  });

  it('of an invalid transaction does not take the place of what a valid one of the same block wrote before', () => {
    const peer = newPeer();
    const [valid, invalid] = [privateSet({ k: 'v' }), privateSet({ k: 'w' })];
    peer.stage('tx0', writePrivateSets([valid]));
    peer.stage('tx1', writePrivateSets([invalid]));
    const sets = [named(0, valid), named(1, invalid, { isApplied: false })];
    peer.apply(work(0, { sets, txIds: ['tx0', 'tx1'], updates: [update('k', 'v', [0, 0])] }));
    expect(read(peer, 'k')).toBe('v at 0/0');
  });

  it('that the peer never got stays as it was, older than its hash', () => {
    const peer = peerWithValue();
    peer.apply(work(1, { sets: [named(0, privateSet({ k: 'new' }))], updates: [update('k', 'new', [1, 0])] }));
    expect(read(peer, 'k')).toBe('v at 0/0');
  });

  it('follows the version of its hash when only metadata was written', () => {
    const peer = peerWithValue();
    peer.apply(work(1, { updates: [update('k', 'v', [1, 3], { isMetadataWritten: true })] }));
    expect(read(peer, 'k')).toBe('v at 1/3');
    peer.apply(work(2, { updates: [update('k', 'another', [2, 0], { isMetadataWritten: true })] }));
    expect(read(peer, 'k')).toBe('v at 1/3');
  });

  it('written and then given metadata in one block has the last version', () => {
    const peer = newPeer();
    const set = privateSet({ k: 'v' });
    peer.stage('tx0', writePrivateSets([set]));
    peer.apply(work(0, { sets: [named(0, set)], txIds: ['tx0'], updates: [update('k', 'v', [0, 1], { isMetadataWritten: true })] }));
    expect(read(peer, 'k')).toBe('v at 0/1');
  });

  it('goes when its hash goes', () => {
    const peer = peerWithValue();
    peer.apply(work(1, { updates: [update('k', undefined, [1, 0])] }));
    expect([read(peer, 'k'), keptKeys(peer, 0)]).toEqual([undefined, ['k']]);
  });

  it('goes with all its traces when it is purged, and other keys of the set stay', () => {
    const peer = newPeer();
    const set = privateSet({ k: 'v', other: 'v' });
    peer.stage('tx0', writePrivateSets([set]));
    peer.apply(work(0, { sets: [named(0, set)], txIds: ['tx0'], updates: [update('k', 'v', [0, 0]), update('other', 'v', [0, 0])] }));
    peer.apply(work(1, { updates: [update('k', undefined, [1, 0], { purgedBy: 0 })] }));
    expect([read(peer, 'k'), read(peer, 'other'), keptKeys(peer, 0)]).toEqual([undefined, 'v at 0/0', ['other']]);
  });

  it('written again after a purge in the same block is kept, and what was before the purge is not', () => {
    const peer = newPeer();
    const [before, after] = [privateSet({ k: 'before' }), privateSet({ k: 'after' })];
    peer.stage('tx0', writePrivateSets([before]));
    peer.stage('tx2', writePrivateSets([after]));
    peer.apply(
      work(0, {
        sets: [named(0, before), named(2, after)],
        txIds: ['tx0', 'tx2'],
        updates: [update('k', 'after', [0, 2], { purgedBy: 1 })],
      }),
    );
    expect(read(peer, 'k')).toBe('after at 0/2');
    const keysOf = (tx: number): readonly string[] =>
      readPrivateSets(peer.privateDataOf(0).get(tx) ?? EMPTY).flatMap(({ rwset }) => readKvSet(rwset).writes.map(({ key }) => key));
    expect([keysOf(0), keysOf(2)]).toEqual([[], ['k']]);
  });

  it('goes when its time ends, and its set with the block that was named', () => {
    const peer = peerWithValue({ expiresWith: 2 });
    peer.apply(work(1));
    expect([read(peer, 'k'), keptKeys(peer, 0)]).toEqual(['v at 0/0', ['k']]);
    peer.apply(work(2, { expired: [{ namespace: 'cc', collection: 'c', keyHash: sha256(utf8('k')) }] }));
    expect([read(peer, 'k'), keptKeys(peer, 0)]).toEqual([undefined, []]);
  });

  it('reads as it was at the height of a snapshot', () => {
    const peer = peerWithValue();
    const view = peer.versions.hold(1);
    peer.apply(work(1, { updates: [update('k', undefined, [1, 0])] }));
    expect(newPrivateView(view).get('cc', 'c', 'k')?.value).toEqual(utf8('v'));
    view.release();
  });
});

describe('the work of a block', () => {
  it('that asks nothing of this peer writes nothing, and is behind it all the same', () => {
    const store = newMemoryStore();
    const peer = new PeerStore(MEMBER, store, 0);
    const set = privateSet({ k: 'v' });
    peer.apply(work(0));
    peer.stage('tx0', writePrivateSets([set]));
    peer.apply(work(1, { sets: [named(0, set)], txIds: ['tx0'], updates: [update('k', 'v', [1, 0])] }));
    peer.apply(work(2));
    expect([peer.versions.height, new PeerStore(MEMBER, store, 3).versions.height]).toEqual([3, 2]);
  });

  it('done twice changes nothing', () => {
    const peer = newPeer();
    const set = privateSet({ k: 'v' });
    const first = work(0, { sets: [named(0, set)], txIds: ['tx0'], updates: [update('k', 'v', [0, 0])] });
    peer.stage('tx0', writePrivateSets([set]));
    peer.apply(first);
    peer.apply(work(1, { updates: [update('k', undefined, [1, 0])] }));
    peer.apply(first);
    expect([read(peer, 'k'), peer.versions.height]).toEqual([undefined, 2]);
  });

  it('goes on after blocks that were missed', () => {
    const peer = newPeer();
    peer.apply(work(4));
    expect(peer.versions.height).toBe(5);
  });
});
