import { parseEntryName } from '@medaccord/chaincode/model';
import type { CoverageName } from '../claim-papers/coverage-name';
import type { LedgerBlock } from '../ledger/ledger';
import { listStoredRefs } from '../ledger/read-stored';
import { Turns } from '../ledger/turns';
import { adjudicateCoverage } from './adjudicate-coverage';
import type { AdjudicationOptions } from './adjudication-options';

/** Coverages of one relation that are worked on at once. */
const perRelation = 4;
/** Longest pauses: of a coverage that waits for a body, for evidence or for a deadline, and of one that met a trouble. */
const longestPauses = { waiting: 60_000, trouble: 15_000 };

/**
 * The insurer's agent: decides the claims of each coverage by the plan's rule, in the order in which the ledger got them, one list of a
 * coverage after another. What it needs stands on the ledger and in sealed documents, so it goes on after any restart; what it prepared and
 * could not commit counts for nothing. What the rule puts before a person waits there, and not here.
 */
export class AdjudicationAgent {
  readonly #options: AdjudicationOptions;
  readonly #turns = new Turns({ perLane: perRelation, firstPauseMs: 50 });
  #isRunning = false;

  constructor(options: AdjudicationOptions) {
    this.#options = options;
  }

  start(): void {
    this.#isRunning = true;
    this.#look();
    this.#add(this.#options.facts.claims.listWork('lost'));
  }

  /** Looks for work after a block; what waits in a relation that the block tells of goes on. */
  onBlock(block: LedgerBlock): void {
    if (!this.#isRunning) return;
    const [told, sealed] = [refsOf(block), listStoredRefs(block.transactions)];
    for (const name of this.#look())
      if (told.has(name.relationRef) || sealed.has(name.relationRef)) this.#turns.wake(laneOf(name), formatKey(name));
    if (sealed.size > 0) this.#add(this.#options.facts.claims.listWork('lost').filter(({ relationRef }) => sealed.has(relationRef)));
  }

  /** Ends its work after the turns that are being taken: another gateway of the organisation does it, until the next start. */
  pause(): void {
    this.#isRunning = false;
  }

  /** Ends after the turns that are being taken; the rest is taken up at the next start. */
  async stop(): Promise<void> {
    this.#isRunning = false;
    await this.#turns.stop();
  }

  #look(): readonly CoverageName[] {
    const work = this.#options.facts.claims.listWork();
    this.#add(work);
    return work;
  }

  #add(names: readonly CoverageName[]): void {
    for (const name of names) this.#turns.add(laneOf(name), formatKey(name), () => this.#take(name));
  }

  /** One list; gives the longest pause before the next, or nothing when no claim of the coverage waits for the agent. */
  async #take(name: CoverageName): Promise<number | undefined> {
    if (!this.#isRunning) return undefined;
    const { facts, alone, onTrouble } = this.#options;
    const isOver = (): boolean => facts.claims.listWorkOf(name.relationRef, name.coverageId).length === 0;
    try {
      const hasChanged = await alone(name, () => adjudicateCoverage(this.#options, name));
      if (isOver()) return undefined;
      return hasChanged ? 0 : longestPauses.waiting;
    } catch (error) {
      onTrouble(error);
      return longestPauses.trouble;
    }
  }
}

/** Each relation has its own lane: what its claims wait for delays nobody else's. */
const laneOf = ({ relationRef }: CoverageName): string => relationRef;
const formatKey = ({ relationRef, coverageId }: CoverageName): string => `${relationRef}/${coverageId}`;

/** The relations that a block writes to. */
function refsOf({ transactions }: LedgerBlock): ReadonlySet<unknown> {
  return new Set(transactions.flatMap(({ writes }) => writes.map(({ key }) => parseEntryName(key)?.ref)));
}
