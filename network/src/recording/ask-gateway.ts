import { gateway as messages } from '@hyperledger/fabric-protos';
import { asBytes, writeSerializedIdentity } from '@medaccord/devnet/blocks';
import type { PeerConnection } from '../lifecycle';
import type { Topology } from '../topology';
import type { RecordedStatus } from './recording';

const EVENTS = '/gateway.Gateway/ChaincodeEvents';
const EVENTS_WITHIN_MS = 60_000;

/** The answers (serialized gateway.ChaincodeEventsResponse, one for each block with events) to who asks for all events from block 0 on. They never end. */
export async function* askEvents({ client, gateway, sign }: PeerConnection, { channel, chaincode }: Topology): AsyncIterable<Uint8Array> {
  const unsigned = gateway.getNetwork(channel).newChaincodeEventsRequest(chaincode.name, { startBlock: 0n });
  const request = gateway.newSignedChaincodeEventsRequest(unsigned.getBytes(), await sign(unsigned.getDigest())).getBytes();
  const deadline = Date.now() + EVENTS_WITHIN_MS;
  const stream = client.makeServerStreamRequest(EVENTS, (bytes: Uint8Array) => Buffer.from(bytes), asBytes, request, { deadline });
  try {
    yield* stream as AsyncIterable<Uint8Array>;
  } finally {
    stream.on('error', () => undefined);
    stream.cancel();
  }
}

/** What the gateway says of a transaction that is in a block. */
export async function askStatus({ gateway }: PeerConnection, channel: string, txId: string): Promise<RecordedStatus> {
  const { mspId, credentials } = gateway.getIdentity();
  const request = new messages.CommitStatusRequest();
  request.setChannelId(channel);
  request.setTransactionId(txId);
  request.setIdentity(writeSerializedIdentity(mspId, asBytes(credentials)));
  const unsigned = new messages.SignedCommitStatusRequest();
  unsigned.setRequest(request.serializeBinary());
  const { code, blockNumber } = await gateway.newCommit(unsigned.serializeBinary()).getStatus();
  return [txId, code, Number(blockNumber)];
}
