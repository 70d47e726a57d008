import { once } from 'node:events';
import { createServer, request as ask, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PrivateJwk } from '../../../src/crypto';
import { Door } from '../../support/door';

/** An answer that a gateway gave, as a whole, before its client gets any of it. */
export interface SeenAnswer {
  readonly method: string;
  /** The request's Idempotency-Key. */
  readonly key: string | undefined;
  readonly status: number;
  readonly text: string;
}

/** Stands between clients and a gateway that comes and goes; a client's connection breaks when the gateway's does. */
export class FrontProxy extends Door {
  /** Whether what was seen goes on to its client. */
  watch: (seen: SeenAnswer) => boolean = () => true;
  /** Requests that wait for an answer of the gateway. */
  waiting = 0;
  readonly #server: Server;

  private constructor(readonly gateway: Door) {
    super();
    this.#server = createServer((request, response) => {
      this.waiting += 1;
      void this.#carry(request, response)
        .catch(() => response.destroy())
        .finally(() => (this.waiting -= 1));
    });
  }

  static async open(gateway: Door): Promise<FrontProxy> {
    const proxy = new FrontProxy(gateway);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get mspId(): string {
    return this.gateway.mspId;
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  readTokenKey(): PrivateJwk {
    return this.gateway.readTokenKey();
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #carry(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', headers } = request;
    const upstream = ask(`${this.gateway.url}${request.url ?? '/'}`, { method, headers: { ...headers, connection: 'close' } });
    request.pipe(upstream);
    const [answer] = (await once(upstream, 'response')) as [IncomingMessage];
    const { statusCode: status = 0 } = answer;
    const text = await readText(answer);
    const key = headers['idempotency-key'];
    if (!this.watch({ method, key: typeof key === 'string' ? key : undefined, status, text })) throw new Error('it goes no further');
    const { connection: _connection, 'transfer-encoding': _encoding, ...others } = answer.headers;
    response.writeHead(status, others).end(text);
  }
}

async function readText(message: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
