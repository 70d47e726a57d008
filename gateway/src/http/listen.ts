import { randomUUID } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { newError, type CodedError } from '../problem';
import { formatProblem } from './problem-document';

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
    server.on('clientError', refuseUnread);
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

/** Answers what is no HTTP request, or none that arrives in time, as every other error is answered; Node's own answer has no body. */
function refuseUnread(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem = formatProblem(unreadOf(error.code), `urn:uuid:${randomUUID()}`);
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${String(problem.status)} ${problem.title}`,
    'content-type: application/problem+json',
    `content-length: ${String(Buffer.byteLength(body))}`,
    'cache-control: no-store',
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

function unreadOf(code: string | undefined): CodedError {
  if (code === 'HPE_HEADER_OVERFLOW') return newError('REQUEST_HEAD_TOO_LARGE', 'Address and headers may have 16 KiB at most');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return newError('REQUEST_TOO_SLOW', 'The request did not arrive in time');
  return newError('REQUEST_INVALID', 'This is no HTTP request');
}
