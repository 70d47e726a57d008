import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Adjudication } from '@medaccord/chaincode/model';

/** Counts of claims and of lines by their outcome, and sums in cents. */
export type Totals = Readonly<Record<string, number>>;

/** Where the Synthea bundles lie, if they are there. */
export const syntheaFolder = join(__dirname, '../../../../shared/data/synthea');

/** The bundles of patients. */
export const syntheaBundles = existsSync(syntheaFolder)
  ? readdirSync(syntheaFolder).filter((name) => name.endsWith('.json') && !name.startsWith('hospital'))
  : [];

/** What the demonstration plan pays for their Claims, worked out apart from the chaincode by derive-synthea-totals.py. */
export const syntheaTotals = JSON.parse(readFileSync(join(__dirname, '../fixtures/synthea-adjudication.json'), 'utf8')) as {
  readonly everything: Totals;
  readonly patients: Readonly<Record<string, Totals>>;
  /** Where the patient lets the insurer see no record. */
  readonly withheld: Readonly<Record<string, Totals>>;
};

/** The same of what was decided. */
export function totalsOf(answers: readonly Adjudication[]): Totals {
  const lines = answers.flatMap((answer) => answer.lines);
  const outcomes = (name: string): number => lines.filter(({ outcome }) => outcome === name).length;
  const money = (name: 'submitted' | 'benefit' | 'memberliability' | 'pending'): number =>
    answers.reduce((sum, { totals }) => sum + totals[name], 0);
  return {
    claims: answers.length,
    lines: lines.length,
    ...{ paid: outcomes('paid'), denied: outcomes('denied'), review: outcomes('review') },
    ...{
      submitted: money('submitted'),
      benefit: money('benefit'),
      memberliability: money('memberliability'),
      pending: money('pending'),
    },
  };
}
