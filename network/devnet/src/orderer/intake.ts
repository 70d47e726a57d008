import type { Channel } from '../config/channel';
import { HEADER_TYPE, readChannelHeader, readEnvelope, readPayload, readSignatureHeader, type Envelope } from '../proto/envelopes';
import { transactionId } from '../proto/transactions';
import { MalformedMessage } from '../proto/wire';

/** Statuses of common.Status that ordering answers with. */
export type OrderingStatus = 'BAD_REQUEST' | 'FORBIDDEN' | 'SERVICE_UNAVAILABLE';

/** Ordering does not take the message; `info` is Fabric's text (orderer/common/broadcast/broadcast.go). */
export class OrderingRefusal extends Error {
  override readonly name = 'OrderingRefusal';

  constructor(
    readonly status: OrderingStatus,
    readonly info: string,
  ) {
    super(`${status}: ${info}`);
  }
}

export interface Incoming {
  readonly envelope: Envelope;
  /** Hex of sha256 over nonce and creator. */
  readonly key: string;
  readonly type: number;
}

/**
 * The filters of an orderer for one message, in their order (orderer/common/msgprocessor/standardchannel.go):
 * channel, empty, size, expired creator, /Channel/Writers. Nothing here looks at what the transaction does.
 * @throws OrderingRefusal
 */
export function inspectMessage(bytes: Uint8Array, channel: Channel, now: Date): Incoming {
  const message = openMessage(bytes);
  const { envelope } = message;
  if (message.channelId !== channel.id) throw new OrderingRefusal('BAD_REQUEST', 'channel does not exist');
  if (message.type === HEADER_TYPE.config) throw new OrderingRefusal('BAD_REQUEST', 'message is of type that cannot be processed directly');
  const size = envelope.payload.length + envelope.signature.length;
  const most = channel.batch.absoluteMaxBytes;
  if (size > most) throw new OrderingRefusal('BAD_REQUEST', `message payload is ${size} bytes and exceeds maximum allowed ${most} bytes`);
  assertWriter(message, channel, now);
  return { envelope, key: message.key, type: message.type };
}

/** Whether the creator may still write: asked again for waiting messages after the configuration changed. */
export function isStillAcceptable(bytes: Uint8Array, channel: Channel, now: Date): boolean {
  try {
    assertWriter(openMessage(bytes), channel, now);
    return true;
  } catch (error) {
    if (error instanceof OrderingRefusal) return false;
    throw error;
  }
}

interface OpenMessage extends Incoming {
  readonly channelId: string;
  readonly creator: Uint8Array;
}

function openMessage(bytes: Uint8Array): OpenMessage {
  try {
    const envelope = readEnvelope(bytes);
    if (envelope.payload.length === 0) throw new OrderingRefusal('BAD_REQUEST', 'Message was empty');
    const payload = readPayload(envelope.payload);
    if (!payload.hasHeader) throw new OrderingRefusal('BAD_REQUEST', 'could not determine channel ID: no header in payload');
    const { channelId, type } = readChannelHeader(payload.channelHeader);
    const { nonce, creator } = readSignatureHeader(payload.signatureHeader);
    return { envelope, key: transactionId(nonce, creator), type, channelId, creator };
  } catch (error) {
    if (!(error instanceof MalformedMessage)) throw error;
    throw new OrderingRefusal('BAD_REQUEST', `could not determine channel ID: ${error.message}`);
  }
}

function assertWriter({ envelope, creator }: OpenMessage, channel: Channel, now: Date): void {
  const identity = channel.msps.identify(creator);
  if (!('problem' in identity) && identity.expiresAt <= now) throw new OrderingRefusal('BAD_REQUEST', 'broadcast client identity expired');
  const signed = { identity: creator, message: envelope.payload, signature: envelope.signature };
  if (channel.policies.evaluate('/Channel/Writers', [signed]).satisfied) return;
  throw new OrderingRefusal(
    'FORBIDDEN',
    "implicit policy evaluation failed - 0 sub-policies were satisfied, but this policy requires 1 of the 'Writers' sub-policies to be satisfied: permission denied",
  );
}
