import { randomBytes } from 'node:crypto';
import {
  formatInstant,
  MAX_CONSULTATIONS,
  type ConsultationId,
  type Purpose,
  type RelationRef,
  type StaffRole,
} from '@medaccord/chaincode/model';
import { digestOf } from '../ledger/digest';
import type { Transactions } from '../ledger/transactions';
import type { ConsultationStore, KeptConsultation } from '../store';

export interface ConsultationOptions {
  readonly consultations: ConsultationStore;
  readonly transactions: Transactions;
  /** Another gateway of the organisation may bring what is kept here. */
  readonly isLeading: () => boolean;
  readonly onTrouble: (error: unknown) => void;
}

/** Looks of a short while go to the ledger together, per relation. */
const pauseMs = { gather: 500, most: 30_000 };

/**
 * Looks of staff at a consent without a request. Each is kept before the looker is answered and goes to the ledger soon after, where the
 * patient sees it; none is lost by a restart or while the ledger cannot be reached.
 */
export class Consultations {
  readonly #options: ConsultationOptions;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #pauseMs = pauseMs.gather;
  #isStopped = false;

  constructor(options: ConsultationOptions) {
    this.#options = options;
  }

  /** Keeps a look; resolves when nothing can lose it. Only then answer. */
  async keep(look: { readonly relationRef: string; readonly role: StaffRole; readonly purpose: Purpose | null }): Promise<void> {
    const { role, purpose } = look;
    const consultationId = randomBytes(16).toString('base64url') as ConsultationId;
    const relationRef = look.relationRef as RelationRef;
    await this.#options.consultations.put({ relationRef, consultationId, role, purpose, consultedAt: formatInstant(Date.now()) });
    this.#schedule();
  }

  /** Begins with what an earlier run left. */
  start(): void {
    this.#schedule();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  #schedule(): void {
    if (this.#isStopped || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#running = this.#running.then(() => this.#bring());
    }, this.#pauseMs);
    this.#timer.unref();
  }

  async #bring(): Promise<void> {
    const { consultations, isLeading, onTrouble } = this.#options;
    if (!isLeading()) return;
    let isDone = false;
    let isEmpty = false;
    try {
      const outcomes = await Promise.allSettled(batchesOf(await consultations.list()).map((batch) => this.#submit(batch)));
      for (const outcome of outcomes) if (outcome.status === 'rejected') onTrouble(outcome.reason);
      isDone = outcomes.every(({ status }) => status === 'fulfilled');
      isEmpty = (await consultations.list()).length === 0;
    } catch (error) {
      onTrouble(error);
    }
    this.#pauseMs = isDone ? pauseMs.gather : Math.min(pauseMs.most, this.#pauseMs * 2);
    if (!isEmpty) this.#schedule();
  }

  async #submit(batch: readonly KeptConsultation[]): Promise<void> {
    const { transactions, consultations } = this.#options;
    const ids = batch.map(({ consultationId }) => consultationId);
    const relationRef = batch[0]?.relationRef;
    if (relationRef === undefined) return;
    await transactions.submit(
      'RecordConsultations',
      {
        relationRef,
        consultations: batch.map(({ consultationId, role, purpose, consultedAt }) => ({ consultationId, role, purpose, consultedAt })),
      },
      { operation: `consultations/${digestOf(ids.join())}`, mayLag: true },
    );
    await consultations.remove(ids);
  }
}

/** Per relation, the oldest first, as many as one transaction takes; the rest has its turn next time. */
function batchesOf(looks: readonly KeptConsultation[]): readonly (readonly KeptConsultation[])[] {
  const refs = [...new Set(looks.map(({ relationRef }) => relationRef))];
  return refs.map((ref) => looks.filter(({ relationRef }) => relationRef === ref).slice(0, MAX_CONSULTATIONS));
}
