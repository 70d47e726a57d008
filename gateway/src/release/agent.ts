import {
  decisionKey,
  formatInstant,
  recordStatusKey,
  type Decision,
  type MspId,
  type RecordId,
  type RecordStatus,
  type RelationEntry,
  type Rules,
} from '@medaccord/chaincode/model';
import type { LedgerBlock } from '../ledger/ledger';
import { newBackoff } from '../ledger/backoff';
import { newLanes } from '../ledger/lanes';
import { readCode } from '../problem';
import type { Projector, RequestName } from '../store';
import { submitRefusal, submitRelease, type DecideOptions } from './decide';
import { deliver, type DeliverOptions } from './deliver';
import { findPatient, findRequestFacts, readSealedTexts, type RequestFacts, type SealedTexts } from './gather';
import { judge, type Verdict } from './judge';

/** Requests worked on at once. */
const lanesInFlight = 4;
/** What is sealed to the custodian follows its public entry in a transaction of its own; without it after this time the answer is no. */
const sealedWaitMs = 20_000;
/** Errors after which a released decision is never delivered. */
const withdrawals = ['DECISION_EXPIRED', 'RELEASE_NOT_PERMITTED', 'CONSENT_NOT_CURRENT', 'CONSENT_INVALID', 'ORGANISATION_NOT_ACTIVE'];

export interface AgentOptions extends DeliverOptions, DecideOptions {
  readonly mspId: MspId;
  readonly projector: Pick<Projector, 'waitFor' | 'waitForBlock'>;
  readonly onTrouble: (error: unknown) => void;
  readonly onOutcome: (outcome: {
    readonly requestId: string;
    readonly outcome: 'released' | 'refused' | 'withdrawn';
    readonly ms: number;
  }) => void;
}

/**
 * The custodian's release agent: answers every request of its patients' counterparties by the shared rule, decision first, delivery after
 * its commit. All it needs stands on the ledger, so it goes on after any restart, and no outcome rests on a single failed endorsement.
 */
export class ReleaseAgent {
  readonly #options: AgentOptions;
  readonly #lane = newLanes(lanesInFlight);
  readonly #working = new Map<string, Promise<void>>();
  /** Names of sealed values that blocks told of, so that a waiting request is looked at again at once. */
  readonly #arrived = new Set<string>();
  readonly #withdrawn = new Set<string>();
  readonly #ending = new AbortController();
  #started = false;

  constructor(options: AgentOptions) {
    this.#options = options;
  }

  start(): void {
    this.#started = true;
    this.#look();
  }

  /** Looks for work after a block. */
  onBlock(block: LedgerBlock): void {
    for (const { event } of block.transactions) if (event?.name === 'SealedStored') this.#note(event.payload);
    if (this.#started) this.#look();
  }

  /** Ends after the requests that are being worked on; the others are taken up at the next start. */
  async stop(): Promise<void> {
    this.#ending.abort();
    await Promise.allSettled(this.#working.values());
  }

  get #isStopped(): boolean {
    return this.#ending.signal.aborted;
  }

  #note(payload: string): void {
    const { kind, ref, id } = JSON.parse(payload) as { kind: string; ref: string; id: string };
    if (this.#arrived.size > 10_000) this.#arrived.clear();
    this.#arrived.add(formatName(kind, ref, id));
  }

  #look(): void {
    const { facts } = this.#options;
    for (const name of [...facts.listUndecided(), ...facts.listUndelivered()]) {
      if (this.#isStopped || this.#working.has(name.requestId) || this.#withdrawn.has(name.requestId) || !this.#isOurs(name)) continue;
      const work = this.#lane(() => this.#work(name)).finally(() => this.#working.delete(name.requestId));
      this.#working.set(name.requestId, work);
    }
  }

  #isOurs({ relationRef }: RequestName): boolean {
    return this.#options.facts.find<RelationEntry>('relation', relationRef)?.value.custodian === this.#options.mspId;
  }

