import type { BenefitPlan, ClaimBody } from '@medaccord/chaincode/model';
import { openClaims } from '../claim-papers/open-claim';
import { newError } from '../problem';
import { TotalsTally, type ClaimTotals } from './claim-totals';
import { nameOf, type DecidedClaim, type DecidedCoverage } from './decided-claim';
import { describeDifference, type Difference } from './describe-difference';
import { listUncounted, newDraftPlan, type DraftPlan } from './draft-plan';
import type { ReportWork } from './report-desk';
import type { Period, ReportOptions } from './report-options';
import { rerunCoverage, type ApartReason, type Rerun } from './rerun-coverage';
import { walkDecided } from './walk-decided';

/** What a draft would have changed. Amounts are minor units of the draft's currency. */
export interface Simulation {
  readonly plan: { readonly planId: string; readonly version: number; readonly currency: string };
  readonly period: Period;
  /** Claims that were decided again, and how many of them differ. */
  readonly claims: { readonly rerun: number; readonly differing: number; readonly reversed: number };
  /** Of those that were decided again. */
  readonly before: ClaimTotals;
  readonly after: ClaimTotals;
  /** Those that were not, with what was paid. */
  readonly apart: readonly { readonly reason: ApartReason; readonly claims: number; readonly paid: number }[];
  /** Parts of the draft for which use before the period is taken as nothing. */
  readonly uncounted: readonly string[];
}

/** A row of the claims that differ, or of those that stand apart. */
export type SimulatedClaim = { readonly relationRef: string; readonly claimId: string; readonly hospital: string } & (
  Difference | { readonly reason: ApartReason; readonly paid: number }
);

export const simulatedLists = ['differing', 'apart'] as const;
export type SimulatedList = (typeof simulatedLists)[number];

/** Claims after which others get their turn. */
const atOnce = 20;

/**
 * Decides again, by a draft of one of this insurer's plans, what was decided in a period. Nothing is written to the ledger.
 * @throws CodedError RESOURCE_NOT_FOUND where no version of the plan is published
 */
export function newSimulation(options: ReportOptions, plan: BenefitPlan, period: Period): ReportWork {
  const draft = newDraftPlan(options.facts, options.mspId, plan);
  if (draft.published.size === 0) throw newError('RESOURCE_NOT_FOUND', 'No version of this plan is published: nothing was decided by it');
  const tally = new SimulationTally(draft, period);
  return {
    tell: () => tally.tell(),
    run: async ({ keep, pause }) => {
      let looked = 0;
      for await (const coverages of walkDecided(options, period)) {
        const ofPlan = coverages.map((coverage) => tally.select(coverage));
        const bodies = await openBodies(options, ofPlan.flat());
        for (const coverage of ofPlan) {
          for (const rerun of rerunCoverage(draft, coverage, bodies)) {
            const row = tally.add(rerun);
            if (row !== undefined) keep(row.list, row.claim);
            looked += 1;
            if (looked % atOnce === 0) await pause();
          }
        }
        await pause();
      }
    },
  };
}

async function openBodies(options: ReportOptions, decided: readonly DecidedClaim[]): Promise<ReadonlyMap<string, ClaimBody>> {
  const claims = [...new Map(decided.map(({ claim }) => [nameOf(claim), claim])).values()].filter(({ use }) => use === 'claim');
  const bodies = new Map<string, ClaimBody>();
  for (const opened of await openClaims(options, claims)) if (typeof opened === 'object') bodies.set(nameOf(opened.claim), opened.body);
  return bodies;
}

/** Adds up what was decided again. */
class SimulationTally {
  readonly #draft: DraftPlan;
  readonly #period: Period;
  readonly #claims = { rerun: 0, differing: 0, reversed: 0 };
  readonly #before = new TotalsTally();
  readonly #after = new TotalsTally();
  readonly #apart = new Map<ApartReason, { claims: number; paid: number }>();
  /** Published versions by which something was decided. */
  readonly #versions = new Set<number>();

  constructor(draft: DraftPlan, period: Period) {
    this.#draft = draft;
    this.#period = period;
  }

  /** What of a coverage is decided by the plan. What does not open may be. */
  select(coverage: DecidedCoverage): DecidedCoverage {
    const selected = coverage.filter(({ document }) => document === undefined || document.planId === this.#draft.plan.planId);
    for (const { document } of selected) if (document !== undefined) this.#versions.add(document.planVersion);
    return selected;
  }

  add(rerun: Rerun): { readonly list: SimulatedList; readonly claim: SimulatedClaim } | undefined {
    const { relationRef, claimId, hospital } = rerun.claim;
    if (rerun.kind === 'reversed') {
      this.#claims.reversed += 1;
      return undefined;
    }
    if (rerun.kind === 'apart') {
      const { reason, paid } = rerun;
      const of = this.#apart.get(reason) ?? { claims: 0, paid: 0 };
      this.#apart.set(reason, { claims: of.claims + 1, paid: of.paid + paid });
      return { list: 'apart', claim: { relationRef, claimId, hospital, reason, paid } };
    }
    this.#claims.rerun += 1;
    this.#before.add(rerun.before);
    this.#after.add(rerun.after);
    const difference = describeDifference(rerun.before, rerun.after);
    if (difference === undefined) return undefined;
    this.#claims.differing += 1;
    return { list: 'differing', claim: { relationRef, claimId, hospital, ...difference } };
  }

  tell(): Simulation {
    const { plan, published } = this.#draft;
    const uncounted = [...this.#versions].flatMap((version) => listUncounted(plan, published.get(version) ?? plan));
    return {
      plan: { planId: plan.planId, version: plan.version, currency: plan.currency },
      period: this.#period,
      claims: { ...this.#claims },
      before: this.#before.tell(),
      after: this.#after.tell(),
      apart: [...this.#apart].sort(([one], [other]) => (one < other ? -1 : 1)).map(([reason, sums]) => ({ reason, ...sums })),
      uncounted: [...new Set(uncounted)].sort(),
    };
  }
}
