// A client of one organisation at its own peer, with the stock signer or a native one.
import { createPrivateKey, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as grpc from '@grpc/grpc-js';
import { connect, hash, signers } from '@hyperledger/fabric-gateway';

const ORDER = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551');

function writeInteger(bytes) {
  let trimmed = bytes;
  while (trimmed.length > 1 && trimmed[0] === 0 && trimmed[1] < 0x80) trimmed = trimmed.subarray(1);
  const padded = trimmed[0] >= 0x80 ? Buffer.concat([Buffer.from([0]), trimmed]) : trimmed;
  return Buffer.concat([Buffer.from([2, padded.length]), padded]);
}

/** Signs the whole message by OpenSSL, as DER with low S: Fabric refuses the other half. */
function newNativeSigner(key) {
  return async (message) => {
    const raw = sign('sha256', message, { key, dsaEncoding: 'ieee-p1363' });
    const s = BigInt(`0x${raw.subarray(32).toString('hex')}`);
    const low = s > ORDER / 2n ? Buffer.from((ORDER - s).toString(16).padStart(64, '0'), 'hex') : raw.subarray(32);
    const body = Buffer.concat([writeInteger(raw.subarray(0, 32)), writeInteger(low)]);
    return Buffer.concat([Buffer.from([0x30, body.length]), body]);
  };
}

/** Contracts of the first organisation's client: `native` and `stock` differ in the signer only. */
export function openClient({ channel, chaincode, organisations }) {
  const [{ mspId, endpoints, msp, identities }] = organisations;
  const client = new grpc.Client(endpoints.peer, grpc.credentials.createSsl(readFileSync(msp.tlsCaCertificate)), {
    'grpc.ssl_target_name_override': 'localhost',
  });
  const key = createPrivateKey(readFileSync(identities.gateway.privateKey));
  const identity = { mspId, credentials: readFileSync(identities.gateway.certificate) };
  const gateways = {
    native: connect({ client, identity, hash: hash.none, signer: newNativeSigner(key) }),
    stock: connect({ client, identity, signer: signers.newPrivateKeySigner(key) }),
  };
  const contractOf = (gateway) => gateway.getNetwork(channel).getContract(chaincode.name);
  return {
    native: contractOf(gateways.native),
    stock: contractOf(gateways.stock),
    network: gateways.native.getNetwork(channel),
    close: () => {
      for (const gateway of Object.values(gateways)) gateway.close();
      client.close();
    },
  };
}

/** Writes a new key and waits until it is valid. What the orderers did not acknowledge may be in a block all the same: it is asked for, never sent anew. */
export async function write(contract, key, value, transaction = 'put') {
  const endorsed = await contract.newProposal(transaction, { arguments: [key, value] }).endorse();
  const submitted = await endorsed.submit().catch((error) => {
    if (!/already processed/.test(JSON.stringify(error.details ?? ''))) throw error;
    return undefined;
  });
  if (submitted === undefined) return;
  const { code } = await submitted.getStatus();
  if (code !== 0) throw new Error(`transaction ${submitted.getTransactionId()} got code ${code}`);
}
