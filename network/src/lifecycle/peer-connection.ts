import { createPrivateKey } from 'node:crypto';
import { Client, credentials } from '@grpc/grpc-js';
import { connect, signers, type Gateway, type Signer } from '@hyperledger/fabric-gateway';
import type { Organisation } from '../topology';
import { readMaterial } from './read-material';

/** An organisation's admin at its own peer. */
export interface PeerConnection {
  readonly organisation: Organisation;
  readonly mspId: string;
  readonly client: Client;
  readonly gateway: Gateway;
  readonly sign: Signer;
  close(): void;
}

const DEADLINES_MS = { evaluate: 10_000, endorse: 10_000, submit: 10_000, status: 15_000 };

/** Connects at the first call, not before. @throws LifecycleError MATERIAL_MISSING */
export function openPeerConnection(organisation: Organisation): PeerConnection {
  const tls = credentials.createSsl(readMaterial(organisation, organisation.msp.tlsCaCertificate));
  const client = new Client(organisation.endpoints.peer, tls, {
    'grpc.ssl_target_name_override': 'localhost',
    // Blocks and packages are larger than gRPC's 4 MB.
    'grpc.max_receive_message_length': -1,
    'grpc.max_send_message_length': -1,
  });
  const { certificate, privateKey } = organisation.identities.admin;
  const sign = signers.newPrivateKeySigner(createPrivateKey(readMaterial(organisation, privateKey)));
  const within = (ms: number) => () => ({ deadline: Date.now() + ms });
  const gateway = connect({
    client,
    identity: { mspId: organisation.mspId, credentials: readMaterial(organisation, certificate) },
    signer: sign,
    evaluateOptions: within(DEADLINES_MS.evaluate),
    endorseOptions: within(DEADLINES_MS.endorse),
    submitOptions: within(DEADLINES_MS.submit),
    commitStatusOptions: within(DEADLINES_MS.status),
  });
  return {
    organisation,
    mspId: organisation.mspId,
    client,
    gateway,
    sign,
    close: () => {
      gateway.close();
      client.close();
    },
  };
}
