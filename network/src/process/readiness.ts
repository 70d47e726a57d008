import { connect } from 'node:net';
import { get } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { ListenAddress, Readiness } from './process-spec';

const BETWEEN_LOOKS_MS = 25;
const ONE_LOOK_MS = 2000;

/**
 * Looks again and again until the evidence is there. Resolves without it only when the signal aborts: the caller knows why it did.
 * Lines are observed by the caller, who reads the output; here only what can be seen from outside.
 */
export async function observe(readiness: Exclude<Readiness, { kind: 'line' }>, signal: AbortSignal): Promise<void> {
  const look = readiness.kind === 'port' ? () => accepts(readiness) : () => answersOk(readiness.url);
  while (!signal.aborted && !(await look())) {
    await pause(BETWEEN_LOOKS_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** Whether something accepts connections there now. */
export function accepts({ host, port }: ListenAddress): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: ONE_LOOK_MS });
    const answer = (found: boolean): void => {
      socket.destroy();
      resolve(found);
    };
    socket.once('connect', () => {
      answer(true);
    });
    socket.once('error', () => {
      answer(false);
    });
    socket.once('timeout', () => {
      answer(false);
    });
  });
}

/** Whether a GET answers 200 now. */
function answersOk(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(url, { agent: false, timeout: ONE_LOOK_MS }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.once('error', () => {
      resolve(false);
    });
    request.once('timeout', () => {
      request.destroy();
      resolve(false);
    });
  });
}
