import { randomInt } from 'node:crypto';
import type { ClaimEvent, KeptSubscription } from '../store';
import { meetsCriteria, parseCriteria } from './criteria';
import { EndpointGuard } from './endpoint-guard';
import { nameNotification, newLetter } from './new-letter';
import { post, type PostOutcome } from './post';
import type { WebhookOptions } from './webhook-options';

/** Events that are looked at for one notification. */
const lookedAtOnce = 100;
/** Between tries: half a second first, then twice as long each time, an hour at most. */
const pauses = { firstMs: 500, mostMs: 3_600_000 };
const gone = 410;

/**
 * Sends what is subscribed to, one notification of a subscription after another: the next leaves when the one before has arrived. How far each
 * has come is kept, so that nothing is lost when the gateway is; what was sent and not noted is sent again under the same name.
 */
export class WebhookDeliverer {
  readonly #options: WebhookOptions;
  readonly #guard: EndpointGuard;
  readonly #working = new Map<string, Promise<void>>();
  /** Looked at again after the work under way. */
  readonly #again = new Set<string>();
  /** Ends the pause before the next try. */
  readonly #waiting = new Map<string, () => void>();
  readonly #ending = new AbortController();
  #isRunning = false;

  constructor(options: WebhookOptions) {
    this.#options = options;
    this.#guard = new EndpointGuard(options.config);
  }

  /** Begins with what an earlier run left. */
  start(): void {
    this.#isRunning = true;
    this.look();
  }

  /** Ends after what is under way: another gateway of the organisation does it, until the next start. */
  pause(): void {
    this.#isRunning = false;
  }

  /** Ends at once; the rest is taken up at the next start. */
  async stop(): Promise<void> {
    this.#isRunning = false;
    this.#ending.abort();
    for (const wake of this.#waiting.values()) wake();
    await Promise.all(this.#working.values());
  }

  /** Looks for work: after a block, and after a subscription was made or changed. */
  look(): void {
    if (!this.#isRunning) return;
    const { subscriptions, onTrouble } = this.#options;
    subscriptions
      .list()
      .then((all) => {
        for (const { subscriptionId, status } of all) if (status === 'active') this.#begin(subscriptionId);
      })
      .catch(onTrouble);
  }

  #begin(subscriptionId: string): void {
    if (!this.#isRunning) return;
    if (this.#working.has(subscriptionId)) {
      this.#again.add(subscriptionId);
      this.#waiting.get(subscriptionId)?.();
      return;
    }
    const work = this.#work(subscriptionId)
      .catch(this.#options.onTrouble)
      .finally(() => {
        this.#working.delete(subscriptionId);
        if (this.#again.delete(subscriptionId)) this.#begin(subscriptionId);
      });
    this.#working.set(subscriptionId, work);
  }

  async #work(subscriptionId: string): Promise<void> {
    while (this.#isRunning) {
      const subscription = await this.#options.subscriptions.find(subscriptionId);
      if (subscription?.status !== 'active') return;
      const leftMs = subscription.nextAt - Date.now();
      if (leftMs > 0) await this.#wait(subscriptionId, leftMs);
      else if (!(await this.#step(subscription))) return;
    }
  }

  /** Somebody may turn it off, or on again, meanwhile. */
  #wait(subscriptionId: string, ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(subscriptionId);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.#waiting.set(subscriptionId, done);
    });
  }

  /** To the next notification; whether there was anything to look at. */
  async #step(subscription: KeptSubscription): Promise<boolean> {
    const { facts, subscriptions } = this.#options;
    const criteria = parseCriteria(subscription.terms.criteria);
    const events = facts.claimEvents.list(subscription.after, lookedAtOnce);
    const next = events.find((event) => meetsCriteria(criteria, facts, event));
    const last = next ?? events.at(-1);
    if (last === undefined) return false;
    if (next === undefined) await subscriptions.advance(subscription.subscriptionId, last, 0);
    else await this.#deliver(subscription, next, criteria.type);
    return true;
  }

  async #deliver(subscription: KeptSubscription, event: ClaimEvent, type: string): Promise<void> {
    const { config, subscriptions, writeDown, onOutcome } = this.#options;
    const { subscriptionId, terms } = subscription;
    if (terms.payload === 'id-only') await writeDown(newAct(event, nameNotification(subscription, event)));
    const letter = newLetter(subscription, event, { type, at: new Date() });
    const outcome = await post(letter, { guard: this.#guard, withinMs: config.answerWithinMs, signal: this.#ending.signal });
    if ('status' in outcome && outcome.status >= 200 && outcome.status < 300) {
      await subscriptions.advance(subscriptionId, event, 1);
      onOutcome('delivered');
    } else if (!this.#ending.signal.aborted) await this.#fail(subscription, outcome);
  }

  async #fail({ subscriptionId, failures, failingSince }: KeptSubscription, outcome: PostOutcome): Promise<void> {
    const { config, subscriptions, onOutcome } = this.#options;
    const error = 'status' in outcome ? `HTTP ${String(outcome.status)}` : outcome.failure;
    const at = Date.now();
    const isGone = 'status' in outcome && outcome.status === gone;
    if (isGone || at - (failingSince ?? at) >= config.giveUpAfterMs) {
      await subscriptions.giveUp(subscriptionId, error);
      onOutcome('given_up');
      return;
    }
    const pauseMs = Math.min(pauses.mostMs, pauses.firstMs * 2 ** Math.min(failures, 20));
    await subscriptions.fail(subscriptionId, { at, nextAt: at + randomInt(Math.ceil(pauseMs / 2), pauseMs + 1), error });
    onOutcome('failed');
  }
}

/** An id of a claim leaves the gateway: the patient reads that it did. */
function newAct({ relationRef }: ClaimEvent, requestId: string): Parameters<WebhookOptions['writeDown']>[0] {
  return { event: 'disclosure', relationRef, requestId, purpose: 'HPAYMT', code: 'permit', recordIds: [] };
}
