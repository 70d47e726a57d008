import {
  decisionKey,
  formatInstant,
  isBreakGlass,
  recordStatusKey,
  requestKey,
  type AccessRequest,
  type Assistance,
  type Decision,
  type MspId,
  type ProofFacts,
  type RecordId,
  type RecordStatus,
  type Rules,
} from '@medaccord/chaincode/model';
import type { AgentAct } from '../audit';
import type { IntentStore } from '../ledger/intent';
import type { LedgerBlock } from '../ledger/ledger';
import { listStoredRefs } from '../ledger/read-stored';
import { Turns } from '../ledger/turns';
import { readCode } from '../problem';
import { isDeceased, type Fact, type IndexedRecord, type Projector, type RequestName } from '../store';
import { submitRefusal, submitRelease, type DecideOptions } from './decide';
import { deliver, readOpening, type DeliverOptions } from './deliver';
import { findPatient, findRequestFacts, isByDelegate, readSealedTexts, type RequestFacts, type SealedTexts } from './gather';
import { judge, type Verdict } from './judge';
import type { DecisionOpening } from './openings';
import { isOwnDecision } from './own-decision';
import { readAssistance } from './read-assistance';
import { readPayment, type Payment } from './read-payment';
import { readProof } from './read-proof';

/** Requests of one counterparty that are worked on at once. */
const perCounterparty = 4;
/** What is sealed to the custodian follows its public entry in a transaction of its own; without it after this time the answer is no. */
const sealedWaitMs = 20_000;
/** Longest pauses: of a request that waits for something sealed, and of one that met a trouble. */
const longestPauses = { waiting: 1_000, trouble: 15_000 };
/** Errors after which a released decision is never delivered. */
const withdrawals = ['DECISION_EXPIRED', 'RELEASE_NOT_PERMITTED', 'CONSENT_NOT_CURRENT', 'CONSENT_INVALID', 'ORGANISATION_NOT_ACTIVE'];

/** `foreign`: a decision in this organisation's name that its gateway did not make; it is never delivered. */
export type Outcome = 'released' | 'refused' | 'withdrawn' | 'foreign';

export interface AgentOptions extends DeliverOptions, DecideOptions {
  readonly mspId: MspId;
  readonly intents: Pick<IntentStore, 'find'>;
  readonly projector: Pick<Projector, 'waitFor' | 'waitForBlock'>;
  readonly onTrouble: (error: unknown) => void;
  /** Does one attempt to answer a request, and may tell of it. */
  readonly onAttempt?: <T>(name: RequestName, attempt: () => Promise<T>) => Promise<T>;
  /** Writes to the audit log what the agent is about to do; what cannot be written down is not done. */
  readonly writeDown: (act: AgentAct) => Promise<void>;
  /** A decision in this organisation's name stands on the ledger that this gateway did not make. */
  readonly onAlarm: (alarm: RequestName & { readonly transactionId: string }) => void;
  readonly onOutcome: (outcome: { readonly requestId: string; readonly outcome: Outcome; readonly ms: number }) => void;
}

/** All that a request is judged by, but for the records. */
type Gathered = RequestFacts &
  SealedTexts & {
    readonly proof: ProofFacts | null;
    readonly assistance: Assistance | undefined;
    readonly payment: Payment | 'missing' | undefined;
  };

/** A request that is being answered, or was since it is listed. */
interface Task {
  readonly name: RequestName;
  readonly startedAt: number;
  attempts: number;
  /** Something that was sealed for it has not arrived yet. */
  isWaiting: boolean;
  isDone: boolean;
}

/**
 * The custodian's release agent: answers every request of its patients' counterparties by the shared rule, decision first, delivery after
 * its commit. What it needs stands on the ledger and in the gateway's intents, so it goes on after any restart, and no outcome rests on a
 * single failed endorsement. Each turn is one attempt, in a lane of the counterparty's own.
 */
export class ReleaseAgent {
  readonly #options: AgentOptions;
  readonly #turns = new Turns({ perLane: perCounterparty, firstPauseMs: 50 });
  readonly #tasks = new Map<string, Task>();
  #isRunning = false;

  constructor(options: AgentOptions) {
    this.#options = options;
  }

  start(): void {
    this.#isRunning = true;
    this.#look();
  }

