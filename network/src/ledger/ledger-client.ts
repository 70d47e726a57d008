import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Client, credentials } from '@grpc/grpc-js';
import { connect, signers, type Gateway } from '@hyperledger/fabric-gateway';
import type { Organisation, Topology } from '../topology';

/** An organisation's admin at its own peer endpoint. */
export interface LedgerClient {
  readonly mspId: string;
  readonly gateway: Gateway;
  readonly topology: Topology;
  close(): void;
}

const DEADLINES_MS = { evaluate: 10_000, endorse: 10_000, submit: 10_000, status: 15_000 };

export function openLedgerClient(topology: Topology, organisation: Organisation): LedgerClient {
  const client = new Client(organisation.endpoints.peer, credentials.createSsl(readFileSync(organisation.msp.tlsCaCertificate)), {
    'grpc.ssl_target_name_override': 'localhost',
  });
  const { certificate, privateKey } = organisation.identities.admin;
  const within = (ms: number) => () => ({ deadline: Date.now() + ms });
  const gateway = connect({
    client,
    identity: { mspId: organisation.mspId, credentials: readFileSync(certificate) },
    signer: signers.newPrivateKeySigner(createPrivateKey(readFileSync(privateKey))),
    evaluateOptions: within(DEADLINES_MS.evaluate),
    endorseOptions: within(DEADLINES_MS.endorse),
    submitOptions: within(DEADLINES_MS.submit),
    commitStatusOptions: within(DEADLINES_MS.status),
  });
  return {
    mspId: organisation.mspId,
    gateway,
    topology,
    close: () => {
      gateway.close();
      client.close();
    },
  };
}
