import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Client, credentials } from '@grpc/grpc-js';
import { connect, signers, type Gateway } from '@hyperledger/fabric-gateway';
import { msp, type common, type peer } from '@hyperledger/fabric-protos';
import type { ConnectionDocument } from '../../../src/config/connection-document';
import { newNewestBlockRequest } from '../../../src/ledger/newest-block';

/** What the stock client gets of one peer, from block 0 to its newest: with whose identity, and from whose peer, is for the caller to say. */
export interface PeerStreams {
  readonly blocks: readonly common.Block[];
  readonly privateBlocks: readonly peer.BlockAndPrivateData[];
  readonly events: readonly { readonly name: string; readonly payload: Uint8Array }[];
}

type Kind = keyof PeerStreams;

/** Reads with the client identity of the organisation whose connection document it is, from the peer of `peerMspId`. */
export async function readChain(
  connection: ConnectionDocument,
  peerMspId: string,
  kinds: readonly Kind[] = ['blocks'],
): Promise<PeerStreams> {
  const address = connection.peers.find(({ mspId }) => mspId === peerMspId);
  if (address === undefined) throw new Error(`there is no peer of ${peerMspId}`);
  const client = new Client(address.endpoint, credentials.createSsl(readFileSync(address.tlsRootCertificates)), {
    'grpc.ssl_target_name_override': address.serverName,
    'grpc.max_receive_message_length': -1,
  });
  const certificate = readFileSync(connection.identities.gateway.certificate);
  const gateway = connect({
    client,
    identity: { mspId: connection.organisation.mspId, credentials: certificate },
    signer: signers.newPrivateKeySigner(createPrivateKey(readFileSync(connection.identities.gateway.privateKey))),
  });
  try {
    const height = await readHeight(gateway, connection, certificate);
    const network = gateway.getNetwork(connection.channel);
    const from = { startBlock: 0n };
    return {
      blocks: kinds.includes('blocks') ? await take(await network.getBlockEvents(from), height) : [],
      privateBlocks: kinds.includes('privateBlocks') ? await take(await network.getBlockAndPrivateDataEvents(from), height) : [],
      events: kinds.includes('events') ? await takeEvents(await network.getChaincodeEvents(connection.chaincode, from), height) : [],
    };
  } finally {
    gateway.close();
    client.close();
  }
}

async function readHeight(gateway: Gateway, { channel, organisation }: ConnectionDocument, certificate: Uint8Array): Promise<number> {
  const creator = new msp.SerializedIdentity();
  creator.setMspid(organisation.mspId);
  creator.setIdBytes(certificate);
  const request = gateway.newBlockEventsRequest(newNewestBlockRequest(channel, creator.serializeBinary()));
  const [newest] = await take(await request.getEvents(), 1);
  return (newest?.getHeader()?.getNumber() ?? -1) + 1;
}

async function take<T>(stream: AsyncIterable<T> & { close(): void }, count: number): Promise<T[]> {
  const taken: T[] = [];
  try {
    for await (const one of stream) {
      taken.push(one);
      if (taken.length >= count) break;
    }
  } finally {
    stream.close();
  }
  return taken;
}

/** Blocks without an event send nothing, so the last event is known by the newest block that has one: read until nothing comes any more. */
async function takeEvents(
  stream: AsyncIterable<{ blockNumber: bigint; eventName: string; payload: Uint8Array }> & { close(): void },
  height: number,
): Promise<{ name: string; payload: Uint8Array }[]> {
  const taken: { name: string; payload: Uint8Array }[] = [];
  const silence = { timer: setTimeout(() => stream.close(), 5_000) };
  try {
    for await (const { blockNumber, eventName, payload } of stream) {
      taken.push({ name: eventName, payload });
      if (Number(blockNumber) >= height - 1) break;
      clearTimeout(silence.timer);
      silence.timer = setTimeout(() => stream.close(), 1_500);
    }
  } catch (error) {
    // Closing a stream that waits ends it with an error (CANCELLED).
    if (taken.length === 0) throw error;
  } finally {
    clearTimeout(silence.timer);
    stream.close();
  }
  return taken;
}