  /** Looks for work after a block. */
  onBlock(block: LedgerBlock): void {
    if (!this.#isRunning) return;
    this.#look();
    const refs = listStoredRefs(block.transactions);
    for (const [key, { name, isWaiting }] of this.#tasks)
      if (isWaiting && refs.has(name.relationRef)) this.#turns.wake(name.requester, key);
  }

  /** Requests that are not answered yet. */
  get waiting(): number {
    let waiting = 0;
    for (const { isDone } of this.#tasks.values()) if (!isDone) waiting += 1;
    return waiting;
  }

  /** Ends its work after the turns that are being taken: another gateway of the organisation does it, until the next start. */
  pause(): void {
    this.#isRunning = false;
    this.#tasks.clear();
  }

  /** Ends after the turns that are being taken; the rest is taken up at the next start. */
  async stop(): Promise<void> {
    this.#isRunning = false;
    await this.#turns.stop();
  }

  #look(): void {
    const { facts } = this.#options;
    const names = [...facts.listUndecided(), ...facts.listUndelivered(formatInstant(Date.now()))];
    const listed = new Map(names.map((name) => [formatKey(name), name]));
    for (const [key, { isDone }] of this.#tasks) if (isDone && !listed.has(key)) this.#tasks.delete(key);
    for (const [key, name] of listed) if (!this.#tasks.has(key)) this.#add(key, name);
  }

  #add(key: string, name: RequestName): void {
    const task: Task = { name, startedAt: Date.now(), attempts: 0, isWaiting: false, isDone: false };
    this.#tasks.set(key, task);
    this.#turns.add(name.requester, key, () => this.#take(task));
  }

  /** One attempt; gives the longest pause before the next, or nothing when the request is answered. */
  async #take(task: Task): Promise<number | undefined> {
    if (!this.#isRunning) return undefined;
    try {
      const attempt = (): Promise<Outcome | 'waiting'> => this.#answer(task);
      const outcome = await (this.#options.onAttempt?.(task.name, attempt) ?? attempt());
      task.attempts += 1;
      task.isWaiting = outcome === 'waiting';
      if (outcome === 'waiting') return longestPauses.waiting;
      task.isDone = true;
      this.#options.onOutcome({ requestId: task.name.requestId, outcome, ms: Date.now() - task.startedAt });
      return undefined;
    } catch (error) {
      task.attempts += 1;
      this.#options.onTrouble(error);
      return longestPauses.trouble;
    }
  }

  async #answer(task: Task): Promise<Outcome | 'waiting'> {
    const { name } = task;
    const decision = this.#findDecision(name) ?? (await this.#decide(task));
    if (decision === 'waiting') return decision;
    if (!(await isOwnDecision(this.#options.intents, decision))) {
      this.#options.onAlarm({ ...name, transactionId: decision.transactionId });
      return 'foreign';
    }
    return decision.value.outcome === 'refused' ? 'refused' : this.#deliver(name, decision.value);
  }

  async #decide(task: Task): Promise<Fact<Decision> | 'waiting'> {
    const { projector } = this.#options;
    const facts = await this.#gather(task.name);
    const hasTime = Date.now() < task.startedAt + sealedWaitMs;
    if (facts === undefined || (hasTime && isMissing(facts))) return 'waiting';
    const verdict = await this.#judge(facts);
    await this.#writeDown('decision', task.name, verdict.records);
    try {
      const { block } = await this.#submit(facts, verdict, task.attempts);
      await projector.waitForBlock(block);
    } catch (error) {
      if (readCode(error) !== 'REQUEST_ALREADY_DECIDED' && readCode(error) !== 'OPERATION_CHANGED') throw error;
    }
    const decision = await projector.waitFor(() => this.#findDecision(task.name), 10_000);
    if (decision === undefined) throw new Error('The decision is not visible yet');
    return decision;
  }

  #submit(facts: Gathered, verdict: Verdict, attempt: number): Promise<{ readonly block: number }> {
    if (verdict.records.length > 0) return submitRelease(this.#options, { ...facts, payment: openingOf(facts) }, verdict);
    return submitRefusal(this.#options, facts, verdict, this.#chooseWitness(facts, attempt));
  }

  /** The counterparty first, since it is asking; another member when it does not answer. */
  #chooseWitness({ relation, rules }: RequestFacts, attempt: number): MspId {
    const others = (Object.keys(rules.roles) as (keyof Rules['roles'])[]).filter(
      (mspId) => mspId !== relation.custodian && mspId !== relation.counterparty,
    );
    const witnesses = [relation.counterparty, ...others];
    return witnesses[attempt % witnesses.length] ?? relation.counterparty;
  }

  #judge(facts: Gathered, released?: DecisionOpening['records']): Promise<Verdict> {
    const { facts: known, index, mspId } = this.#options;
    const needed = facts.payment === 'missing' ? [] : facts.payment?.needed;
    const named = released ?? needed;
    const listRecords = (subjectRef: string): readonly IndexedRecord[] =>
      named === undefined ? index.listSubject(subjectRef) : this.#listVersions(named).filter((one) => one.subjectRef === subjectRef);
    return judge({
      ...facts,
      needed,
      findPatient: (subjectRef) => findPatient(known, subjectRef),
      listRecords,
      isWithdrawn: (recordId) =>
        known.findKey<RecordStatus>(recordStatusKey(mspId, recordId as RecordId))?.value.status === 'entered-in-error',
      isDeceased: (subjectRef) => isDeceased(known, subjectRef),
      now: formatInstant(Date.now()),
    });
  }

  /** Each once. */
  #listVersions(named: readonly { readonly recordId: string; readonly version: number }[]): readonly IndexedRecord[] {
    const found = named.flatMap(({ recordId, version }) => this.#options.index.findVersion(recordId, version) ?? []);
    return [...new Map(found.map((record) => [`${record.recordId}/${String(record.version)}`, record])).values()];
  }

  /** Public facts and what was sealed to the custodian; nothing as long as a public fact is missing. */
  async #gather(name: RequestName): Promise<Gathered | undefined> {
    const { facts, sealed, transactions } = this.#options;
    const found = findRequestFacts(facts, name);
    if (found === undefined) return undefined;
    const proof = await readProof(transactions, found.request);
    const assistance = await readAssistance(transactions, found.relation, found.consent.version);
    const payment = await readPayment(this.#options, found.request);
    return { ...found, ...(await readSealedTexts(sealed, found)), proof, assistance, payment };
  }

  async #deliver(name: RequestName, decision: Decision): Promise<'released' | 'withdrawn'> {
    const { facts, sealed, projector } = this.#options;
    if (decision.deadline !== null && decision.deadline < formatInstant(Date.now())) return 'withdrawn';
    const { records } = await readOpening(sealed, decision);
    if (!(await this.#isStillPermitted(name, decision, records))) return 'withdrawn';
    await this.#writeDown('disclosure', name, records);
    try {
      await deliver(this.#options, decision, records);
    } catch (error) {
      if (!withdrawals.includes(readCode(error) ?? '')) throw error;
      return 'withdrawn';
    }
    await projector.waitFor(() => (facts.isDelivered(name) ? true : undefined), 10_000);
    return 'released';
  }

  /** Runs the rule again over the very records that were decided, on what stands now. */
  async #isStillPermitted(name: RequestName, decision: Decision, records: DecisionOpening['records']): Promise<boolean> {
    const facts = await this.#gather(name);
    if (facts === undefined) throw new Error('The facts of a request are not visible yet');
    if (facts.newestConsent !== decision.consentVersion) return false;
    const verdict = await this.#judge(facts, records);
    return verdict.records.length === records.length;
  }

  async #writeDown(event: AgentAct['event'], name: RequestName, records: readonly { readonly recordId: string }[]): Promise<void> {
    const { relationRef, requester, requestId } = name;
    const purpose = this.#options.facts.findKey<AccessRequest>(requestKey(relationRef, requester, requestId))?.value.purpose ?? '';
    const recordIds = records.map(({ recordId }) => recordId);
    await this.#options.writeDown({ event, relationRef, requestId, purpose, code: recordIds.length > 0 ? 'permit' : 'deny', recordIds });
  }

  #findDecision({ relationRef, requester, requestId }: RequestName): Fact<Decision> | undefined {
    return this.#options.facts.findKey<Decision>(decisionKey(relationRef, requester, requestId));
  }
}

function formatKey({ relationRef, requester, requestId }: RequestName): string {
  return `${relationRef}/${requester}/${requestId}`;
}

/** Whether the ask, the binding, the terms of a coverage or the document of the consent in force has not arrived; where no consent counts, none is waited for. */
function isMissing(facts: Gathered): boolean {
  const { request, consent, newestConsent, ask, binding, document, delegation } = facts;
  if (newestConsent !== consent.version && !isBreakGlass(request.purpose)) return false;
  if (isByDelegate(consent) && delegation === undefined) return true;
  return facts.payment === 'missing' || ask === undefined || binding === undefined || (document === undefined && consent.document !== null);
}

/** What shows which records a claim needs. */
function openingOf({ payment }: Gathered): Payment['opening'] {
  return payment === 'missing' ? undefined : payment?.opening;
}
