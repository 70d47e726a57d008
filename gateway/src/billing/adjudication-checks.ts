import { EventEmitter, once } from 'node:events';
import {
  formatCanonical,
  parseEntryName,
  type AdjudicationEntry,
  type ClaimEntry,
  type MspId,
  type RelationEntry,
} from '@medaccord/chaincode/model';
import { checkAdjudication, type AdjudicationPapers, type AdjudicationVerdict } from '../claims';
import type { LedgerBlock, LedgerEvent } from '../ledger/ledger';
import type { AdjudicatedName, AdjudicatedRow } from '../store';
import { collectPapers, type PapersOptions } from './collect-papers';
import { listAdjudications } from './standing-claim';

export interface ChecksOptions extends PapersOptions {
  readonly mspId: MspId;
  readonly onTrouble: (error: unknown) => void;
  readonly onDiffers: (alarm: AdjudicatedName & { readonly problems: readonly string[] }) => void;
}

/**
 * The hospital's check: whatever its insurers decide is worked out again as soon as the document has arrived, and the verdict kept. An
 * insurer's own peer alone endorses its adjudications, so nobody else would see one that does not follow the plan.
 */
export class AdjudicationChecks {
  readonly #options: ChecksOptions;
  /** By name: what has not been checked yet. */
  readonly #due = new Map<string, AdjudicationEntry>();
  #work: Promise<void> = Promise.resolve();
  /** Tells of every verdict. */
  readonly #kept = new EventEmitter().setMaxListeners(0);
  #isQueued = false;
  #isScanned = false;

  constructor(options: ChecksOptions) {
    this.#options = options;
  }

  /** Begins with what an earlier run left. */
  start(): void {
    this.#isScanned = true;
    for (const { ref, id } of this.#options.facts.listType('adjudication')) if (!id.includes('/')) this.#note(ref, id);
    this.#queue();
  }

  onBlock({ transactions }: LedgerBlock): void {
    const keys = transactions.flatMap(({ writes }) => writes.map(({ key }) => key));
    for (const { type, ref, id } of keys.flatMap((key) => parseEntryName(key) ?? [])) if (type === 'adjudication') this.#note(ref, id);
    if (!this.#isScanned) this.start();
    if (this.#due.size > 0 && transactions.some(({ event }) => isStored(event))) this.#queue();
  }

  /** Resolves when all that arrived so far is checked. */
  settled(): Promise<void> {
    return this.#work;
  }

  /** Resolves when an adjudication is checked, or the time is over. */
  async waitFor(name: AdjudicatedName, withinMs: number): Promise<void> {
    const ends = Date.now() + withinMs;
    while (this.#options.adjudicated.find(name) === undefined && Date.now() < ends)
      await once(this.#kept, 'verdict', { signal: AbortSignal.timeout(ends - Date.now()) }).catch(() => undefined);
  }

  #note(relationRef: string, claimId: string): void {
    const { facts, mspId, adjudicated } = this.#options;
    if (facts.find<RelationEntry>('relation', relationRef)?.value.custodian !== mspId) return;
    for (const entry of listAdjudications(facts, relationRef, claimId)) {
      const { n } = entry;
      if (adjudicated.find({ relationRef, claimId, n }) === undefined) this.#due.set(`${relationRef}/${claimId}/${String(n)}`, entry);
    }
  }

  #queue(): void {
    if (this.#isQueued) return;
    this.#isQueued = true;
    this.#work = this.#work
      .then(() => {
        this.#isQueued = false;
        return this.#checkDue();
      })
      .catch((error: unknown) => {
        this.#isScanned = false;
        this.#options.onTrouble(error);
      });
  }

  async #checkDue(): Promise<void> {
    for (const [name, entry] of this.#due) {
      const papers = await collectPapers(this.#options, entry);
      if (papers === 'missing') continue;
      if (papers === 'unreadable') this.#keepUnreadable(entry);
      else await this.#check(papers);
      this.#due.delete(name);
    }
  }

  async #check(papers: AdjudicationPapers): Promise<void> {
    const { relationRef, claimId, n, coverageId, position } = papers.document;
    this.#keep({ ...papers.entry, coverageId, position, document: formatCanonical(papers.document) }, await checkAdjudication(papers));
    // What came before it is at hand now.
    const { adjudicated, facts } = this.#options;
    const later = [...adjudicated.listAt(relationRef, coverageId, position + 1), adjudicated.find({ relationRef, claimId, n: n + 1 })];
    for (const row of later) {
      if (row?.verdict !== 'incomplete') continue;
      const entry = facts.find<AdjudicationEntry>('adjudication', relationRef, `${row.claimId}/${String(row.n)}`)?.value;
      const again = entry && (await collectPapers(this.#options, entry));
      if (typeof again === 'object') this.#keep(row, await checkAdjudication(again));
    }
  }

  #keepUnreadable({ relationRef, claimId, n }: AdjudicationEntry): void {
    const coverageId = this.#options.facts.find<ClaimEntry>('claim', relationRef, claimId)?.value.coverageId ?? '';
    const row = { relationRef, claimId, n, coverageId, position: 0, document: '' };
    this.#keep(row, { verdict: 'differs', problems: ['not-committed'] });
  }

  #keep(
    { relationRef, claimId, n, coverageId, position, document }: Omit<AdjudicatedRow, 'verdict' | 'problems'>,
    { verdict, problems }: AdjudicationVerdict,
  ): void {
    this.#options.adjudicated.put({ relationRef, claimId, n, coverageId, position, document, verdict, problems });
    this.#kept.emit('verdict');
    if (verdict === 'differs') this.#options.onDiffers({ relationRef, claimId, n, problems });
  }
}

/** An event is a hint alone: whoever commits can put anything in one. */
function isStored(event: LedgerEvent | undefined): boolean {
  return event?.name === 'SealedStored' && event.payload.includes('"adjudication"');
}
