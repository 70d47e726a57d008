import { Client, credentials, type ChannelCredentials, type ClientDuplexStream } from '@grpc/grpc-js';
import { peer } from '@hyperledger/fabric-protos';
import { asBytes } from '../proto/bytes';
import type { ChaincodeService, ChaincodeTls } from './service-address';

/** The bidirectional stream of a chaincode service. */
export type ChaincodeWire = ClientDuplexStream<peer.ChaincodeMessage, peer.ChaincodeMessage>;

const DIAL_TIMEOUT_MS = 3000;
const MAX_MESSAGE_BYTES = 100 * 1024 * 1024;

/**
 * Connects to a chaincode service, trying again until the dial timeout (a service that starts just now is found).
 * @throws Error with the cause when nobody answers in time.
 */
export async function dialChaincode(service: ChaincodeService): Promise<Client> {
  const client = new Client(service.address, newCredentials(service.tls), {
    'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
    'grpc.max_send_message_length': MAX_MESSAGE_BYTES,
    'grpc.initial_reconnect_backoff_ms': 50,
    'grpc.max_reconnect_backoff_ms': 500,
    // Each stream is dialled anew; a pooled connection would carry the backoff of the last failure.
    'grpc.use_local_subchannel_pool': 1,
    ...(service.tls?.domain === undefined
      ? {}
      : { 'grpc.ssl_target_name_override': service.tls.domain, 'grpc.default_authority': service.tls.domain }),
  });
  const deadline = Date.now() + (service.dialTimeoutMs ?? DIAL_TIMEOUT_MS);
  return new Promise((resolve, reject) => {
    client.waitForReady(deadline, (error) => {
      if (error === undefined) {
        resolve(client);
        return;
      }
      client.close();
      reject(error);
    });
  });
}

/** Opens `/protos.Chaincode/Connect`. */
export function openWire(client: Client): ChaincodeWire {
  return client.makeBidiStreamRequest(
    '/protos.Chaincode/Connect',
    (message: peer.ChaincodeMessage) => Buffer.from(message.serializeBinary()),
    (bytes) => peer.ChaincodeMessage.deserializeBinary(asBytes(bytes)),
  );
}

function newCredentials(tls: ChaincodeTls | undefined): ChannelCredentials {
  if (tls === undefined) return credentials.createInsecure();
  const { rootCert, clientCert, clientKey } = tls;
  if (clientCert === undefined || clientKey === undefined) return credentials.createSsl(Buffer.from(rootCert));
  return credentials.createSsl(Buffer.from(rootCert), Buffer.from(clientKey), Buffer.from(clientCert));
}
