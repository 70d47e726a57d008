import type { Jwk } from '@medaccord/chaincode/model';
import { newRandomBytes, formatBase64url, verifyJws } from '../crypto';

/** Far above what a signed height takes; whatever a member sends beyond it is not read. */
const mostBytes = 4_096;

/** How another gateway is asked over HTTP. */
export type AskHttp = (url: URL, init: RequestInit) => Promise<Response>;

export interface HeightQuestion {
  readonly gateway: string;
  readonly mspId: string;
  readonly channel: string;
  /** The organisation's signing key, from the ledger. */
  readonly key: Jwk;
  readonly withinMs: number;
  readonly askHttp: AskHttp;
}

/**
 * Asks another member's gateway for its height. The answer holds only for this very question: it carries its nonce.
 * @throws whatever is wrong with the answer, or the lack of one
 */
export async function askHeight({ gateway, mspId, channel, key, withinMs, askHttp }: HeightQuestion): Promise<number> {
  const nonce = formatBase64url(newRandomBytes(16));
  const url = new URL(`/api/height?nonce=${nonce}`, gateway);
  const response = await askHttp(url, { redirect: 'error', signal: AbortSignal.timeout(withinMs) });
  const { jws } = JSON.parse(await readShort(response)) as { readonly jws: string };
  const said = await verifyJws('height', jws, key);
  if (said.mspId !== mspId || said.channel !== channel || said.nonce !== nonce) throw new Error('The answer is to another question');
  return said.height;
}

async function readShort({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += (chunk as Uint8Array).length;
    if (bytes > mostBytes) throw new Error('The answer is too long');
    chunks.push(chunk as Uint8Array);
  }
  return Buffer.concat(chunks).toString('utf8');
}
