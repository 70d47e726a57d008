import type { HashUpdate } from './updates';

/** A private set that a transaction of the block names: peers of the member organisations keep it, if they have it. */
export interface NamedPrivateSet {
  readonly tx: number;
  readonly txId: string;
  readonly namespace: string;
  readonly collection: string;
  /** sha256 of the set. */
  readonly hash: Uint8Array;
  readonly members: readonly string[];
  /** Its transaction is valid: what it writes takes effect. */
  readonly isApplied: boolean;
  /** Block with which the set goes; absent: never. */
  readonly expiresWith: number | undefined;
}

/** A private key by the hash of its name. */
export interface HashedKey {
  readonly namespace: string;
  readonly collection: string;
  readonly keyHash: Uint8Array;
}

/** All that a block asks of the peers' private stores. It says the same to each peer, and can be done again after a crash. */
export interface PeerWork {
  readonly block: number;
  /** Also of invalid transactions: they are kept, and not applied. */
  readonly sets: readonly NamedPrivateSet[];
  /** Transactions whose staged sets are no longer needed. */
  readonly txIds: readonly string[];
  readonly updates: readonly HashUpdate[];
  readonly expired: readonly HashedKey[];
}
