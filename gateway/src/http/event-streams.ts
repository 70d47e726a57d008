import { once } from 'node:events';
import type { Response as HttpResponse } from 'express';
import type { Mention } from '../audit';
import { newError } from '../problem';
import { newGoneSignal } from './gone-signal';

export const eventStream = 'text/event-stream';

/** Some events (WHATWG HTML, server-sent events), and whom and what they tell of; without any, a sign of life. */
export interface StreamPart {
  readonly text: string;
  readonly about: readonly Mention[];
}

/** Begins an endless answer; it ends soon after `gone` is aborted. */
export type StreamParts = (gone: AbortSignal) => AsyncIterable<StreamPart>;

export interface StreamOptions {
  /** For whom streams are counted. */
  readonly caller: string;
  /** Resolves while the caller may still read; rejects from then on. */
  readonly assertAllowed: () => Promise<unknown>;
  /** Resolves when what is told is written down. */
  readonly writeDown: (about: readonly Mention[]) => Promise<void>;
  /** A caller that reads nothing for so long is cut off. */
  readonly readWithinMs: number;
}

const most = { all: 200, ofOneCaller: 10 };

/** Answers that go on: bounded in number, and in memory by what fits into one part. Whoever is cut off asks again from where it was. */
export class EventStreams {
  readonly #open = new Map<string, number>();

  /** @throws CodedError REQUESTS_TOO_MANY, OVERLOADED */
  assertRoom(caller: string): void {
    if ((this.#open.get(caller) ?? 0) >= most.ofOneCaller)
      throw newError('REQUESTS_TOO_MANY', `At most ${String(most.ofOneCaller)} streams of one caller are open at once`);
    const all = [...this.#open.values()].reduce((sum, count) => sum + count, 0);
    if (all >= most.all) throw newError('OVERLOADED', 'The gateway has more streams open than it can serve; ask again as Retry-After says');
  }

  /** Sends parts until there are no more, the caller is gone, does not read or may not read any more. Never rejects. */
  async send(answer: HttpResponse, parts: StreamParts, options: StreamOptions): Promise<void> {
    const { caller } = options;
    this.#open.set(caller, (this.#open.get(caller) ?? 0) + 1);
    // Proxies that gather answers would hold the events back.
    answer.status(200).set({ 'content-type': eventStream, 'cache-control': 'no-store', 'x-accel-buffering': 'no' });
    answer.flushHeaders();
    try {
      if (answer.req.method === 'HEAD') return;
      for await (const { text, about } of parts(newGoneSignal(answer))) {
        await options.assertAllowed();
        if (about.length > 0) await options.writeDown(about);
        if (answer.destroyed || !(await write(answer, text, options.readWithinMs))) break;
      }
    } catch {
      // The head has gone out: the next request is told why.
    } finally {
      this.#leave(caller);
      if (answer.writableNeedDrain) answer.destroy();
      else answer.end();
    }
  }

  #leave(caller: string): void {
    const left = (this.#open.get(caller) ?? 1) - 1;
    if (left > 0) this.#open.set(caller, left);
    else this.#open.delete(caller);
  }
}

/** Whether it was taken in time. */
async function write(answer: HttpResponse, text: string, withinMs: number): Promise<boolean> {
  if (answer.write(text)) return true;
  const signal = AbortSignal.timeout(withinMs);
  return once(answer, 'drain', { signal }).then(
    () => true,
    () => false,
  );
}
