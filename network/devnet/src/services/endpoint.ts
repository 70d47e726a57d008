import { Server, ServerCredentials } from '@grpc/grpc-js';
import { DevnetError } from '../devnet-error';
import type { CertifiedKey } from '../genesis/consortium-spec';
import { holderOfPort } from './port-holder';
import { deliverService, newDeliverHandlers } from './deliver-service';
import { gatewayService, newGatewayHandlers } from './gateway-service';
import type { ServiceContext } from './service-context';

export interface EndpointOptions {
  readonly context: ServiceContext;
  readonly tls: CertifiedKey;
  /** Address to listen on. */
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
}

/** One organisation's gRPC endpoint: what its peer offers to clients. */
export interface Endpoint {
  readonly port: number;
  /** Ends open streams and calls, and gives the port free. */
  close(): void;
}

/** Fabric's limit of one message. */
const MESSAGE_LIMIT = 100 * 1024 * 1024;

/**
 * Opens an organisation's endpoint with TLS.
 * @throws DevnetError DEVNET_PORT_BUSY with the port's holder
 */
export async function openEndpoint({ context, tls, host, port }: EndpointOptions): Promise<Endpoint> {
  const server = new Server({ 'grpc.max_receive_message_length': MESSAGE_LIMIT, 'grpc.max_send_message_length': MESSAGE_LIMIT });
  server.addService(gatewayService, newGatewayHandlers(context));
  server.addService(deliverService, newDeliverHandlers(context));
  const pair = { private_key: Buffer.from(tls.privateKey), cert_chain: Buffer.from(tls.certificate) };
  const credentials = ServerCredentials.createSsl(null, [pair], false);
  const bound = await bind(server, `${host}:${port}`, credentials).catch((error: unknown) => {
    throw busyPort(host, port, error);
  });
  return { port: bound, close: () => server.forceShutdown() };
}

function bind(server: Server, address: string, credentials: ServerCredentials): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(address, credentials, (error, port) => (error === null ? resolve(port) : reject(error)));
  });
}

function busyPort(host: string, port: number, error: unknown): DevnetError {
  const holder = holderOfPort(port);
  const reason = holder === undefined ? (error instanceof Error ? error.message : String(error)) : `held by ${holder}`;
  return new DevnetError(
    'DEVNET_PORT_BUSY',
    `cannot listen on ${host}:${port}: ${reason}; stop the holder, or give another port (0: any free one)`,
    {
      port,
      holder: holder ?? 'unknown',
    },
  );
}
