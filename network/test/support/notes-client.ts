import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Client, credentials } from '@grpc/grpc-js';
import { connect, signers, type Contract } from '@hyperledger/fabric-gateway';
import type { ConnectionDocument } from '../../src/connection';
import type { Topology } from '../../src/topology';

export interface NotesClient {
  read(key: string): Promise<string>;
  evaluate(transaction: string): Promise<string>;
  /** `endorsers`: MSP ids of the only ones to endorse it; else the peer chooses. */
  write(key: string, text: string, endorsers?: readonly string[]): Promise<void>;
  /** Writes a value that only the collection's members keep; `endorsers`: MSP ids of those who are handed it. */
  hide(collection: string, key: string, text: string, endorsers: readonly string[]): Promise<void>;
  /** Reads such a value at the organisation's own peer. */
  show(collection: string, key: string): Promise<string>;
  close(): void;
}

/** The stock gateway client, with nothing but an organisation's connection document to go by. */
export function openNotesClient(topology: Topology, organisation: string): NotesClient {
  const file = topology.organisations.find(({ name }) => name === organisation)?.connection ?? '';
  const document = JSON.parse(readFileSync(file, 'utf8')) as ConnectionDocument;
  const [peer] = document.peers;
  if (peer === undefined) throw new Error('a connection document names peers');
  const tls = credentials.createSsl(readFileSync(peer.tlsRootCertificates));
  const client = new Client(peer.endpoint, tls, { 'grpc.ssl_target_name_override': peer.serverName });
  const { certificate, privateKey } = document.identities.gateway;
  const within = (ms: number) => () => ({ deadline: Date.now() + ms });
  const gateway = connect({
    client,
    identity: { mspId: document.organisation.mspId, credentials: readFileSync(certificate) },
    signer: signers.newPrivateKeySigner(createPrivateKey(readFileSync(privateKey))),
    evaluateOptions: within(5000),
    endorseOptions: within(5000),
    submitOptions: within(5000),
    commitStatusOptions: within(5000),
  });
  const contract: Contract = gateway.getNetwork(document.channel).getContract(document.chaincode);
  const evaluate = async (...call: [string, ...string[]]): Promise<string> =>
    Buffer.from(await contract.evaluateTransaction(...call)).toString();
  return {
    evaluate,
    read: (key) => evaluate('Read', key),
    write: async (key, text, endorsers) => {
      await contract.submit('Write', { arguments: [key, text], ...(endorsers && { endorsingOrganizations: [...endorsers] }) });
    },
    hide: async (collection, key, text, endorsers) => {
      const proposal = { arguments: [collection, key], transientData: { text }, endorsingOrganizations: [...endorsers] };
      await contract.submit('Hide', proposal);
    },
    show: async (collection, key) => {
      const endorsingOrganizations = [document.organisation.mspId];
      return Buffer.from(await contract.evaluate('Show', { arguments: [collection, key], endorsingOrganizations })).toString();
    },
    close: () => {
      gateway.close();
      client.close();
    },
  };
}
