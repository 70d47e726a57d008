import { common, msp, orderer, peer } from '@hyperledger/fabric-protos';
import { decode } from '@medaccord/devnet/blocks';
import { ChannelError } from './channel-error';

/** Where a node is reached. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** A voting node of the ordering service; certificates are PEM. */
export interface Consenter {
  readonly id: number;
  readonly mspId: string;
  readonly address: Address;
  readonly identity: string;
  readonly clientTls: string;
  readonly serverTls: string;
}

interface Message {
  serializeBinary(): Uint8Array;
}

/** How a value of the configuration is read and written. */
export interface MessageType<T extends Message> {
  deserializeBinary(bytes: Uint8Array): T;
}

export const MESSAGES = {
  batchSize: orderer.BatchSize,
  consensusType: orderer.ConsensusType,
  bftOptions: orderer.smartbft.Options,
  mspConfig: msp.MSPConfig,
  fabricMsp: msp.FabricMSPConfig,
} as const;

/**
 * The value with what `change` makes of it; all else of it stays.
 * @throws ChannelError CHANNEL_CHANGE_IMPOSSIBLE for a value with fields that this program does not know: they would be lost
 */
export function editMessage<T extends Message>(type: MessageType<T>, bytes: Uint8Array, change: (message: T) => void): Uint8Array {
  const message = decode(type, bytes);
  assertNothingLost(message.serializeBinary(), bytes);
  change(message);
  return message.serializeBinary();
}

function assertNothingLost(written: Uint8Array, read: Uint8Array): void {
  if (Buffer.compare(written, read) === 0) return;
  throw new ChannelError(
    'CHANNEL_CHANGE_IMPOSSIBLE',
    'A value of the configuration has fields that this release does not know; changing it would lose them.',
    'Use the release of the software that wrote them.',
  );
}

/** @throws MalformedMessage */
export function readConsenters(value: Uint8Array): readonly Consenter[] {
  return decode(common.Orderers, value)
    .getConsenterMappingList()
    .map((consenter) => ({
      id: consenter.getId(),
      mspId: consenter.getMspId(),
      address: { host: consenter.getHost(), port: consenter.getPort() },
      identity: textOf(consenter.getIdentity_asU8()),
      clientTls: textOf(consenter.getClientTlsCert_asU8()),
      serverTls: textOf(consenter.getServerTlsCert_asU8()),
    }));
}

/** The consenters, of a value that is to be written again. @throws ChannelError as `editMessage` */
export function takeConsenters(value: Uint8Array): readonly Consenter[] {
  const consenters = readConsenters(value);
  assertNothingLost(writeConsenters(consenters), value);
  return consenters;
}

export function writeConsenters(consenters: readonly Consenter[]): Uint8Array {
  const message = new common.Orderers();
  for (const { id, mspId, address, identity, clientTls, serverTls } of consenters) {
    const consenter = message.addConsenterMapping(new common.Consenter());
    consenter.setId(id);
    consenter.setMspId(mspId);
    consenter.setHost(address.host);
    consenter.setPort(address.port);
    consenter.setIdentity(bytesOf(identity));
    consenter.setClientTlsCert(bytesOf(clientTls));
    consenter.setServerTlsCert(bytesOf(serverTls));
  }
  return message.serializeBinary();
}

/** Addresses as `host:port`. @throws MalformedMessage */
export function readEndpoints(value: Uint8Array): readonly string[] {
  return decode(common.OrdererAddresses, value).getAddressesList();
}

export function writeEndpoints(endpoints: readonly string[]): Uint8Array {
  const message = new common.OrdererAddresses();
  message.setAddressesList([...endpoints]);
  return message.serializeBinary();
}

/** @throws MalformedMessage */
export function readAnchorPeers(value: Uint8Array): readonly Address[] {
  return decode(peer.AnchorPeers, value)
    .getAnchorPeersList()
    .map((anchor) => ({ host: anchor.getHost(), port: anchor.getPort() }));
}

export function writeAnchorPeers(anchors: readonly Address[]): Uint8Array {
  const message = new peer.AnchorPeers();
  for (const { host, port } of anchors) {
    const anchor = message.addAnchorPeers(new peer.AnchorPeer());
    anchor.setHost(host);
    anchor.setPort(port);
  }
  return message.serializeBinary();
}

/** The MSP in a serialized msp.MSPConfig. @throws MalformedMessage */
export function readMsp(value: Uint8Array): msp.FabricMSPConfig {
  return decode(msp.FabricMSPConfig, decode(msp.MSPConfig, value).getConfig_asU8());
}

/** PEM texts of a list of an MSP. */
export function pemsOf(list: readonly Uint8Array[]): readonly string[] {
  return list.map(textOf);
}

export function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8');
}

export function bytesOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'utf8'));
}

export function formatAddress({ host, port }: Address): string {
  return `${host}:${String(port)}`;
}
