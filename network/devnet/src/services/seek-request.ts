import { common, orderer } from '@hyperledger/fabric-protos';
import { Timestamp } from 'google-protobuf/google/protobuf/timestamp_pb';
import type { SignedData } from '../msp/identity';
import { readChannelHeader, readEnvelope, readPayload, readSignatureHeader } from '../proto/envelopes';
import { MalformedMessage, decode } from '../proto/wire';
import { readPosition, type Position } from './seek-position';

/** common.Status as deliver services answer with. */
export const DELIVER_STATUS = {
  success: common.Status.SUCCESS,
  badRequest: common.Status.BAD_REQUEST,
  forbidden: common.Status.FORBIDDEN,
  notFound: common.Status.NOT_FOUND,
} as const;

export type DeliverStatus = (typeof DELIVER_STATUS)[keyof typeof DELIVER_STATUS];

/** A request for blocks, as far as it can be read without the chain. */
export interface SeekRequest {
  readonly channelId: string;
  readonly signed: SignedData;
  readonly seek: Seek | undefined;
}

export interface Seek {
  readonly start: Position | undefined;
  readonly stop: Position | undefined;
  readonly waits: boolean;
  /** Data of transactions is left out. */
  readonly headersOnly: boolean;
}

const TIME_WINDOW_MS = 15 * 60_000;

/** Reads a serialized Envelope of type DELIVER_SEEK_INFO; undefined: 400 (common/deliver/deliver.go). `seek` is undefined when only it is unreadable. */
export function readSeekRequest(bytes: Uint8Array, now: number): SeekRequest | undefined {
  const opened = attempt(() => {
    const { payload, signature } = readEnvelope(bytes);
    const { channelHeader, signatureHeader, data, hasHeader } = readPayload(payload);
    const { creator } = readSignatureHeader(signatureHeader);
    return { header: readChannelHeader(channelHeader), signed: { identity: creator, message: payload, signature }, data, hasHeader };
  });
  const timestamp = opened?.header.timestamp;
  if (opened === undefined || !opened.hasHeader || timestamp === undefined) return undefined;
  const sent = Timestamp.deserializeBinary(timestamp).toDate().getTime();
  if (Math.abs(sent - now) > TIME_WINDOW_MS) return undefined;
  return { channelId: opened.header.channelId, signed: opened.signed, seek: attempt(() => readSeek(opened.data)) };
}

function readSeek(data: Uint8Array): Seek {
  const info = decode(orderer.SeekInfo, data);
  return {
    start: readPosition(info.getStart()),
    stop: readPosition(info.getStop()),
    waits: info.getBehavior() === orderer.SeekInfo.SeekBehavior.BLOCK_UNTIL_READY,
    headersOnly: info.getContentType() === orderer.SeekInfo.SeekContentType.HEADER_WITH_SIG,
  };
}

/** First and last block of a seek, or the status that refuses it. height: number of blocks there are. */
export function resolveRange({ start, stop }: Seek, height: number): { readonly first: number; readonly last: number } | DeliverStatus {
  if (start === undefined || stop === undefined) return DELIVER_STATUS.badRequest;
  const newest = height - 1;
  const first = { oldest: 0, newest, next: height, specified: start.kind === 'specified' ? start.number : 0 }[start.kind];
  if (first > height) return DELIVER_STATUS.notFound;
  const last = { oldest: first, newest, next: newest, specified: stop.kind === 'specified' ? stop.number : 0 }[stop.kind];
  if (stop.kind === 'specified' && last < first) return DELIVER_STATUS.badRequest;
  return { first, last: start.kind === 'newest' && stop.kind === 'newest' ? first : last };
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof MalformedMessage) return undefined;
    throw error;
  }
}
