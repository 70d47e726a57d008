import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { readCode } from '../problem';
import type { EndpointGuard } from './endpoint-guard';

export interface Letter {
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What came of a letter: the status of the answer, or why there was none. */
export type PostOutcome = { readonly status: number } | { readonly failure: string };

/** Sends it once, on a connection of its own: no redirect is followed, and of the answer nothing but the status is read. Never rejects. */
export async function post(
  { endpoint, headers, body }: Letter,
  { guard, withinMs, signal }: { readonly guard: EndpointGuard; readonly withinMs: number; readonly signal: AbortSignal },
): Promise<PostOutcome> {
  if (!guard.isListed(endpoint)) return { failure: 'the operator does not list its address' };
  const url = new URL(endpoint);
  if (!guard.mayConnect(url)) return { failure: 'its address may not be reached' };
  const late = AbortSignal.timeout(withinMs);
  const options = { method: 'POST', headers: { ...headers, 'content-length': Buffer.byteLength(body) }, agent: false } as const;
  const request: typeof requestHttp = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve) => {
    const sent = request(url, { ...options, lookup: guard.lookupFor(url), signal: AbortSignal.any([late, signal]) }, (response) => {
      resolve({ status: response.statusCode ?? 0 });
      response.destroy();
    });
    sent.on('error', (error) => {
      resolve({ failure: late.aborted ? 'no answer in time' : describe(error) });
    });
    sent.end(body);
  });
}

/** A message may name addresses of the house. */
function describe(error: NodeJS.ErrnoException): string {
  if (error.code === 'ADDRESS_REFUSED') return 'its address may not be reached';
  return `no connection (${readCode(error) ?? error.code ?? 'unknown'})`;
}
