import type { AdjudicationEntry, ClaimEntry } from '@medaccord/chaincode/model';
import type { Fact, Facts } from '../store';
import { CellTally } from './cell-tally';
import type { Period } from './report-options';

/** A row of counts; an outcome that is null stands for several together. */
export interface ClaimCount {
  readonly insurer: string;
  readonly hospital: string;
  readonly outcome: string | null;
  readonly claims: number;
}

const atOnce = 200;

/** The claims of every member of which something was decided in a period, by insurer, hospital, and how the last decision in it left them. */
export async function countOnLedger(facts: Facts, period: Period, pause: () => Promise<void>): Promise<readonly ClaimCount[]> {
  const tally = new CellTally();
  for (let page = listPage(facts); page.length > 0; page = listPage(facts, page.at(-1))) {
    for (const { value } of page.filter((fact) => isLast(facts, period, fact))) {
      const claim = facts.find<ClaimEntry>('claim', value.relationRef, value.claimId)?.value;
      if (claim?.use === 'claim') tally.add([claim.insurer, claim.hospital, value.outcome ?? ''], value.relationRef, { count: 1 });
    }
    await pause();
  }
  return tally.rows(2).map(({ names, sums: { count: claims = 0 } }) => {
    const [insurer, hospital, outcome] = names as [string, string, string | null];
    return { insurer, hospital, outcome, claims };
  });
}

function listPage(facts: Facts, after: Pick<Fact, 'ref' | 'id'> = { ref: '', id: '' }): readonly Fact<AdjudicationEntry>[] {
  return facts.page<AdjudicationEntry>('adjudication', after, atOnce);
}

/** Each stands under the claim's name, too, as long as it is the newest. */
function isLast(facts: Facts, period: Period, { id, value }: Fact<AdjudicationEntry>): boolean {
  if (id === value.claimId || !isIn(period, value)) return false;
  const next = facts.find<AdjudicationEntry>('adjudication', value.relationRef, `${value.claimId}/${String(value.n + 1)}`)?.value;
  return next === undefined || !isIn(period, next);
}

/** Days compare with instants as texts: each begins before every instant in it. */
function isIn({ from, until }: Period, { at }: AdjudicationEntry): boolean {
  return at !== null && at >= from && at < until;
}
