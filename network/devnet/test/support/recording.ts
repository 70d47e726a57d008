import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { METADATA, readBlock, withMetadata, writeBlock } from '../../src/proto/blocks';
import { EMPTY } from '../../src/proto/bytes';
import { readChannelHeader, readEnvelope, readPayload } from '../../src/proto/envelopes';
import { readActionPayload, readTransaction, type TransactionAction } from '../../src/proto/transactions';

const FOLDER = join(__dirname, '../data/fabric-golden');

export interface RecordedError {
  readonly name: string;
  readonly code: number;
  readonly message: string;
  /** [MSP id, text] */
  readonly details: readonly (readonly [string, string])[];
}

export interface RecordedAnswer {
  readonly result?: string;
  readonly endorsers?: readonly string[];
  readonly txid?: string;
  readonly code?: number;
  readonly block?: number;
  readonly each?: readonly { readonly name: string; readonly code: number; readonly block: number }[];
  readonly error?: RecordedError;
}

/** A step of the transcript; see the recording's README. */
export interface Step {
  readonly kind: 'submit' | 'evaluate' | 'endorse' | 'order' | 'again';
  readonly org: string | null;
  readonly script: readonly (string | readonly unknown[])[];
  readonly as?: string;
  readonly orgs?: readonly string[];
  readonly transient?: Readonly<Record<string, string>>;
  readonly answer: RecordedAnswer;
}

/** A transaction of the recorded blocks. */
export interface RecordedTransaction extends TransactionAction {
  readonly txId: string;
  readonly block: number;
  readonly channelHeader: Uint8Array;
}

export function readTranscript(): readonly Step[] {
  return JSON.parse(readFileSync(join(FOLDER, 'transcript.json'), 'utf8')) as Step[];
}

/** The recorded blocks as an orderer hands them out: without validation codes and commit hash. */
export function readOrderedBlocks(): readonly Uint8Array[] {
  return readdirSync(join(FOLDER, 'blocks'))
    .filter((name) => name.endsWith('.block'))
    .sort()
    .map((name) => {
      const block = readBlock(new Uint8Array(readFileSync(join(FOLDER, 'blocks', name))));
      return writeBlock(withMetadata(withMetadata(block, METADATA.transactionsFilter, EMPTY), METADATA.commitHash, EMPTY));
    });
}

/** By transaction id. */
export function readRecordedTransactions(blocks: readonly Uint8Array[]): ReadonlyMap<string, RecordedTransaction> {
  // Block 0 is the configuration.
  const found = blocks.slice(1).flatMap((bytes, at) => {
    return readBlock(bytes).items.map((item) => openTransaction(item, at + 1));
  });
  return new Map(found.map((transaction) => [transaction.txId, transaction]));
}

function openTransaction(item: Uint8Array, block: number): RecordedTransaction {
  const { channelHeader, data } = readPayload(readEnvelope(item).payload);
  const [action] = readTransaction(data);
  const opened = action && readActionPayload(action.payload);
  if (action === undefined || opened === undefined) throw new Error(`block ${String(block)} holds something else than a transaction`);
  return { txId: readChannelHeader(channelHeader).txId, block, channelHeader, header: action.header, ...opened };
}

export function mspIdOf(organisation: string): string {
  return `${organisation.charAt(0).toUpperCase()}${organisation.slice(1)}MSP`;
}
