import { createServer, type RequestListener, type Server } from 'node:http';

export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  /** How long a caller may take for the head of a request, and for all of it, in milliseconds. */
  readonly headersWithinMs?: number;
  readonly requestWithinMs?: number;
}

/** How often connections are looked at whose time is over, in milliseconds. */
const lookEveryMs = 1_000;
const keepAliveMs = 10_000;

/** A server whose slow callers are cut off. Rejects when it cannot listen. */
export function listen(
  app: RequestListener,
  { host, port, headersWithinMs = 20_000, requestWithinMs = 120_000 }: ListenOptions,
): Promise<Server> {
  return new Promise((resolve, reject) => {
    const options = { headersTimeout: headersWithinMs, requestTimeout: requestWithinMs, keepAliveTimeout: keepAliveMs };
    const server = createServer({ ...options, connectionsCheckingInterval: Math.min(lookEveryMs, headersWithinMs) }, app);
    server.once('error', reject);
    server.listen(port, host, () => {
      resolve(server);
    });
  });
}

/** Takes nothing new; resolves when the last connection is closed, which happens as soon as it has its answers. */
export async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
  });
  const idle = setInterval(() => {
    server.closeIdleConnections();
  }, 100);
  await closed;
  clearInterval(idle);
}
