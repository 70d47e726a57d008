import type { ResponseStore } from '../store/response-table';
import { newError } from '../problem';
import type { Response } from './route';

export interface Repeatable {
  readonly key: string;
  /** Route and caller: a key means something only to whoever made it. */
  readonly scope: string;
  readonly content: string;
}

/** Makes repeating a request harmless: the same key and content give the same answer, also while the first is still running. */
export class Repeats {
  readonly #responses: ResponseStore;
  readonly #nameOf: (purpose: string, value: string) => string;
  readonly #running = new Map<string, { readonly request: string; readonly response: Promise<Required<Response>> }>();

  constructor(responses: ResponseStore, nameOf: (purpose: string, value: string) => string) {
    this.#responses = responses;
    this.#nameOf = nameOf;
  }

  /** @throws CodedError IDEMPOTENCY_KEY_REUSED, IDEMPOTENCY_KEY_BUSY, and whatever `handle` throws */
  async run({ key, scope, content }: Repeatable, handle: (operation: string) => Promise<Required<Response>>): Promise<Required<Response>> {
    const operation = this.#nameOf('operation', JSON.stringify([scope, key]));
    const request = this.#nameOf('request', content);
    const running = this.#running.get(operation);
    if (running !== undefined) {
      if (running.request === request) return running.response;
      throw newError('IDEMPOTENCY_KEY_BUSY', 'A different request with this Idempotency-Key is running; use a new key');
    }
    const response = this.#answer(operation, request, handle);
    this.#running.set(operation, { request, response });
    return response.finally(() => this.#running.delete(operation));
  }

  async #answer(
    operation: string,
    request: string,
    handle: (operation: string) => Promise<Required<Response>>,
  ): Promise<Required<Response>> {
    const kept = await this.#responses.begin({ operation, request });
    // What an earlier version kept says nothing for the audit log.
    if (kept !== undefined) return { about: [], verdict: '', ...(JSON.parse(kept) as Omit<Required<Response>, 'about' | 'verdict'>) };
    try {
      const done = await handle(operation);
      await this.#responses.finish(operation, JSON.stringify(done));
      return done;
    } catch (error) {
      await this.#responses.giveUp(operation).catch(() => undefined);
      throw error;
    }
  }
}
