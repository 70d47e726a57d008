import { get } from 'node:http';

export interface HttpAnswer {
  readonly status: number;
  /** Of its `Date` header, milliseconds since the epoch; undefined: it has none. */
  readonly date: number | undefined;
}

/** A machine that is very busy is slow, and not silent. */
const WITHIN_MS = 5000;

/** What an address answers to GET; undefined when it does not in time. What it says beside its headers is not read. */
export function askHttp(url: string): Promise<HttpAnswer | undefined> {
  return new Promise((resolve) => {
    const request = get(url, { agent: false, signal: AbortSignal.timeout(WITHIN_MS) }, (response) => {
      const date = Date.parse(response.headers.date ?? '');
      resolve({ status: response.statusCode ?? 0, date: Number.isNaN(date) ? undefined : date });
      response.destroy();
    });
    request.on('error', () => resolve(undefined));
  });
}
