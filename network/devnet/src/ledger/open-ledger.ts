import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { deserialize } from 'node:v8';
import type { ChaincodeDefinition, Channel, Collection } from '../config/channel';
import { parseChannel } from '../config/parse-channel';
import { explainVerdicts } from '../explain/explain-verdicts';
import { blockHeaderHash, readBlock } from '../proto/blocks';
import { keys } from '../store/keys';
import type { CommittedBlock, Ledger, TransactionPlace } from '../store/ledger';
import { newMemoryStore } from '../store/memory-store';
import type { OrderedStore } from '../store/ordered-store';
import { PeerStore } from '../store/peer-store';
import type { PeerWork } from '../store/peer-work';
import { newRememberingStore } from '../store/remembering-store';
import { openSqliteStore } from '../store/sqlite-store';
import { newStateView } from '../store/state-view';
import type { StateReader } from '../store/state';
import { StoreRefused } from '../store/store-refused';
import { parseNumber, parsePlace } from '../store/values';
import { VersionedStore } from '../store/versioned-store';
import type { BlockView } from '../committer/block-view';
import { commitBlock } from '../committer/commit-block';
import { Definitions } from './definitions';
import { readExpiring } from './read-expiring';
import { LaggingPeer } from './lagging-peer';
import type { ValidatedBlock } from '../committer/conclude-block';
import { validateBlock } from '../committer/validate-block';

export interface LedgerOptions {
  /** Where the files are, or ':memory:' for a ledger that nobody keeps. */
  readonly folder: string;
  /** Serialized common.Block 0; used where the folder has no chain yet. */
  readonly genesis: Uint8Array;
  /** MSP ids of the organisations whose peers this process plays: their private files are kept here. */
  readonly hostedMsps: readonly string[];
}

const MEMORY = ':memory:';

/**
 * Opens the chain of a folder, or begins it with the genesis block. `chain.sqlite` is the truth; each `peers/<MSP id>.sqlite`
 * that the end of a process left a block behind is brought up to it.
 * @throws StoreRefused, ConfigRefused, MspRefused, BlockRefused
 */
export function openLedger(options: LedgerOptions): Ledger {
  const chain = newRememberingStore(openStore(options.folder, 'chain'));
  const peers: PeerStore[] = [];
  try {
    const height = heightOf(chain);
    for (const mspId of options.hostedMsps) {
      const peer = new PeerStore(mspId, openStore(options.folder, join('peers', mspId)), height);
      peers.push(peer);
      catchUp(peer, chain, height);
    }
    const ledger = new DurableLedger(new VersionedStore(chain, height), peers, options);
    if (height === 0) ledger.commit(options.genesis);
    return ledger;
  } catch (error) {
    chain.close();
    for (const peer of peers) peer.close();
    throw error;
  }
}

function openStore(folder: string, name: string): OrderedStore {
  if (folder === MEMORY) return newMemoryStore();
  const path = join(folder, `${name}.sqlite`);
  mkdirSync(join(path, '..'), { recursive: true, mode: 0o700 });
  return openSqliteStore(path);
}

/** Blocks are numbered from 0 without gaps, so the height is found by halving. */
function heightOf(chain: OrderedStore): number {
  const has = (block: number): boolean => chain.get(keys.block(block)) !== undefined;
  let beyond = 1;
  while (has(beyond - 1)) beyond *= 2;
  let known = Math.floor(beyond / 2);
  while (known + 1 < beyond) {
    const middle = Math.floor((known + beyond) / 2);
    if (has(middle - 1)) known = middle;
    else beyond = middle;
  }
  return known;
}

function catchUp(peer: PeerStore, chain: OrderedStore, height: number): void {
  const { versions, mspId } = peer;
  if (versions.height > height)
    throw new StoreRefused(mspId, `it is ahead of the chain (${String(versions.height)} of ${String(height)} blocks)`);
  const work = chain.get(keys.single('peerWork'));
  if (work !== undefined && versions.height < height) peer.apply(deserialize(work) as PeerWork);
}

class DurableLedger implements Ledger {
  readonly #chain: VersionedStore;
  readonly #folder: string;
  readonly #peerStores: PeerStore[];
  readonly #peers: Map<string, LaggingPeer>;
  readonly #definitions = new Definitions();
  readonly #listeners = new Set<(block: CommittedBlock) => void>();
  #channel: Channel;
  #headerHash: Uint8Array | undefined;

