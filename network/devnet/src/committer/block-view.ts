import type { ChaincodeDefinition, Channel, Collection } from '../config/channel';
import type { StateReader } from '../store/state';

/** A private key whose time ends with a block, and the block that wrote it. */
export interface Expiring {
  readonly namespace: string;
  readonly collection: string;
  readonly keyHash: Uint8Array;
  readonly writtenIn: number;
}

/** All that the rules may ask about the chain before a block. */
export interface BlockView {
  readonly channel: Channel;
  readonly state: StateReader;
  /** Commit hash of the block before; absent before block 1. */
  readonly commitHash: Uint8Array | undefined;
  /** Hash of the last block's header; absent before block 0. */
  readonly headerHash: Uint8Array | undefined;
  hasTransaction(txId: string): boolean;
  definition(chaincode: string): ChaincodeDefinition | undefined;
  collection(chaincode: string, name: string): Collection | undefined;
  /** What block-to-live removes with this block, unless it was renewed. */
  expiring(block: number): readonly Expiring[];
}
