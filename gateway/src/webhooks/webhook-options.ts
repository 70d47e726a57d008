import type { AgentAct } from '../audit';
import type { Facts, SubscriptionStore } from '../store';
import type { WebhookPlaces } from './endpoint-guard';

/** How webhooks are sent. */
export interface WebhookConfig extends WebhookPlaces {
  /** Longest wait for an answer, in milliseconds. */
  readonly answerWithinMs: number;
  /** For how long a notification is tried that does not arrive, in milliseconds. */
  readonly giveUpAfterMs: number;
}

export interface WebhookOptions {
  readonly config: WebhookConfig;
  readonly facts: Facts;
  readonly subscriptions: SubscriptionStore;
  readonly writeDown: (act: AgentAct) => Promise<void>;
  readonly onOutcome: (outcome: 'delivered' | 'failed' | 'given_up') => void;
  readonly onTrouble: (error: unknown) => void;
}
