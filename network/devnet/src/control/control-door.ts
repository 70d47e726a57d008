import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DevnetError } from '../devnet-error';
import { sha256, utf8 } from '../proto/bytes';

/** Where the control door is, and what opens it. */
export interface ControlAddress {
  /** http://127.0.0.1:port */
  readonly url: string;
  readonly token: string;
}

/** A verb by its name in the path; it gets the request's JSON body. */
export type ControlVerbs = Readonly<Record<string, (args: Readonly<Record<string, unknown>>) => unknown>>;

export interface ControlDoor {
  readonly address: ControlAddress;
  close(): void;
}

const BODY_LIMIT = 4 * 1024 * 1024;

/**
 * Opens a door for developers' verbs beside Fabric's services: POST /<verb> with a JSON body and `Authorization: Bearer <token>`, on loopback only.
 * Answers {"result"} or {"error": {"code", "message", "details"}}.
 */
export async function openControlDoor(verbs: ControlVerbs): Promise<ControlDoor> {
  const token = randomBytes(32).toString('base64url');
  const server = createServer((request, response) => void serve(request, response, { verbs, token }));
  await listen(server);
  const { port } = server.address() as AddressInfo;
  return {
    address: { url: `http://127.0.0.1:${port}`, token },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve());
  });
}

async function serve(request: IncomingMessage, response: ServerResponse, door: { verbs: ControlVerbs; token: string }): Promise<void> {
  try {
    assertToken(request, door.token);
    const name = (request.url ?? '').slice(1);
    const verb = Object.hasOwn(door.verbs, name) ? door.verbs[name] : undefined;
    if (verb === undefined || request.method !== 'POST')
      throw new DevnetError('DEVNET_CONTROL_REFUSED', `no verb "${name}"; POST one of ${Object.keys(door.verbs).join(', ')}`);
    answer(response, 200, { result: (await verb(await readBody(request))) ?? null });
  } catch (error) {
    const known =
      error instanceof DevnetError
        ? error
        : new DevnetError('DEVNET_CONTROL_REFUSED', error instanceof Error ? error.message : String(error));
    answer(response, 400, { error: { code: known.code, message: known.message, details: known.details } });
  }
}

/** Compared as hashes: equal length, constant time. */
function assertToken(request: IncomingMessage, token: string): void {
  const given = sha256(utf8(request.headers.authorization ?? ''));
  if (!timingSafeEqual(given, sha256(utf8(`Bearer ${token}`))))
    throw new DevnetError('DEVNET_CONTROL_REFUSED', 'the token is missing or wrong; it is in control.json of the ledger folder');
}

async function readBody(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > BODY_LIMIT) throw new DevnetError('DEVNET_CONTROL_REFUSED', `the body is larger than ${BODY_LIMIT} bytes`);
    parts.push(part);
  }
  if (size === 0) return {};
  const body: unknown = JSON.parse(Buffer.concat(parts).toString('utf8'));
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Record<string, unknown>;
  throw new DevnetError('DEVNET_CONTROL_REFUSED', 'the body must be a JSON object');
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
