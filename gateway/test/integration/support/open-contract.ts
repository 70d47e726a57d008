import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Client, credentials } from '@grpc/grpc-js';
import { connect, signers, type Contract, type Gateway } from '@hyperledger/fabric-gateway';
import type { ConnectionDocument } from '../../../src/config/connection-document';

const WITHIN_MS = 20_000;

/** The stock client at an organisation's own peer, as its gateway: what a member can do who does not use our gateway. */
export interface OpenContract {
  readonly contract: Contract;
  readonly gateway: Gateway;
  close(): void;
}

export function openContract({ peers, identities, organisation, channel, chaincode }: ConnectionDocument): OpenContract {
  const peer = peers.find(({ mspId }) => mspId === organisation.mspId);
  if (peer === undefined) throw new Error(`there is no peer of ${organisation.mspId}`);
  const client = new Client(peer.endpoint, credentials.createSsl(readFileSync(peer.tlsRootCertificates)), {
    'grpc.ssl_target_name_override': peer.serverName,
  });
  const { certificate, privateKey } = identities.gateway;
  const deadline = () => ({ deadline: Date.now() + WITHIN_MS });
  const gateway = connect({
    client,
    identity: { mspId: organisation.mspId, credentials: readFileSync(certificate) },
    signer: signers.newPrivateKeySigner(createPrivateKey(readFileSync(privateKey))),
    evaluateOptions: deadline,
    endorseOptions: deadline,
    submitOptions: deadline,
    commitStatusOptions: deadline,
  });
  return {
    contract: gateway.getNetwork(channel).getContract(chaincode),
    gateway,
    close: () => {
      gateway.close();
      client.close();
    },
  };
}
