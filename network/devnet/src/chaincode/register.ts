import { peer } from '@hyperledger/fabric-protos';
import type { ChaincodeWire } from './dial';

const { ChaincodeMessage } = peer;
const { Type } = ChaincodeMessage;

/**
 * The first words on a stream: the chaincode says REGISTER with its package id, the peer REGISTERED and READY. READY has no payload, so no
 * shim batches its requests; KEEPALIVE is never sent (the Node shim exits on it).
 * @throws Error with Fabric's text (core/chaincode/handler_registry.go) when the chaincode registers as somebody else, or not at all.
 */
export async function registerChaincode(wire: ChaincodeWire, packageId: string): Promise<void> {
  const first = await firstMessage(wire);
  if (first.getType() !== Type.REGISTER)
    throw new Error(`[${first.getTxid()}] Fabric side handler cannot handle message (${String(first.getType())}) while in created state`);
  const name = peer.ChaincodeID.deserializeBinary(first.getPayload_asU8()).getName();
  if (name === '') throw new Error('error in handling register chaincode, chaincodeID name is empty');
  if (name !== packageId) throw new Error(`peer will not accept external chaincode connection ${name} (except in dev mode)`);
  for (const type of [Type.REGISTERED, Type.READY]) {
    const message = new ChaincodeMessage();
    message.setType(type);
    wire.write(message);
  }
}

function firstMessage(wire: ChaincodeWire): Promise<peer.ChaincodeMessage> {
  return new Promise((resolve, reject) => {
    wire.once('data', (message: peer.ChaincodeMessage) => {
      // What follows belongs to the stream, which listens a moment later.
      wire.pause();
      resolve(message);
    });
    wire.once('error', reject);
    wire.once('end', () => {
      reject(new Error('received EOF, ending chaincode support stream'));
    });
  });
}
