import { createHash, createPrivateKey } from 'node:crypto';
import { Client, credentials } from '@grpc/grpc-js';
import { connect, signers, type Gateway } from '@hyperledger/fabric-gateway';

export interface ClientSpec {
  readonly mspId: string;
  /** host:port */
  readonly endpoint: string;
  /** PEM each. */
  readonly tlsRootCertificates: string;
  readonly certificate: string;
  readonly privateKey: string;
  /** Name in the server's certificate, where it is not that of the endpoint. */
  readonly serverName?: string;
}

export interface GatewayClient {
  readonly gateway: Gateway;
  close(): void;
}

/** An unmodified fabric-gateway client. */
export function connectGateway({ mspId, endpoint, tlsRootCertificates, certificate, privateKey, serverName }: ClientSpec): GatewayClient {
  const options = serverName === undefined ? {} : { 'grpc.ssl_target_name_override': serverName };
  const client = new Client(endpoint, credentials.createSsl(Buffer.from(tlsRootCertificates)), options);
  const gateway = connect({
    client,
    identity: { mspId, credentials: Buffer.from(certificate) },
    signer: signers.newPrivateKeySigner(createPrivateKey(privateKey)),
    hash: (message) => createHash('sha256').update(message).digest(),
  });
  return {
    gateway,
    close: () => {
      gateway.close();
      client.close();
    },
  };
}
