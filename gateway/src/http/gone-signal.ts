import type { ServerResponse } from 'node:http';

/** Aborted when the caller's connection ends before the answer. */
export function newGoneSignal(answer: ServerResponse): AbortSignal {
  const gone = new AbortController();
  answer.once('close', () => {
    if (!answer.writableFinished) gone.abort();
  });
  return gone.signal;
}
