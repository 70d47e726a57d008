import { decisionKey, deletionKey, formatInstant, type Decision, type Ending, type MspId, type Rules } from '@medaccord/chaincode/model';
import type { SigningKey } from '../crypto';
import type { Transactions } from '../ledger/transactions';
import { Turns } from '../ledger/turns';
import { readCode } from '../problem';
import { findEndingOf, type Projector, type RequestName } from '../store';
import { listParts, type DeliveredOptions } from './delivered';
import { findNarrowing } from './find-narrowing';
import { signDeletion } from './sign-deletion';

/** Copies of one relation that are deleted at once. */
const perRelation = 4;
/** Longest pauses: of a copy whose consent document has not arrived, and of one that met a trouble. */
const longestPauses = { waiting: 2_000, trouble: 15_000 };
/** Longest time between two looks at the clock: setTimeout takes no more than 2^31 ms. */
const longestSleepMs = 3_600_000;

export interface DeletionAgentOptions extends DeliveredOptions {
  readonly transactions: Transactions;
  readonly projector: Pick<Projector, 'waitFor'>;
  readonly signing: SigningKey;
  /** How long the document of a new version is waited for; without it nothing is permitted. */
  readonly documentWaitMs?: number;
  readonly onTrouble: (error: unknown) => void;
  readonly onDeleted: (deleted: { readonly requestId: string; readonly reason: string }) => void;
}

interface Task {
  readonly name: RequestName;
  /** The version of the consent for which it is looked at. */
  readonly newest: number;
  readonly startedAt: number;
  attempts: number;
}

/**
 * The counterparty's deletion agent: when the patient ends a release, or its time is over, it deletes the delivered copy and puts its signed
 * receipt on the ledger, both in one transaction. What it needs stands on the ledger, so it goes on after any restart.
 */
export class DeletionAgent {
  readonly #options: DeletionAgentOptions;
  readonly #turns = new Turns({ perLane: perRelation, firstPauseMs: 50 });
  /** Copies that were looked at, with the version of the consent then: one that still permits them is not asked twice. */
  readonly #seen = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #isRunning = false;

  constructor(options: DeletionAgentOptions) {
    this.#options = options;
  }

  start(): void {
    this.#isRunning = true;
    this.#look();
  }

  /** Looks for work after a block. */
  onBlock(): void {
    if (this.#isRunning) this.#look();
  }

  /** Ends its work after the turns that are being taken: another gateway of the organisation does it, until the next start. */
  pause(): void {
    this.#isRunning = false;
    this.#seen.clear();
    clearTimeout(this.#timer);
  }

  /** Ends after the turns that are being taken; the rest is taken up at the next start. */
  async stop(): Promise<void> {
    this.#isRunning = false;
    clearTimeout(this.#timer);
    await this.#turns.stop();
  }

  #look(): void {
    const { facts } = this.#options;
    const now = formatInstant(Date.now());
    const names = facts.held.listSuperseded(now);
    const listed = new Set(names.map(formatKey));
    for (const key of this.#seen.keys()) if (!listed.has(key)) this.#seen.delete(key);
    for (const name of names) this.#add(name);
    clearTimeout(this.#timer);
    const next = facts.held.nextEnd(now);
    const sleepMs = next === undefined ? longestSleepMs : Math.min(longestSleepMs, Math.max(1, Date.parse(next) - Date.now()));
    this.#timer = setTimeout(() => {
      this.#seen.clear();
      if (this.#isRunning) this.#look();
    }, sleepMs);
    this.#timer.unref();
  }

  #add(name: RequestName): void {
    const key = formatKey(name);
    const newest = this.#options.facts.findConsent(name.relationRef)?.newest ?? 0;
    if (this.#seen.get(key) === newest) return;
    this.#seen.set(key, newest);
    const task: Task = { name, newest, startedAt: Date.now(), attempts: 0 };
    this.#turns.add(name.relationRef, `${key}@${String(newest)}`, () => this.#take(task));
  }

  /** One attempt; gives the longest pause before the next, or nothing when there is nothing more to do. */
  async #take(task: Task): Promise<number | undefined> {
    if (!this.#isRunning) return undefined;
    try {
      const isSettled = await this.#settle(task);
      task.attempts += 1;
      return isSettled ? undefined : longestPauses.waiting;
    } catch (error) {
      task.attempts += 1;
      this.#options.onTrouble(error);
      return longestPauses.trouble;
    }
  }

  /** Whether nothing is left to do: deleted, or permitted still. */
  async #settle(task: Task): Promise<boolean> {
    const { facts, mspId } = this.#options;
    const { relationRef, requester, requestId } = task.name;
    const decision = facts.findKey<Decision>(decisionKey(relationRef, requester, requestId))?.value;
    const isDeleted = facts.findKey(deletionKey(relationRef, mspId, requestId, 'release')) !== undefined;
    if (decision === undefined || isDeleted || facts.findConsent(relationRef)?.newest !== task.newest) return true;
    const ending =
      findEndingOf(facts, decision, formatInstant(Date.now())) ??
      (await findNarrowing(this.#options, decision, { mayWait: this.#mayWait(task) }));
    if (ending === 'waiting') return false;
    if (ending !== undefined) await this.#delete(task, decision, ending);
    return true;
  }

  /** Whether the document of a new version is still waited for. */
  #mayWait({ startedAt }: Task): boolean {
    return Date.now() < startedAt + (this.#options.documentWaitMs ?? 60_000);
  }

  async #delete({ name, attempts }: Task, decision: Decision, ending: Ending): Promise<void> {
    const { facts, transactions, projector, signing, mspId, onDeleted } = this.#options;
    const parts = listParts(this.#options, decision).length;
    const deletion = await signDeletion(name, ending, { of: 'release', parts, told: null }, signing);
    const submission = {
      operation: `delete/${name.relationRef}/${name.requestId}`,
      organisations: [mspId, this.#chooseWitness(decision, attempts)],
      mayLag: true,
    };
    await transactions.submit('RecordDeletion', { deletion }, submission).catch((error: unknown) => {
      // An earlier receipt of the same deletion counts.
      if (readCode(error) !== 'DELETION_ALREADY_MADE' && readCode(error) !== 'OPERATION_CHANGED') throw error;
    });
    const key = deletionKey(name.relationRef, mspId, name.requestId, 'release');
    if ((await projector.waitFor(() => facts.findKey(key), 10_000)) === undefined) throw new Error('The deletion is not visible yet');
    onDeleted({ requestId: name.requestId, reason: ending.reason });
  }

  /** The custodian first; another member when it does not answer. */
  #chooseWitness({ custodian }: Decision, attempt: number): MspId {
    const rules = this.#options.facts.find<Rules>('rules')?.value;
    const others = (Object.keys(rules?.roles ?? {}) as MspId[]).filter((mspId) => mspId !== custodian && mspId !== this.#options.mspId);
    const witnesses = [custodian, ...others];
    return witnesses[attempt % witnesses.length] ?? custodian;
  }
}

function formatKey({ relationRef, requestId }: RequestName): string {
  return `${relationRef}/${requestId}`;
}
