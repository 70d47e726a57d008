import type { Version } from './state';

/** What a block makes of a public key; no value: it is gone (or was never there). */
export interface PublicUpdate {
  readonly namespace: string;
  readonly key: string;
  readonly value: Uint8Array | undefined;
  readonly metadata: Uint8Array | undefined;
  readonly version: Version;
}

/** What a block makes of a private key's hash. */
export interface HashUpdate {
  readonly namespace: string;
  readonly collection: string;
  readonly keyHash: Uint8Array;
  readonly valueHash: Uint8Array | undefined;
  readonly metadata: Uint8Array | undefined;
  readonly version: Version;
  /** Some transaction of the block wrote metadata: a private value that fits the hash moves to the new version. */
  readonly isMetadataWritten: boolean;
  /** Index of the last transaction of the block that purged the key: its older traces in the private store go too. */
  readonly purgedBy: number | undefined;
}
