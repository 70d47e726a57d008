import { createHash, createPrivateKey } from 'node:crypto';
import { Client, credentials } from '@grpc/grpc-js';
import { connect, signers } from '@hyperledger/fabric-gateway';
import { startDevnet } from '../src';

const [address = '127.0.0.1:7052', argument = 'hello'] = process.argv.slice(2);

async function main(): Promise<void> {
  const chaincode = { name: 'mine', version: '1', packageId: 'mine:1', policy: "OR('OrangeMSP.peer')", services: { OrangeMSP: address } };
  const devnet = await startDevnet({ organisations: [{ mspId: 'OrangeMSP' }], chaincodes: [chaincode] }, { folder: 'ledger' });
  await devnet.chaincodeReady('OrangeMSP', 'mine');

  // From here on it is Fabric: a stock client, which would talk to a real peer in the same words.
  const { endpoint, mspId, tlsRootCertificates, generated } = devnet.organisation('OrangeMSP');
  if (generated === undefined) throw new Error('the devnet made this organisation');
  const client = new Client(endpoint, credentials.createSsl(Buffer.from(tlsRootCertificates)));
  const identity = { mspId, credentials: Buffer.from(generated.client.certificate) };
  const signer = signers.newPrivateKeySigner(createPrivateKey(generated.client.privateKey));
  const hash = (message: Uint8Array): Uint8Array => createHash('sha256').update(message).digest();
  const gateway = connect({ client, identity, signer, hash });
  const result = await gateway.getNetwork('main').getContract('mine').submitTransaction('run', argument);
  console.log(Buffer.from(result).toString());

  gateway.close();
  client.close();
  await devnet.close();
}

void main();
