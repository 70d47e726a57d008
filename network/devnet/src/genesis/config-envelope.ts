import { randomBytes } from 'node:crypto';
import { common } from '@hyperledger/fabric-protos';
import { Timestamp } from 'google-protobuf/google/protobuf/timestamp_pb';
import {
  HEADER_TYPE,
  readChannelHeader,
  readEnvelope,
  readPayload,
  writeEnvelope,
  writePayload,
  writeSignatureHeader,
} from '../proto/envelopes';
import { asBytes } from '../proto/bytes';
import { decode } from '../proto/wire';
import { readConfigGroup, writeConfigGroup, type ConfigGroupNode } from './config-tree';

/** common.Config: the configuration of a channel at one sequence. */
export interface Config {
  readonly sequence: number;
  readonly channelGroup: ConfigGroupNode;
}

/** Signs for one identity. */
export interface Signer {
  /** Serialized msp.SerializedIdentity. */
  readonly identity: Uint8Array;
  /** ECDSA over sha256 of the message: DER, low S. */
  sign(message: Uint8Array): Uint8Array;
}

export const NONCE_LENGTH = 24;

export function newNonce(): Uint8Array {
  return asBytes(randomBytes(NONCE_LENGTH));
}

/**
 * The configuration in a serialized Envelope of type CONFIG.
 * @throws MalformedMessage; Error when it is another kind of envelope
 */
export function readConfigEnvelope(envelope: Uint8Array): Config {
  const payload = readPayload(readEnvelope(envelope).payload);
  const config = decode(common.ConfigEnvelope, payload.data).getConfig();
  const group = config?.getChannelGroup();
  if (readChannelHeader(payload.channelHeader).type !== HEADER_TYPE.config || config === undefined || group === undefined)
    throw new Error('not a configuration transaction');
  return { sequence: config.getSequence(), channelGroup: readConfigGroup(group) };
}

/** The common.ConfigUpdateEnvelope that a configuration transaction came from; undefined in block 0. @throws MalformedMessage */
export function readLastUpdate(envelope: Uint8Array): Uint8Array | undefined {
  const payload = readPayload(readEnvelope(envelope).payload);
  return decode(common.ConfigEnvelope, payload.data).getLastUpdate()?.serializeBinary();
}

/** Serialized common.ConfigEnvelope. lastUpdate: serialized Envelope of the update, absent in block 0. */
export function writeConfigEnvelope(config: Config, lastUpdate?: Uint8Array): Uint8Array {
  const message = new common.Config();
  message.setSequence(config.sequence);
  message.setChannelGroup(writeConfigGroup(config.channelGroup));
  const envelope = new common.ConfigEnvelope();
  envelope.setConfig(message);
  if (lastUpdate !== undefined) envelope.setLastUpdate(common.Envelope.deserializeBinary(lastUpdate));
  return envelope.serializeBinary();
}

/** Serialized Envelope of a configuration message, signed (protoutil/txutils.go, CreateSignedEnvelope). */
export function newConfigMessage(type: number, channelId: string, data: Uint8Array, signer: Signer): Uint8Array {
  const payload = writePayload({
    channelHeader: newChannelHeader({ type, channelId }),
    signatureHeader: writeSignatureHeader({ creator: signer.identity, nonce: newNonce() }),
    data,
  });
  return writeEnvelope({ payload, signature: signer.sign(payload) });
}

export interface NewChannelHeader {
  readonly type: number;
  readonly channelId: string;
  readonly txId?: string;
  readonly extension?: Uint8Array;
  readonly version?: number;
}

/** Serialized common.ChannelHeader of now. */
export function newChannelHeader(header: NewChannelHeader): Uint8Array {
  const message = new common.ChannelHeader();
  message.setType(header.type);
  message.setVersion(header.version ?? 0);
  message.setTimestamp(timestampOf(Date.now()));
  message.setChannelId(header.channelId);
  message.setTxId(header.txId ?? '');
  if (header.extension !== undefined) message.setExtension$(header.extension);
  return message.serializeBinary();
}

function timestampOf(ms: number): Timestamp {
  const timestamp = new Timestamp();
  timestamp.setSeconds(Math.floor(ms / 1000));
  timestamp.setNanos((ms % 1000) * 1_000_000);
  return timestamp;
}
