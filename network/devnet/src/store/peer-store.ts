import { EMPTY, compareBytes, equalBytes, hex, sha256, text, utf8 } from '../proto/bytes';
import { readPrivateSets, writePrivateSets, type PrivateSet } from '../proto/private-set';
import { readKvSet, writeKvSet } from '../proto/rwset';
import { keys, parsePrivateSet, parsePrivateWriter, parseSetExpiry, ranges, type KeyRange } from './keys';
import type { Change, Entry, OrderedStore } from './ordered-store';
import type { HashedKey, NamedPrivateSet, PeerWork } from './peer-work';
import type { StoredValue } from './state';
import type { HashUpdate } from './updates';
import { formatNumber, formatStaged, formatValue, parseNumber, parseStaged, parseValue } from './values';
import { VersionedStore } from './versioned-store';

/** Blocks for which an endorsed transaction's private sets are kept (Fabric's transientstore retention). */
const RETENTION = 1000;
const PURGE_EVERY = 100;
const ALL = 1 << 30;

/** What one organisation's peer alone has: private values, staged sets of endorsed transactions, private sets per block. */
export class PeerStore {
  readonly versions: VersionedStore;
  readonly #store: OrderedStore;
  constructor(
    readonly mspId: string,
    store: OrderedStore,
    chainHeight: number,
  ) {
    this.#store = store;
    const savepoint = store.get(keys.single('savepoint'));
    this.versions = new VersionedStore(store, savepoint === undefined ? chainHeight : parseNumber(savepoint));
    if (savepoint === undefined) store.write([{ key: keys.single('savepoint'), value: formatNumber(chainHeight) }]);
  }

  /** Keeps the private sets of an endorsed transaction (serialized rwset.TxPvtReadWriteSet) until it commits. */
  stage(txId: string, sets: Uint8Array): void {
    this.#store.write([{ key: keys.staged(txId, sha256(sets)), value: formatStaged(this.versions.height, sets) }]);
  }

  /**
   * Does what a committed block asks, as one transaction. Work that was done before the process ended is not done again; a peer
   * that missed blocks altogether (a file that came later) goes on without their private data. A block that asks nothing of this
   * peer writes nothing: the savepoint then stays behind, and the next work or opening moves it.
   */
  apply(work: PeerWork): void {
    if (work.block < this.versions.height) return;
    while (this.versions.height < work.block) this.versions.commit([]);
    const changes = new PeerChanges(this.mspId, this.#store, work).all();
    const savepoint = { key: keys.single('savepoint'), value: formatNumber(work.block + 1) };
    this.versions.commit(changes.length === 0 ? [] : [...changes, savepoint]);
  }

  /** Private sets of a block by transaction index: serialized rwset.TxPvtReadWriteSet. */
  privateDataOf(block: number): ReadonlyMap<number, Uint8Array> {
    const entries = this.#store.scan(ranges.privateSets(block).start, ranges.privateSets(block).end, ALL);
    return new Map(entries.map(({ key, value }) => [parsePrivateSet(key).tx, value]));
  }

  close(): void {
    this.#store.close();
  }
}

/** What one block changes in one peer's file; later changes of a key hold. */
class PeerChanges {
  readonly #changes = new Map<string, Change>();
  constructor(
    readonly mspId: string,
    readonly store: OrderedStore,
    readonly work: PeerWork,
  ) {}

  all(): readonly Change[] {
    const found = this.work.sets.filter(({ members }) => members.includes(this.mspId)).flatMap((named) => this.#find(named));
    for (const { named, set } of found) this.#keep(named, set);
    const plain = new Map(found.filter(({ named }) => named.isApplied).flatMap(({ named, set }) => plainWrites(named, set)));
    for (const update of this.work.updates) this.#update(update, plain.get(nameOf(update)));
    for (const key of this.work.expired) this.#forget(key);
    this.#dropExpiredSets();
    this.#unstage();
    return [...this.#changes.values()];
  }

  #find(named: NamedPrivateSet): readonly { readonly named: NamedPrivateSet; readonly set: PrivateSet }[] {
    const candidates = this.#scan(ranges.staged(named.txId)).flatMap(({ value }) => readPrivateSets(parseStaged(value).sets));
    const set = candidates.find(
      ({ namespace, collection, rwset }) =>
        namespace === named.namespace && collection === named.collection && equalBytes(sha256(rwset), named.hash),
    );
    return set === undefined ? [] : [{ named, set }];
  }

  /** Adds a set to those kept of its transaction, and notes which keys it holds and when it goes. */
  #keep(named: NamedPrivateSet, set: PrivateSet): void {
    const { namespace, collection, tx, expiresWith } = named;
    const key = keys.privateSet(this.work.block, tx);
    const kept = this.#get(key);
    const sets = [...(kept === undefined ? [] : readPrivateSets(kept)), set];
    this.#put(key, writePrivateSets(sets));
    const at = [this.work.block, tx] as const;
    for (const write of readKvSet(set.rwset).writes)
      this.#put(keys.privateWriter(namespace, collection, sha256(utf8(write.key)), at), EMPTY);
    if (expiresWith !== undefined) this.#put(keys.setExpiry(expiresWith, at, namespace, collection), EMPTY);
  }

