import type { AdjudicatedLine, BenefitPlan, PlanEntry, RelationEntry } from '@medaccord/chaincode/model';
import { newError } from '../problem';
import { readSubject } from '../relation/read-subject';
import { CellTally } from './cell-tally';
import { countOnLedger, type ClaimCount } from './count-on-ledger';
import type { DecidedClaim, DecidedCoverage } from './decided-claim';
import { listRuledLines } from './list-ruled-lines';
import type { ReportWork } from './report-desk';
import type { Period, ReportOptions } from './report-options';
import { walkDecided } from './walk-decided';

/** What was decided in a month. A name that is null stands for several together. */
export interface ClaimStatistics {
  readonly month: string;
  /** By the ledger, where a patient is a relation: claims of which something was decided, by how the last decision of the month left them. */
  readonly counts: readonly ClaimCount[];
  /** By this member's own decisions, as an insurer; amounts are minor units of the currency. */
  readonly sums: readonly {
    readonly hospital: string;
    readonly currency: string;
    /** A code of http://terminology.hl7.org/CodeSystem/ex-benefitcategory. */
    readonly benefitCategory: string | null;
    readonly outcome: string | null;
    /** Why a line was denied, or waits for a person. */
    readonly reason: string | null;
    readonly lines: number;
    readonly submitted: number;
    readonly benefit: number;
    readonly patient: number;
  }[];
}

/** What the last transactions of a month need to be there, in milliseconds. */
const settledMs = 24 * 3_600_000;

/**
 * Counts and adds up what was decided in a month, in rows of at least `FEWEST` persons. It tells nothing before it is whole, and only of a
 * month that has been over for a day: so the same month is told in the same way, whenever it is asked for.
 *
 * @param month such as `2026-10`, in UTC
 * @throws CodedError REQUEST_INVALID for a month that is not over
 */
export function newClaimStatistics(options: ReportOptions, month: string): ReportWork {
  const period = periodOf(month);
  if (Date.now() < Date.parse(period.until) + settledMs)
    throw newError('REQUEST_INVALID', 'body.month: must have been over for a day, so that nothing more is decided in it');
  let told: ClaimStatistics = { month, counts: [], sums: [] };
  return {
    tell: () => told,
    run: async ({ pause }) => {
      const counts = await countOnLedger(options.facts, period, pause);
      const sums = await addUpDecided(options, period, pause);
      told = { month, counts, sums };
    },
  };
}

function periodOf(month: string): Period {
  const next = new Date(`${month}-01T00:00:00.000Z`);
  next.setUTCMonth(next.getUTCMonth() + 1);
  return { from: `${month}-01`, until: next.toISOString().slice(0, 10) };
}

async function addUpDecided(options: ReportOptions, period: Period, pause: () => Promise<void>): Promise<ClaimStatistics['sums']> {
  const tally = new CellTally();
  for await (const coverages of walkDecided(options, period)) {
    for (const coverage of coverages) {
      const patient = await nameOfPatient(options, coverage);
      for (const one of listStanding(coverage)) addClaim(options, tally, one, patient);
    }
    await pause();
  }
  return tally.rows(2).map(({ names, sums: { count: lines, ...sums } }) => {
    const [hospital, currency, benefitCategory, outcome, reason] = names as [string, string, ...(string | null)[]];
    return { hospital, currency, benefitCategory, outcome, reason, lines, ...sums } as ClaimStatistics['sums'][number];
  });
}

/** A patient has a relation for each check-in. Those of whom nothing has come that opens count as one. */
async function nameOfPatient({ facts, sealed }: ReportOptions, [first]: DecidedCoverage): Promise<string> {
  const relation = first && facts.find<RelationEntry>('relation', first.claim.relationRef)?.value;
  return (relation && (await readSubject(sealed, relation))) ?? '';
}

/** Of each claim the newest. */
function listStanding(coverage: DecidedCoverage): DecidedCoverage {
  const inOrder = coverage.toSorted((one, other) => one.entry.n - other.entry.n);
  return [...new Map(inOrder.map((one) => [one.claim.claimId, one])).values()];
}

/** @throws CodedError CONTENT_NOT_ANCHORED: what leaves something out is no statement */
function addClaim({ facts, mspId }: ReportOptions, tally: CellTally, { claim, document }: DecidedClaim, patient: string): void {
  if (claim.use !== 'claim') return;
  if (document === undefined) throw newError('CONTENT_NOT_ANCHORED', 'The document of an adjudication is not here');
  const plan = facts.find<PlanEntry>('plan', mspId, `${document.planId}/${String(document.planVersion)}`)?.value.plan;
  if (plan === undefined) throw newError('CONTENT_NOT_ANCHORED', 'The plan of an adjudication is not here');
  for (const { line, ...amounts } of listRuledLines(document)) {
    const names = [claim.hospital, plan.currency, categoryOf(plan, line), line.outcome, reasonOf(line)];
    tally.add(names, patient, { count: 1, submitted: line.amounts.submitted, ...amounts });
  }
}

const none = 'none';

function categoryOf({ categories }: BenefitPlan, { category }: AdjudicatedLine): string {
  return categories.find(({ id }) => id === category)?.benefitCategory ?? none;
}

function reasonOf({ outcome, adjustments }: AdjudicatedLine): string {
  return outcome === 'paid' ? none : (adjustments[0]?.reason ?? none);
}
