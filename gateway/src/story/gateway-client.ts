import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { StoryError } from './story-error';

/** How one request is made. */
export type RequestOptions = {
  readonly token?: string;
  /** Seconds that the gateway may wait for a later result (`Prefer: wait=N`). */
  readonly waitSeconds?: number;
  readonly contentType?: string;
};

type Attempt = {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
};
type Answer = { readonly status: number; readonly retryAfterMs: number; readonly text: string };
type NoAnswer = { readonly cause: unknown };
type Problem = { readonly code?: unknown; readonly title?: unknown; readonly detail?: unknown; readonly details?: unknown };

/** How long a request is repeated, under one idempotency key, and how long one attempt may take; in milliseconds. */
export type Patience = { readonly allMs: number; readonly attemptMs: number };

/** A process that was killed is back within seconds. */
const PATIENCE: Patience = { allMs: 30_000, attemptMs: 90_000 };
const PAUSE_MS = 250;
const AGAIN = new Set([502, 503, 504]);

/** Speaks to one gateway over HTTP. Repeats what did not get through, so that a restart on the other side goes unnoticed. */
export class GatewayClient {
  constructor(
    readonly baseUrl: string,
    readonly patience: Patience = PATIENCE,
  ) {}

  /** The JSON answer. @throws {StoryError} with the gateway's code, or GATEWAY_UNREACHABLE */
  async get<Body>(path: string, options: RequestOptions = {}): Promise<Body> {
    return this.#parse(await this.getText(path, options), path) as Body;
  }

  /** The answer as it stands. @throws {StoryError} */
  getText(path: string, options: RequestOptions = {}): Promise<string> {
    return this.#request({ method: 'GET', path, headers: newHeaders(options) });
  }

  /** Sends JSON, or a text that is JSON already. @throws {StoryError} */
  async post<Body>(path: string, body: unknown, options: RequestOptions = {}): Promise<Body> {
    const headers = {
      ...newHeaders(options),
      'content-type': options.contentType ?? 'application/json',
      'idempotency-key': randomUUID(),
    };
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return this.#parse(await this.#request({ method: 'POST', path, headers, body: text }), path) as Body;
  }

  /** Changes what the path names: harmless to repeat. @throws {StoryError} */
  async patch<Body>(path: string, body: unknown, options: RequestOptions = {}): Promise<Body> {
    const headers = { ...newHeaders(options), 'content-type': 'application/json' };
    return this.#parse(await this.#request({ method: 'PATCH', path, headers, body: JSON.stringify(body) }), path) as Body;
  }

  /** @throws {StoryError} */
  async remove(path: string, options: RequestOptions = {}): Promise<void> {
    await this.#request({ method: 'DELETE', path, headers: newHeaders(options) });
  }

  async #request(attempt: Attempt): Promise<string> {
    const until = Date.now() + this.patience.allMs;
    for (;;) {
      const answer = await this.#attempt(attempt);
      if ('cause' in answer) {
        if (Date.now() > until) throw this.#unreachable(answer.cause);
        await pause(PAUSE_MS);
      } else if (answer.status < 300) {
        return answer.text;
      } else {
        if (!isWorthRepeating(answer) || Date.now() > until) throw toStoryError(answer);
        await pause(Math.max(answer.retryAfterMs, PAUSE_MS));
      }
    }
  }

  async #attempt({ method, path, headers, body }: Attempt): Promise<Answer | NoAnswer> {
    try {
      const signal = AbortSignal.timeout(this.patience.attemptMs);
      const response = await fetch(new URL(path, this.baseUrl), { method, headers, signal, ...(body !== undefined && { body }) });
      const retryAfterMs = Number(response.headers.get('retry-after') ?? 0) * 1000 || 0;
      return { status: response.status, retryAfterMs, text: await response.text() };
    } catch (cause) {
      return { cause };
    }
  }

  #parse(text: string, path: string): unknown {
    try {
      return JSON.parse(text);
    } catch (cause) {
      throw new StoryError('GATEWAY_ANSWER_UNKNOWN', `${this.baseUrl}${path} did not answer JSON.`, { cause });
    }
  }

  #unreachable(cause: unknown): StoryError {
    return new StoryError('GATEWAY_UNREACHABLE', `The gateway at ${this.baseUrl} does not answer.`, {
      cause,
      hint: 'Is the consortium up? `npm start` starts it; `npm run network -- status` tells what runs, `logs` what it said last.',
    });
  }
}

function newHeaders({ token, waitSeconds }: RequestOptions): Record<string, string> {
  return {
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(waitSeconds !== undefined && { prefer: `wait=${String(waitSeconds)}` }),
  };
}

function isWorthRepeating({ status, text }: Answer): boolean {
  return AGAIN.has(status) || (status === 409 && parseProblem(text).code === 'IDEMPOTENCY_KEY_BUSY');
}

function toStoryError({ status, text }: Answer): StoryError {
  const { code, title, detail, details } = parseProblem(text);
  const message = typeof detail === 'string' ? detail : typeof title === 'string' ? title : `The gateway answered ${String(status)}.`;
  return new StoryError(typeof code === 'string' ? code : 'GATEWAY_ANSWER_UNKNOWN', message, {
    place: placeOf(details),
    hint: 'docs/reference/error-codes.md says why this code comes and what to do.',
  });
}

function placeOf(details: unknown): string | undefined {
  const { place, problems } = (details ?? {}) as { place?: unknown; problems?: readonly { place?: unknown }[] };
  const found = place ?? problems?.[0]?.place;
  return typeof found === 'string' ? found : undefined;
}

function parseProblem(text: string): Problem {
  try {
    return (JSON.parse(text) ?? {}) as Problem;
  } catch {
    return {};
  }
}
