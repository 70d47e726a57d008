/**
 * A recording is one protobuf message, compressed with zstd; `zstd -d | protoc --decode_raw` reads it. Its fields, in this order:
 *
 *   about = 1 (JSON, RecordingFacts), block = 2 (common.Block, from block 0 on), filtered_block = 3 (peer.FilteredBlock, as DeliverFiltered
 *   answers), events = 4 (gateway.ChaincodeEventsResponse), status = 5 (JSON, RecordedStatus), end = 6 (empty: the file is whole)
 *
 * Fields 3 to 5 are there where the answers that clients get were recorded too. Nothing in it is secret to a member of the channel: blocks
 * hold hashes of private data, and no keys.
 */
export const FIELD = { about: 1, block: 2, filteredBlock: 3, events: 4, status: 5, end: 6 } as const;

export type Field = (typeof FIELD)[keyof typeof FIELD];

export interface RecordedField {
  readonly field: number;
  readonly bytes: Uint8Array;
}

export interface RecordingFacts {
  readonly format: 'medaccord-recording';
  readonly version: 1;
  readonly network: string;
  readonly ledger: string;
  readonly channel: string;
  /** The chaincode whose events were recorded. */
  readonly chaincode: string;
  /** The organisation whose peer was asked. */
  readonly organisation: string;
}

/** What CommitStatus answers for a transaction: its code and the number of its block. */
export type RecordedStatus = readonly [txId: string, code: number, block: number];