  #update(update: HashUpdate, plain: PlainWrite | undefined): void {
    const { namespace, collection, keyHash, valueHash } = update;
    if (valueHash === undefined) this.#forget(update);
    if (update.purgedBy !== undefined) this.#purge(update, update.purgedBy);
    if (valueHash === undefined) return;
    if (plain !== undefined && equalBytes(sha256(plain.value), valueHash)) {
      const version = update.isMetadataWritten ? update.version : { block: this.work.block, tx: plain.tx };
      this.#put(keys.private(namespace, collection, plain.key), formatValue({ value: plain.value, metadata: undefined, version }));
      this.#put(keys.privateKey(namespace, collection, keyHash), utf8(plain.key));
    } else if (update.isMetadataWritten) this.#moveVersion(update, valueHash);
  }

  /** New metadata means a new version; the private value follows if it is the one that the hash stands for. */
  #moveVersion(update: HashUpdate, valueHash: Uint8Array): void {
    const stored = this.#valueOf(update);
    if (stored !== undefined && equalBytes(sha256(stored.value.value), valueHash))
      this.#put(stored.key, formatValue({ ...stored.value, version: update.version }));
  }

  #valueOf({ namespace, collection, keyHash }: HashedKey): { readonly key: Uint8Array; readonly value: StoredValue } | undefined {
    const name = this.#get(keys.privateKey(namespace, collection, keyHash));
    if (name === undefined) return undefined;
    const key = keys.private(namespace, collection, text(name));
    const value = this.#get(key);
    return value && { key, value: parseValue(value) };
  }

  #forget(hashed: HashedKey): void {
    const stored = this.#valueOf(hashed);
    if (stored !== undefined) this.#put(stored.key, undefined);
    this.#put(keys.privateKey(hashed.namespace, hashed.collection, hashed.keyHash), undefined);
  }

  /** A purge reaches the sets that were kept of earlier blocks, and of this one up to the purging transaction. */
  #purge({ namespace, collection, keyHash }: HashedKey, purgedBy: number): void {
    for (const { key } of this.#scan(ranges.privateWriters(namespace, collection, keyHash))) {
      const { block, tx } = parsePrivateWriter(key);
      if (block === this.work.block && tx > purgedBy) continue;
      this.#rewriteSet(block, tx, (set) => (set.namespace === namespace && set.collection === collection ? without(set, keyHash) : set));
      this.#put(key, undefined);
    }
  }

  #dropExpiredSets(): void {
    for (const { key } of this.#scan(ranges.setsExpiring(this.work.block))) {
      const due = parseSetExpiry(key);
      this.#rewriteSet(due.block, due.tx, (set) =>
        set.namespace === due.namespace && set.collection === due.collection ? undefined : set,
      );
      this.#put(key, undefined);
    }
  }

  #rewriteSet(block: number, tx: number, rewrite: (set: PrivateSet) => PrivateSet | undefined): void {
    const key = keys.privateSet(block, tx);
    const kept = this.#get(key);
    if (kept === undefined) return;
    const left = readPrivateSets(kept)
      .map(rewrite)
      .filter((set) => set !== undefined);
    this.#put(key, left.length === 0 ? undefined : writePrivateSets(left));
  }

  #unstage(): void {
    for (const txId of this.work.txIds) for (const { key } of this.#scan(ranges.staged(txId))) this.#put(key, undefined);
    if (this.work.block % PURGE_EVERY !== 0) return;
    for (const { key, value } of this.#scan(ranges.staged()))
      if (parseStaged(value).height + RETENTION < this.work.block) this.#put(key, undefined);
  }

  #get(key: Uint8Array): Uint8Array | undefined {
    const change = this.#changes.get(hex(key));
    return change === undefined ? this.store.get(key) : change.value;
  }

  #put(key: Uint8Array, value: Uint8Array | undefined): void {
    this.#changes.set(hex(key), { key, value });
  }

  /** With what this block changed so far. */
  #scan({ start, end }: KeyRange): readonly Entry[] {
    const entries = new Map(this.store.scan(start, end, ALL).map((entry) => [hex(entry.key), entry]));
    for (const [name, { key, value }] of this.#changes) {
      if (compareBytes(key, start) < 0 || compareBytes(key, end) >= 0) continue;
      if (value === undefined) entries.delete(name);
      else entries.set(name, { key, value });
    }
    return [...entries.values()];
  }
}

interface PlainWrite {
  readonly key: string;
  readonly value: Uint8Array;
  readonly tx: number;
}

/** The plain writes of a set by place; of several valid transactions of a block the last one's. */
function plainWrites({ namespace, collection, tx }: NamedPrivateSet, set: PrivateSet): readonly (readonly [string, PlainWrite])[] {
  return readKvSet(set.rwset).writes.map(({ key, value }) => [
    nameOf({ namespace, collection, keyHash: sha256(utf8(key)) }),
    { key, value, tx },
  ]);
}

function nameOf({ namespace, collection, keyHash }: HashedKey): string {
  return JSON.stringify([namespace, collection, hex(keyHash)]);
}

function without(set: PrivateSet, keyHash: Uint8Array): PrivateSet {
  const content = readKvSet(set.rwset);
  const isKept = ({ key }: { readonly key: string }): boolean => !equalBytes(sha256(utf8(key)), keyHash);
  return {
    ...set,
    rwset: writeKvSet({ ...content, writes: content.writes.filter(isKept), metadataWrites: content.metadataWrites.filter(isKept) }),
  };
}
