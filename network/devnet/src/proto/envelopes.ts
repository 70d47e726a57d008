import { common, msp } from '@hyperledger/fabric-protos';
import { EMPTY } from './bytes';
import { decode, type Shape } from './wire';

/** common.HeaderType as far as a channel's blocks hold it. */
export const HEADER_TYPE = { config: 1, configUpdate: 2, endorserTransaction: 3, deliverSeekInfo: 5 } as const;

export interface Envelope {
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
}

/** common.Payload with its two headers still as the bytes that were signed and hashed. */
export interface Payload {
  readonly channelHeader: Uint8Array;
  readonly signatureHeader: Uint8Array;
  readonly data: Uint8Array;
  readonly hasHeader: boolean;
}

export interface ChannelHeader {
  readonly type: number;
  readonly channelId: string;
  readonly txId: string;
  readonly epoch: number;
  /** Serialized peer.ChaincodeHeaderExtension for type 3. */
  readonly extension: Uint8Array;
  /** Serialized google.protobuf.Timestamp; absent: the client sent none. */
  readonly timestamp: Uint8Array | undefined;
}

export interface SignatureHeader {
  /** Serialized msp.SerializedIdentity. */
  readonly creator: Uint8Array;
  readonly nonce: Uint8Array;
}

const CHANNEL_HEADER: Shape = { strings: [4, 5], messages: { 3: {} } };

/** @throws MalformedMessage */
export function readEnvelope(bytes: Uint8Array): Envelope {
  const envelope = decode(common.Envelope, bytes);
  return { payload: envelope.getPayload_asU8(), signature: envelope.getSignature_asU8() };
}

export function writeEnvelope(envelope: Envelope): Uint8Array {
  const message = new common.Envelope();
  message.setPayload(envelope.payload);
  message.setSignature(envelope.signature);
  return message.serializeBinary();
}

/** @throws MalformedMessage */
export function readPayload(bytes: Uint8Array): Payload {
  const payload = decode(common.Payload, bytes, { messages: { 1: {} } });
  const header = payload.getHeader();
  return {
    channelHeader: header?.getChannelHeader_asU8() ?? EMPTY,
    signatureHeader: header?.getSignatureHeader_asU8() ?? EMPTY,
    data: payload.getData_asU8(),
    hasHeader: header !== undefined,
  };
}

export function writePayload(payload: Omit<Payload, 'hasHeader'>): Uint8Array {
  const header = new common.Header();
  header.setChannelHeader(payload.channelHeader);
  header.setSignatureHeader(payload.signatureHeader);
  const message = new common.Payload();
  message.setHeader(header);
  message.setData(payload.data);
  return message.serializeBinary();
}

/** @throws MalformedMessage */
export function readChannelHeader(bytes: Uint8Array): ChannelHeader {
  const header = decode(common.ChannelHeader, bytes, CHANNEL_HEADER);
  return {
    type: header.getType(),
    channelId: header.getChannelId(),
    txId: header.getTxId(),
    epoch: header.getEpoch(),
    extension: header.getExtension_asU8(),
    timestamp: header.getTimestamp()?.serializeBinary(),
  };
}

/** @throws MalformedMessage */
export function readSignatureHeader(bytes: Uint8Array): SignatureHeader {
  const header = decode(common.SignatureHeader, bytes);
  return { creator: header.getCreator_asU8(), nonce: header.getNonce_asU8() };
}

export function writeSignatureHeader(header: SignatureHeader): Uint8Array {
  const message = new common.SignatureHeader();
  message.setCreator(header.creator);
  message.setNonce(header.nonce);
  return message.serializeBinary();
}

/** id_bytes of a msp.SerializedIdentity is the PEM of a certificate. @throws MalformedMessage */
export function readSerializedIdentity(bytes: Uint8Array): { readonly mspId: string; readonly idBytes: Uint8Array } {
  const identity = decode(msp.SerializedIdentity, bytes, { strings: [1] });
  return { mspId: identity.getMspid(), idBytes: identity.getIdBytes_asU8() };
}

export function writeSerializedIdentity(mspId: string, idBytes: Uint8Array): Uint8Array {
  const message = new msp.SerializedIdentity();
  message.setMspid(mspId);
  message.setIdBytes(idBytes);
  return message.serializeBinary();
}