  /** Tries until the request is answered and delivered; troubles are waited out. */
  async #work(name: RequestName): Promise<void> {
    const startedAt = performance.now();
    const backoff = newBackoff({ firstMs: 50, mostMs: 15_000, signal: this.#ending.signal });
    for (let attempt = 0; !this.#isStopped; attempt += 1) {
      try {
        const outcome = await this.#answer(name, attempt);
        this.#options.onOutcome({ requestId: name.requestId, outcome, ms: Math.round(performance.now() - startedAt) });
        return;
      } catch (error) {
        this.#options.onTrouble(error);
        await backoff.wait();
      }
    }
  }

  async #answer(name: RequestName, attempt: number): Promise<'released' | 'refused' | 'withdrawn'> {
    const decision = this.#findDecision(name) ?? (await this.#decide(name, attempt));
    if (decision.outcome === 'refused') return 'refused';
    return this.#deliver(name, decision);
  }

  async #decide(name: RequestName, attempt: number): Promise<Decision> {
    const { projector } = this.#options;
    const facts = await this.#gather(name);
    const verdict = await this.#judge(facts);
    try {
      const { block } = await this.#submit(facts, verdict, attempt);
      await projector.waitForBlock(block);
    } catch (error) {
      if (readCode(error) !== 'REQUEST_ALREADY_DECIDED' && readCode(error) !== 'OPERATION_CHANGED') throw error;
    }
    const decision = await projector.waitFor(() => this.#findDecision(name), 10_000);
    if (decision === undefined) throw new Error('The decision is not visible yet');
    return decision;
  }

  #submit(facts: RequestFacts & SealedTexts, verdict: Verdict, attempt: number): Promise<{ readonly block: number }> {
    if (verdict.records.length > 0) return submitRelease(this.#options, facts, verdict);
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

  async #judge(facts: RequestFacts & SealedTexts): Promise<Verdict> {
    const { facts: known, index, mspId } = this.#options;
    return judge({
      ...facts,
      findPatient: (subjectRef) => findPatient(known, subjectRef),
      listRecords: (subjectRef) => index.listSubject(subjectRef),
      isWithdrawn: (recordId) =>
        known.findKey<RecordStatus>(recordStatusKey(mspId, recordId as RecordId))?.value.status === 'entered-in-error',
      now: formatInstant(Date.now()),
    });
  }

  /** Waits, bounded, for what is sealed to the custodian: the ask, the binding, the document of the consent in force. */
  async #gather(name: RequestName): Promise<RequestFacts & SealedTexts> {
    const { sealed, projector, facts } = this.#options;
    const endsAt = Date.now() + sealedWaitMs;
    for (;;) {
      const request = await projector.waitFor(() => findRequestFacts(facts, name), sealedWaitMs);
      if (request === undefined) throw new Error('The facts of a request are not visible yet');
      const texts = await readSealedTexts(sealed, request);
      const missing = listMissing(request, texts);
      if (missing.length === 0 || Date.now() >= endsAt || this.#isStopped) return { ...request, ...texts };
      await projector.waitFor(() => (missing.every((one) => this.#arrived.has(one)) ? true : undefined), 1_000);
      for (const one of missing) this.#arrived.delete(one);
    }
  }

  async #deliver(name: RequestName, decision: Decision): Promise<'released' | 'withdrawn'> {
    const { facts } = this.#options;
    if (decision.deadline !== null && decision.deadline < formatInstant(Date.now())) return this.#withdraw(name);
    try {
      await deliver(this.#options, name);
    } catch (error) {
      if (!withdrawals.includes(readCode(error) ?? '')) throw error;
      return this.#withdraw(name);
    }
    await this.#options.projector.waitFor(() => (facts.isDelivered(name) ? true : undefined), 10_000);
    return 'released';
  }

  #withdraw({ requestId }: RequestName): 'withdrawn' {
    this.#withdrawn.add(requestId);
    return 'withdrawn';
  }

  #findDecision({ relationRef, requester, requestId }: RequestName): Decision | undefined {
    return this.#options.facts.findKey<Decision>(decisionKey(relationRef, requester, requestId))?.value;
  }
}

function listMissing({ request, consent, relation }: RequestFacts, { ask, binding, document }: SealedTexts): readonly string[] {
  const { relationRef } = relation;
  return [
    ...(ask === undefined ? [formatName('ask', relationRef, request.requestId)] : []),
    ...(binding === undefined ? [formatName('binding', relationRef, '1')] : []),
    ...(document === undefined && consent.document !== null ? [formatName('consent-document', relationRef, String(consent.version))] : []),
  ];
}

function formatName(kind: string, ref: string, id: string): string {
  return [kind, ref, id].join('/');
}
