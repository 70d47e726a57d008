import { integer, table, text, type Parsed } from '../encoding/parser';
import { codeKey } from './code-key';
import type { Day } from './day';

const KEY = /^(?:year\/\d{4}-\d\d-\d\d|day\/\d{4}-\d\d-\d\d|authorization)\/[^\u0000-\u001f\u007f-\u009f\ud800-\udfff]{1,700}$/u;

/**
 * What a coverage has used: a number for each thing that is counted, nothing where nothing was. Of the same shape for one claim and for a
 * year, so that what one claim used is added, and taken back, part by part.
 */
export const parseAccumulators = table(text(KEY, 'the name of an accumulator'), integer(0, Number.MAX_SAFE_INTEGER), 100_000);
export type Accumulators = Parsed<typeof parseAccumulators>;

/** The names under which things are counted; docs/reference/benefit-plan.md lists them. */
export const accumulatorKeys = {
  deductible: (year: Day) => `year/${year}/deductible`,
  outOfPocket: (year: Day) => `year/${year}/outOfPocket`,
  benefit: (year: Day) => `year/${year}/benefit`,
  categoryBenefit: (year: Day, category: string) => `year/${year}/benefit/${category}`,
  unitsOfYear: (year: Day, quantity: string) => `year/${year}/units/${quantity}`,
  unitsOfDay: (day: Day, quantity: string) => `day/${day}/units/${quantity}`,
  billed: (day: Day, service: { readonly system: string; readonly code: string }) => `day/${day}/billed/${codeKey(service)}`,
  authorized: (id: string) => `authorization/${id}`,
} as const;

/** Both together. */
export function addAccumulators(left: Accumulators, right: Accumulators): Accumulators {
  return combine(left, right, 1);
}

/** What is left when a claim is taken back. @throws RangeError where more was used than there is */
export function subtractAccumulators(left: Accumulators, right: Accumulators): Accumulators {
  return combine(left, right, -1);
}

function combine(left: Accumulators, right: Accumulators, sign: 1 | -1): Accumulators {
  const sums = new Map(Object.entries(left));
  for (const [key, value] of Object.entries(right)) sums.set(key, (sums.get(key) ?? 0) + sign * value);
  const rows = [...sums].filter(([, value]) => value !== 0).sort(([one], [other]) => (one < other ? -1 : 1));
  if (rows.some(([, value]) => !Number.isSafeInteger(value) || value < 0)) throw new RangeError('an accumulator out of its bounds');
  return Object.fromEntries(rows);
}
