import { EMPTY, sha256, utf8 } from '../proto/bytes';
import type { PrivateSet } from '../proto/private-set';
import type { MetadataEntry } from '../proto/rwset';
import type { ChaincodeDefinition, Collection } from '../config/channel';
import type { Ledger, Snapshot } from '../store/ledger';
import type { KeyModification, StoredHash, Version } from '../store/state';
import { buildInterest, type WrittenKey } from './build-interest';
import type { Interest } from './interest';
import { parseKeyMetadata } from '../proto/key-metadata';
import { newScan, StateScan, type Scan, type ScanRow } from './range-scan';
import { ReadWriteSet, type ReadWriteBytes } from './read-write-set';
import { RequestRefused } from './request-refused';

const LIFECYCLE = '_lifecycle';
const DEFINITION_FIELDS = ['Collections', 'EndorsementInfo', 'Sequence', 'ValidationInfo'];

export interface SimulationSource {
  readonly txId: string;
  readonly ledger: Ledger;
  readonly snapshot: Snapshot;
}

interface RangeRequest {
  readonly namespace: string;
  readonly startKey: string;
  readonly endKey: string;
}

/**
 * One transaction on one peer's state: what chaincode reads, and what it would write. Nothing written is seen by a later read of the same
 * transaction (core/ledger/kvledger/txmgmt/txmgr/{query_executor,tx_simulator}.go).
 */
export class Simulation {
  readonly #set = new ReadWriteSet();
  readonly #scans: { namespace: string; scan: StateScan }[] = [];
  readonly #privateReads = new Map<string, Set<string>>();
  readonly #definitionsRead = new Set<string>();
  #wrote = false;
  #queriedPrivate = false;
  #paginated = false;

  constructor(readonly source: SimulationSource) {}

  /** The definition a call of that chaincode rests on. The read is recorded: a redefinition before commit gives code 11. */
  definition(chaincode: string): ChaincodeDefinition | undefined {
    this.#read(LIFECYCLE, `namespaces/fields/${chaincode}/Sequence`);
    const definition = this.source.ledger.definition(this.source.snapshot.state, chaincode);
    if (definition === undefined) this.#read('lscc', chaincode);
    return definition;
  }

  /** A collection, explicit or implicit, as the definition in this state has it; undefined when unknown. */
  collection(namespace: string, name: string): Collection | undefined {
    this.#readDefinition(namespace);
    return this.source.ledger.collection(this.source.snapshot.state, namespace, name);
  }

  get(namespace: string, key: string): Uint8Array {
    return this.#read(namespace, key)?.value ?? EMPTY;
  }

