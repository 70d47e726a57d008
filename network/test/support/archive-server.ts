import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const CLIENT_READS_WITHIN_MS = 50;

/** What a server does with one request, after it has sent so many bytes of the answer. */
export type Misbehaviour = { readonly after: number; readonly then: 'break off' | 'stall' | 'end' | 'say nothing' };

export interface ArchiveServer {
  readonly url: string;
  /** The Range header of each request, or undefined. */
  readonly ranges: (string | undefined)[];
  close(): Promise<void>;
}

interface Content {
  readonly bytes: Buffer;
  readonly etag?: string;
  /** For the first requests, one each; those after them are served whole. */
  readonly misbehaviour?: readonly Misbehaviour[];
}

/** Serves one file at every path, with ranges (RFC 9110, 14), as servers of releases do. `content` is asked at each request. */
export async function serveArchive(content: () => Content): Promise<ArchiveServer> {
  const ranges: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    ranges.push(request.headers.range);
    answer(content(), ranges.length - 1, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/hyperledger-fabric-linux-amd64-3.1.5.tar.gz`,
    ranges,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function answer(
  { bytes, etag = '"1"', misbehaviour = [] }: Content,
  count: number,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const range = /^bytes=(\d+)-$/.exec(request.headers.range ?? '');
  const start = range !== null && request.headers['if-range'] === etag ? Number(range[1]) : 0;
  const total = String(bytes.length);
  if (start >= bytes.length) {
    response.writeHead(416, { 'content-range': `bytes */${total}` }).end();
    return;
  }
  const rest = bytes.subarray(start);
  const partial = { 'content-range': `bytes ${String(start)}-${String(bytes.length - 1)}/${total}` };
  const { after, then } = misbehaviour[count] ?? { after: rest.length, then: 'end' };
  if (then === 'say nothing') return;
  const length = then === 'end' ? after : rest.length;
  response.writeHead(start === 0 ? 200 : 206, { etag, 'content-length': String(length), ...(start === 0 ? {} : partial) });
  response.write(rest.subarray(0, after), () => {
    // The client may throw away what it has not read yet when a connection breaks off.
    if (then === 'break off') setTimeout(() => response.destroy(), CLIENT_READS_WITHIN_MS);
    if (then === 'end') response.end();
  });
}
