import { METADATA, readBlock } from '../proto/blocks';
import { EMPTY } from '../proto/bytes';
import { HEADER_TYPE, readChannelHeader, readEnvelope, readPayload } from '../proto/envelopes';
import {
  readActionPayload,
  readChaincodeAction,
  readChaincodeEvent,
  readResponsePayload,
  readTransaction,
  type ChaincodeEvent,
} from '../proto/transactions';
import { MalformedMessage } from '../proto/wire';

/** A transaction of a block, as far as event services tell of it. */
export interface TransactionDigest {
  readonly txId: string;
  readonly type: number;
  /** peer.TxValidationCode */
  readonly code: number;
  readonly event: ChaincodeEvent | undefined;
}

export interface BlockDigest {
  readonly number: number;
  readonly channelId: string;
  readonly transactions: readonly TransactionDigest[];
}

/** Reads a committed block (serialized common.Block) for the event services. */
export function digestBlock(bytes: Uint8Array): BlockDigest {
  const block = readBlock(bytes);
  const codes = block.metadata[METADATA.transactionsFilter] ?? EMPTY;
  const transactions = block.items.map((item, index) => digestTransaction(item, codes[index] ?? 0));
  return { number: block.number, channelId: transactions.find(({ channelId }) => channelId !== '')?.channelId ?? '', transactions };
}

const NOTHING = { txId: '', type: 0, channelId: '', event: undefined };

function digestTransaction(item: Uint8Array, code: number): TransactionDigest & { readonly channelId: string } {
  try {
    const payload = readPayload(readEnvelope(item).payload);
    const { txId, type, channelId } = readChannelHeader(payload.channelHeader);
    return { txId, type, channelId, code, event: type === HEADER_TYPE.endorserTransaction ? eventOf(payload.data) : undefined };
  } catch (error) {
    if (error instanceof MalformedMessage) return { ...NOTHING, code };
    throw error;
  }
}

function eventOf(data: Uint8Array): ChaincodeEvent | undefined {
  try {
    const [action] = readTransaction(data);
    const opened = action && readActionPayload(action.payload);
    const { events } = readChaincodeAction(readResponsePayload(opened?.responsePayload ?? EMPTY).extension);
    return events.length === 0 ? undefined : readChaincodeEvent(events);
  } catch (error) {
    if (error instanceof MalformedMessage) return undefined;
    throw error;
  }
}

const KEPT = 64;

/** Digests of the newest blocks asked for: many streams read one block once. */
export class BlockDigests {
  readonly #digests = new Map<number, BlockDigest>();

  of(number: number, bytes: Uint8Array): BlockDigest {
    const known = this.#digests.get(number);
    if (known !== undefined) return known;
    const digest = digestBlock(bytes);
    this.#digests.set(number, digest);
    const [oldest] = this.#digests.keys();
    if (this.#digests.size > KEPT && oldest !== undefined) this.#digests.delete(oldest);
    return digest;
  }
}
