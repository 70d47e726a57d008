import type { ChaincodeDefinition, Channel, Collection } from '../config/channel';
import type { PrivateReader, StateReader } from './state';

/** Where a transaction is in the chain, with its validation code (peer.TxValidationCode). */
export interface TransactionPlace {
  readonly block: number;
  readonly index: number;
  readonly code: number;
}

export interface CommittedBlock {
  readonly number: number;
  /** Serialized common.Block with metadata 2 and 4 filled. */
  readonly bytes: Uint8Array;
  readonly codes: readonly number[];
  /** Absent for block 0. */
  readonly commitHash: Uint8Array | undefined;
  readonly txIds: readonly string[];
  /** Explanations for people per invalid transaction, by index; empty where there is nothing to say. */
  readonly explanations: ReadonlyMap<number, string>;
}

/** One organisation's peer: its view of the shared state (which may be held back), and its own private state. */
export interface PeerLedger {
  readonly mspId: string;
  /** A snapshot at this peer's height. Release it when the simulation ends. */
  snapshot(): Snapshot;
  /** Keeps the private write sets of an endorsed transaction until it commits (Fabric's transient store). `pvt`: serialized rwset.TxPvtReadWriteSet. */
  stage(txId: string, pvt: Uint8Array): void;
  /** Private write sets this peer stores of a block, by transaction index: serialized rwset.TxPvtReadWriteSet (for DeliverWithPrivateData). */
  privateDataOf(block: number): ReadonlyMap<number, Uint8Array>;
  readonly height: number;
}

export interface Snapshot {
  readonly state: StateReader;
  readonly privates: PrivateReader;
  release(): void;
}

/** The committed chain: what the committer writes and everything else reads. */
export interface Ledger {
  readonly height: number;
  /** The newest configuration. */
  readonly channel: Channel;
  peer(mspId: string): PeerLedger | undefined;
  block(number: number): Uint8Array | undefined;
  transaction(txId: string): TransactionPlace | undefined;
  /** By the definition committed in `state`; system namespaces have none. */
  definition(state: StateReader, chaincode: string): ChaincodeDefinition | undefined;
  /** An explicit collection of the definition, or an implicit one (`_implicit_org_<MSP>`) of a member. */
  collection(state: StateReader, chaincode: string, name: string): Collection | undefined;
  /** Validates an ordered block (metadata 2 and 4 absent), applies it in one database transaction, tells the listeners. */
  commit(block: Uint8Array): CommittedBlock;
  /** Plays this organisation's peer too from now on: a member that joined. Private data of earlier blocks it does not have. */
  host(mspId: string): PeerLedger;
  /** Lets that organisation's peer show a state `blocks` older than the chain's from now on; it never goes back in time. 0 ends it. */
  holdBack(mspId: string, blocks: number): void;
  /** Called after each commit, in order. Returns the function that ends it. */
  onCommit(listener: (block: CommittedBlock) => void): () => void;
  close(): void;
}
