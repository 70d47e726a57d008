import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import { loadLocalKey } from '../../../src/store';
import type { SeenAnswer } from './front-proxy';
import type { ProxiedGateway } from './proxied-gateway';

/**
 * Where a write is when its gateway is killed, and what proves it. The proxies see whole messages, and a kill happens in the same turn of the
 * event loop as a message is seen, so what is held back never reaches the other side.
 * - before endorse: the proposal was held back from the peer.
 * - after endorse: the endorsement was held back from the gateway, or the envelope, which is kept by then, from the peer.
 * - after submit: the orderers' word was held back from the gateway, or, after it, the question for the outcome from the peer.
 * - before the answer: the gateway has just learnt that the transaction is valid, and no write was answered from then on; or the answer, which is
 *   kept by then, was held back from the client.
 */
export const POINTS = {
  'before endorse': ['Endorse asked'],
  'after endorse': ['Endorse answered', 'Submit asked'],
  'after submit': ['Submit answered', 'CommitStatus asked'],
  'before the answer': ['CommitStatus answered', 'answer'],
} as const;

export type Moment = keyof typeof POINTS;
export type Point = (typeof POINTS)[Moment][number];

export const MOMENTS = Object.keys(POINTS) as Moment[];

/** A kill as it was observed from outside the gateway. */
export interface Kill {
  readonly moment: Moment;
  readonly point: Point;
  /** The transaction at which it happened; none where it was an answer. */
  readonly transactionId: string | undefined;
  /** The answer that its client did not get. */
  readonly answer: SeenAnswer | undefined;
  /** Requests that waited for an answer. */
  readonly waiting: number;
  /** What the dead gateway had kept: of the transaction the state of its intent, of the answer `answer`. */
  readonly kept: string | undefined;
  /** Whether the evidence of its moment is complete. */
  readonly isProven: boolean;
}

/** How many messages of the same kind pass before the one at which the gateway is killed, at most: any phase of its life is hit. */
const MOST_PASSED = 10;
/** The longest that a gateway lives on which knows its outcome, in milliseconds. */
const LAST_BREATH_MS = 8;
const PATIENCE_MS = 60_000;

interface Armed {
  readonly point: Point;
  /** Of these transactions alone. */
  readonly transaction?: string;
  passing: number;
  readonly hit: (seen: Pick<Kill, 'transactionId' | 'answer'>) => void;
}

/** Kills a gateway between two proxies at points of the caller's choice. */
export class KillPoints {
  #armed: Armed | undefined;
  #answered = 0;
  #kills = 0;
  /** What the orderers took. */
  readonly #submitted = new Set<string>();

  constructor(readonly proxied: ProxiedGateway) {
    const { peer, front } = proxied;
    peer.watch = ({ call, phase, transactionId, transaction }) => {
      const point = `${call} ${phase}`;
      if (point === 'Submit answered') this.#submitted.add(transactionId);
      // At its start a gateway asks for outcomes of what may never have been submitted.
      if (point === 'CommitStatus asked' && !this.#submitted.has(transactionId)) return true;
      return this.#see(point, { transactionId, answer: undefined }, transaction);
    };
    front.watch = (answer) => {
      if (answer.method === 'GET' || answer.status >= 300) return true;
      this.#answered += 1;
      return answer.key === undefined || this.#see('answer', { transactionId: undefined, answer });
    };
  }

  /** Kills the gateway at a point of the moment, looks at what it left, and starts it again. */
  async killAt(moment: Moment): Promise<Kill> {
    const round = Math.floor(this.#kills / MOMENTS.length);
    const point = POINTS[moment][round % POINTS[moment].length]!;
    this.#kills += 1;
    return { moment, ...(await this.#kill({ point, passing: randomInt(MOST_PASSED) })) };
  }

  /** The same, the next time that a transaction of this name comes to a point. */
  async killIn(transaction: string, point: Point): Promise<Omit<Kill, 'moment'>> {
    return this.#kill({ point, transaction, passing: 0 });
  }

  async #kill(at: Omit<Armed, 'hit'>): Promise<Omit<Kill, 'moment'>> {
    const { point } = at;
    const seen = await this.#untilHit(at);
    const { gateway, front } = this.proxied;
    const { waiting } = front;
    const answered = this.#answered;
    if (point === 'CommitStatus answered') await pause(randomInt(LAST_BREATH_MS));
    await gateway.end('SIGKILL');
    // What the dead gateway had still sent has arrived when all its connections are closed.
    while (front.waiting > 0 && this.#answered === answered) await pause(1);
    const isProven = point !== 'CommitStatus answered' || this.#answered === answered;
    const kept = seen.answer === undefined ? this.#readIntent(seen.transactionId ?? '') : this.#findAnswer(seen.answer);
    await gateway.start();
    return { point, ...seen, waiting, kept, isProven };
  }

  #untilHit(at: Omit<Armed, 'hit'>): Promise<Pick<Kill, 'transactionId' | 'answer'>> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        reject(new Error(`Nothing came by in time: ${at.transaction ?? ''} ${at.point}`));
      }, PATIENCE_MS);
      const hit: Armed['hit'] = (seen) => {
        clearTimeout(late);
        resolve(seen);
      };
      this.#armed = { ...at, hit };
    });
  }

  /** Whether what was seen goes on. The gateway is killed before this returns, except where it is to learn of what was seen. */
  #see(point: string, seen: Pick<Kill, 'transactionId' | 'answer'>, transaction?: string): boolean {
    const armed = this.#armed;
    if (armed?.point !== point || (armed.transaction ?? transaction) !== transaction || (armed.passing -= 1) >= 0) return true;
    this.#armed = undefined;
    const goesOn = point === 'CommitStatus answered';
    if (!goesOn) void this.proxied.gateway.end('SIGKILL');
    armed.hit(seen);
    return goesOn;
  }

  #readIntent(transactionId: string): string | undefined {
    const [row] = this.#ask('SELECT state FROM intent WHERE transaction_id = ?', transactionId);
    return row === undefined ? undefined : String(row['state']);
  }

  /** Answers are sealed: they are opened with the gateway's own key. */
  #findAnswer({ text }: SeenAnswer): string | undefined {
    const key = loadLocalKey(this.proxied.gateway.keys);
    const answers = this.#ask('SELECT operation, sealed FROM response WHERE sealed IS NOT NULL').map(({ operation, sealed }) => {
      const opened = Buffer.from(key.open(`response/${String(operation)}`, sealed as Uint8Array)).toString('utf8');
      return (JSON.parse(opened) as { body: string }).body;
    });
    return answers.includes(text) ? 'answer' : undefined;
  }

  #ask(sql: string, ...values: readonly string[]): Record<string, unknown>[] {
    const database = new DatabaseSync(join(this.proxied.data, 'gateway.sqlite'), { readOnly: true });
    try {
      return database.prepare(sql).all(...values);
    } finally {
      database.close();
    }
  }
}