  constructor(chain: VersionedStore, peerStores: readonly PeerStore[], { folder, genesis }: LedgerOptions) {
    this.#chain = chain;
    this.#folder = folder;
    this.#peerStores = [...peerStores];
    this.#peers = new Map(peerStores.map((store) => [store.mspId, new LaggingPeer(chain, store)]));
    const configBlock = chain.store.get(keys.single('configBlock'));
    this.#channel = parseChannel((configBlock && this.block(parseNumber(configBlock))) ?? genesis);
    const last = chain.height === 0 ? undefined : this.block(chain.height - 1);
    this.#headerHash = last && blockHeaderHash(readBlock(last));
  }

  get height(): number {
    return this.#chain.height;
  }

  get channel(): Channel {
    return this.#channel;
  }

  peer(mspId: string): LaggingPeer | undefined {
    return this.#peers.get(mspId);
  }

  block(number: number): Uint8Array | undefined {
    return Number.isSafeInteger(number) && number >= 0 ? this.#chain.store.get(keys.block(number)) : undefined;
  }

  transaction(txId: string): TransactionPlace | undefined {
    const stored = this.#chain.store.get(keys.transaction(txId));
    return stored && parsePlace(stored);
  }

  definition(state: StateReader, chaincode: string): ChaincodeDefinition | undefined {
    return this.#definitions.find(state, chaincode);
  }

  collection(state: StateReader, chaincode: string, name: string): Collection | undefined {
    return this.#definitions.findCollection(state, this.#channel, { chaincode, name });
  }

  /** Chain first, then the peers' files, then whoever listens: what a listener hears can be read. */
  commit(bytes: Uint8Array): CommittedBlock {
    const block = readBlock(bytes);
    const view = this.#chain.hold(this.height);
    let validated: ValidatedBlock;
    let explanations: ReadonlyMap<number, string>;
    try {
      const blockView = this.#view(newStateView(view, this.height));
      validated = validateBlock(block, blockView);
      explanations = explainVerdicts(validated.verdicts);
    } finally {
      view.release();
    }
    const committed = commitBlock(this.#chain, validated);
    for (const peer of this.#peerStores) peer.apply(validated.peerWork);
    for (const peer of this.#peers.values()) peer.follow();
    this.#channel = validated.channel ?? this.#channel;
    this.#headerHash = blockHeaderHash(block);
    return this.#tell(validated, committed, explanations);
  }

  host(mspId: string): LaggingPeer {
    const hosted = this.#peers.get(mspId);
    if (hosted !== undefined) return hosted;
    const store = new PeerStore(mspId, openStore(this.#folder, join('peers', mspId)), this.height);
    catchUp(store, this.#chain.store, this.height);
    const peer = new LaggingPeer(this.#chain, store);
    this.#peerStores.push(store);
    this.#peers.set(mspId, peer);
    return peer;
  }

  holdBack(mspId: string, blocks: number): void {
    const peer = this.#peers.get(mspId);
    if (peer === undefined || !Number.isSafeInteger(blocks) || blocks < 0)
      throw new RangeError(`no hosted peer of ${mspId} can be held back by ${String(blocks)} blocks`);
    peer.holdBack(blocks);
  }

  onCommit(listener: (block: CommittedBlock) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  close(): void {
    for (const store of this.#peerStores) store.close();
    this.#chain.store.close();
  }

  #view(state: StateReader): BlockView {
    return {
      channel: this.#channel,
      state,
      commitHash: this.#chain.store.get(keys.single('commitHash')),
      headerHash: this.#headerHash,
      hasTransaction: (txId) => this.transaction(txId) !== undefined,
      definition: (chaincode) => this.definition(state, chaincode),
      collection: (chaincode, name) => this.collection(state, chaincode, name),
      expiring: (block) => readExpiring(this.#chain.store, block),
    };
  }

  #tell({ block, verdicts, commitHash }: ValidatedBlock, bytes: Uint8Array, explanations: ReadonlyMap<number, string>): CommittedBlock {
    const told: CommittedBlock = {
      number: block.number,
      bytes,
      codes: verdicts.map(({ code }) => code),
      txIds: verdicts.map(({ txId }) => txId),
      commitHash,
      explanations,
    };
    for (const listener of [...this.#listeners]) listener(told);
    return told;
  }
}
