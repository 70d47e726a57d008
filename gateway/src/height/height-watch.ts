import { setTimeout as delay } from 'node:timers/promises';
import type { Organisation, Rules } from '@medaccord/chaincode/model';
import { newError } from '../problem';
import type { Facts, Projector } from '../store';
import { askHeight, type AskHttp } from './ask-height';

/** Other members whose signed heights a consent check needs. */
const WITNESSES = 2;
/** Between two questions to one member, in milliseconds. */
const longestPauseMs = 2_000;

export interface HeightWatchOptions {
  readonly mspId: string;
  readonly channel: string;
  readonly members: readonly { readonly mspId: string; readonly gateway: string }[];
  readonly facts: Pick<Facts, 'find'> & { readonly height: number };
  readonly projector: Pick<Projector, 'waitFor'>;
  /** Age of the second newest proof after which nothing is proven. */
  readonly withinMs: number;
  /** The platform's own unless given. */
  readonly askHttp?: AskHttp | undefined;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
}

/**
 * Asks the other members' gateways for their signed heights again and again. A member's word counts from the moment of the question, once
 * this read model holds as many blocks as it said: so what is proven is that, not longer ago than the bound, nothing was missing here that
 * two other members had. A member that invents a height stops its own word alone.
 */
export class HeightWatch {
  readonly #options: HeightWatchOptions;
  readonly #now: () => number;
  readonly #ending = new AbortController();
  /** By MSP id: when the question was asked that is caught up with. */
  readonly #provenAt = new Map<string, number>();
  #running: Promise<unknown> | undefined;

  constructor(options: HeightWatchOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  start(): void {
    const others = this.#options.members.filter(({ mspId }) => mspId !== this.#options.mspId);
    this.#running ??= Promise.all(others.map((member) => this.#keepAsking(member)));
  }

  async stop(): Promise<void> {
    this.#ending.abort();
    await this.#running;
  }

  /** Whether two other members proved the read model's height not longer ago than the bound. */
  get isProven(): boolean {
    const { withinMs } = this.#options;
    const oldest = this.#now() - withinMs;
    let proofs = 0;
    for (const provenAt of this.#provenAt.values()) if (provenAt >= oldest) proofs += 1;
    return proofs >= WITNESSES;
  }

  /** @throws CodedError HEIGHT_NOT_PROVEN */
  assertProven(): void {
    if (this.isProven) return;
    throw newError('HEIGHT_NOT_PROVEN', 'Two other members have not confirmed lately that no newer block is missing here; ask again');
  }

  async #keepAsking(member: HeightWatchOptions['members'][number]): Promise<void> {
    const { withinMs } = this.#options;
    const { signal } = this.#ending;
    while (!signal.aborted) {
      const isProven = await this.#ask(member).catch(() => false);
      const pauseMs = isProven ? Math.min(longestPauseMs, withinMs / 5) : Math.min(500, withinMs / 5);
      await delay(pauseMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  async #ask({ mspId, gateway }: HeightWatchOptions['members'][number]): Promise<boolean> {
    const { channel, facts, projector, withinMs, askHttp = fetch } = this.#options;
    const organisation = facts.find<Organisation>('organisation', mspId)?.value;
    // A suspended member's word counts no longer.
    if (organisation?.status !== 'active' || facts.find<Rules>('rules')?.value.suspended.includes(organisation.mspId) === true) {
      this.#provenAt.delete(mspId);
      return false;
    }
    const askedAt = this.#now();
    const height = await askHeight({ gateway, mspId, channel, key: organisation.signing, withinMs: withinMs / 2, askHttp });
    const isReached = await projector.waitFor(() => (facts.height >= height ? true : undefined), withinMs / 2);
    if (isReached !== true) return false;
    this.#provenAt.set(mspId, askedAt);
    return true;
  }
}