  metadata(namespace: string, key: string): readonly MetadataEntry[] {
    return parseKeyMetadata(this.#read(namespace, key)?.metadata);
  }

  /** An empty value deletes. */
  put(namespace: string, key: string, value: Uint8Array): void {
    this.#assertMayWrite();
    this.#set.of(namespace).writes.set(key, { value, purge: false });
  }

  putMetadata(namespace: string, key: string, entries: readonly MetadataEntry[]): void {
    this.#assertMayWrite();
    this.#set.of(namespace).metadata.set(key, entries);
  }

  range({ namespace, startKey, endKey }: RangeRequest): Scan<ScanRow> {
    return this.#scan({ namespace, startKey, endKey }, 0);
  }

  /** pageSize 0: as many as the peer gives. Makes the transaction read-only. */
  page(request: RangeRequest, pageSize: number): Scan<ScanRow> {
    this.assertMayPaginate();
    return this.#scan(request, pageSize);
  }

  /** Newest first; leaves no trace in the read set. */
  history(namespace: string, key: string): Scan<KeyModification> {
    return newScan(this.source.snapshot.state.history(namespace, key));
  }

  getPrivate(namespace: string, collection: string, key: string): Uint8Array {
    this.#assertCollection(namespace, collection);
    const stored = this.source.snapshot.privates.get(namespace, collection, key);
    const hash = this.#hash(namespace, collection, key);
    if (!isSameVersion(stored?.version, hash?.version)) throw new RequestRefused(unavailable(hash?.version, stored?.version));
    this.#set.of(namespace, collection).reads.set(key, stored?.version);
    const collections = this.#privateReads.get(namespace) ?? new Set();
    this.#privateReads.set(namespace, collections.add(collection));
    return stored?.value ?? EMPTY;
  }

  /** sha256 of the private value, on any peer; empty if absent. */
  getPrivateHash(namespace: string, collection: string, key: string): Uint8Array {
    return this.#readHash(namespace, collection, key)?.valueHash ?? EMPTY;
  }

  privateMetadata(namespace: string, collection: string, key: string): readonly MetadataEntry[] {
    return parseKeyMetadata(this.#readHash(namespace, collection, key)?.metadata);
  }

  putPrivate(namespace: string, collection: string, key: string, value: Uint8Array): void {
    this.#writable(namespace, collection).writes.set(key, { value, purge: false });
  }

  purgePrivate(namespace: string, collection: string, key: string): void {
    this.#writable(namespace, collection).writes.set(key, { value: EMPTY, purge: true });
  }

  putPrivateMetadata(namespace: string, collection: string, key: string, entries: readonly MetadataEntry[]): void {
    this.#writable(namespace, collection).metadata.set(key, entries);
  }

  /** Rows of this peer's private state; leaves no trace in the read set, makes the transaction read-only. */
  privateRange({ namespace, startKey, endKey }: RangeRequest, collection: string): Scan<ScanRow> {
    this.assertMayQueryPrivate(namespace, collection);
    return newScan<ScanRow>(this.source.snapshot.privates.range(namespace, collection, startKey, endKey));
  }

  /** @throws RequestRefused after a write, and for a collection that is not there; from then on writes are refused. */
  assertMayQueryPrivate(namespace: string, collection: string): void {
    if (this.#wrote) throw this.#refusal('Queries on pvt data is supported only in a read-only transaction');
    this.#queriedPrivate = true;
    this.#assertCollection(namespace, collection);
  }

  /** @throws RequestRefused after a write; from then on writes are refused. */
  assertMayPaginate(): void {
    if (this.#wrote) throw this.#refusal('Paginated queries are supported only in a read-only transaction');
    this.#paginated = true;
  }

  interest(): Interest {
    return buildInterest({ written: this.#written(), namespaces: this.#touched(), privateReads: this.#privateReads });
  }

  /** What was written to collections, for a transaction whose other results nobody needs. */
  privateSets(): readonly PrivateSet[] {
    return this.#set.privateSets();
  }

  /** The bytes that are signed and ordered. Call it once, when the chaincode has answered. */
  finish(): ReadWriteBytes {
    for (const { namespace, scan } of this.#scans) {
      this.#set.addRange(namespace, scan.query());
      scan.close();
    }
    return this.#set.serialize();
  }

  /** Namespaces so far, those with only a range query included (their reads enter the set at the end). */
  #touched(): readonly string[] {
    return [...new Set([...this.#set.namespaces(), ...this.#scans.map(({ namespace }) => namespace)])];
  }

  *#written(): Generator<WrittenKey> {
    for (const [namespace, collection, key] of this.#set.written()) {
      const { state } = this.source.snapshot;
      const stored = collection === undefined ? state.get(namespace, key) : this.#hash(namespace, collection, key);
      yield { namespace, collection, committed: parseKeyMetadata(stored?.metadata) };
    }
  }

  #read(namespace: string, key: string): ReturnType<Snapshot['state']['get']> {
    const stored = this.source.snapshot.state.get(namespace, key);
    this.#set.of(namespace).reads.set(key, stored?.version);
    return stored;
  }

  #readHash(namespace: string, collection: string, key: string): StoredHash | undefined {
    this.#assertCollection(namespace, collection);
    const stored = this.#hash(namespace, collection, key);
    this.#set.of(namespace, collection).reads.set(key, stored?.version);
    return stored;
  }

  #hash(namespace: string, collection: string, key: string): StoredHash | undefined {
    return this.source.snapshot.state.getHash(namespace, collection, sha256(utf8(key)));
  }

  /** Any private call rests on the whole definition (core/chaincode/lifecycle/deployedcc_infoprovider.go). */
  #readDefinition(chaincode: string): void {
    if (this.#definitionsRead.has(chaincode)) return;
    this.#definitionsRead.add(chaincode);
    this.#read(LIFECYCLE, `namespaces/metadata/${chaincode}`);
    for (const field of DEFINITION_FIELDS) this.#read(LIFECYCLE, `namespaces/fields/${chaincode}/${field}`);
  }

  #scan({ namespace, startKey, endKey }: RangeRequest, pageSize: number): StateScan {
    const scan = new StateScan(this.source.snapshot.state.range(namespace, startKey, endKey), { startKey, endKey, pageSize });
    this.#scans.push({ namespace, scan });
    return scan;
  }

  #writable(namespace: string, collection: string): ReturnType<ReadWriteSet['of']> {
    this.#assertCollection(namespace, collection);
    this.#assertMayWrite();
    return this.#set.of(namespace, collection);
  }

  #assertCollection(namespace: string, collection: string): void {
    if (this.collection(namespace, collection) === undefined)
      throw new RequestRefused(`collection [${collection}] not defined in the collection config for chaincode [${namespace}]`);
  }

  #assertMayWrite(): void {
    if (this.#queriedPrivate) throw this.#refusal('Transaction has already performed queries on pvt data. Writes are not allowed');
    if (this.#paginated) throw this.#refusal('Transaction has already performed a paginated query. Writes are not allowed');
    this.#wrote = true;
  }

  /** "unsuppored" is Fabric's spelling. */
  #refusal(reason: string): RequestRefused {
    return new RequestRefused(`txid [${this.source.txId}]: unsuppored transaction. ${reason}`);
  }
}

function isSameVersion(a: Version | undefined, b: Version | undefined): boolean {
  return a?.block === b?.block && a?.tx === b?.tx;
}

function unavailable(hash: Version | undefined, value: Version | undefined): string {
  return (
    'private data matching public hash version is not available. ' +
    `Public hash version = ${formatVersion(hash)}, Private data version = ${formatVersion(value)}`
  );
}

function formatVersion(version: Version | undefined): string {
  return version === undefined ? '<nil>' : `{BlockNum: ${String(version.block)}, TxNum: ${String(version.tx)}}`;
}
