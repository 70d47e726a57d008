import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';

export interface Outgoing {
  readonly url: URL;
  readonly method: string;
  readonly authorization: string | undefined;
  readonly body: Buffer;
  /** PEM of the roots that a server behind `https:` is checked against; the system's unless given. */
  readonly tlsRoots: string | undefined;
}

export interface Incoming {
  readonly status: number;
  readonly body: Buffer;
}

const TIMEOUT_MS = 30_000;
const LARGEST_ANSWER = 16 * 1024 * 1024;

/**
 * Sends one request over a connection of its own: on a connection kept from earlier, a CA that was restarted meanwhile would leave a request that
 * changes something without an answer.
 *
 * @throws the system's error; whether the request was acted on is not known then.
 */
export function exchange({ url, method, authorization, body, tlsRoots }: Outgoing): Promise<Incoming> {
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  const headers = {
    'content-type': 'application/json',
    'content-length': String(body.length),
    ...(authorization === undefined ? {} : { authorization }),
  };
  const roots = tlsRoots === undefined ? {} : { ca: tlsRoots };
  return new Promise((resolve, reject) => {
    const request = send(url, { method, headers, agent: false, signal: AbortSignal.timeout(TIMEOUT_MS), ...roots }, (response) => {
      readAnswer(response).then(resolve, reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}

async function readAnswer(response: IncomingMessage): Promise<Incoming> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > LARGEST_ANSWER) {
      throw new Error(`The answer is larger than ${String(LARGEST_ANSWER)} bytes`);
    }
    chunks.push(chunk);
  }
  return { status: response.statusCode ?? 0, body: Buffer.concat(chunks) };
}
