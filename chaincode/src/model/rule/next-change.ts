import type { Instant, Period } from '../instant';
import type { AccessQuestion } from './decide-access';

/**
 * The first instant after `now` from which on the rule may answer otherwise although nobody changed anything: until then an answer given at
 * `now` holds. Null: it holds for ever. Whatever period the rule compares with `now` belongs here.
 */
export function nextChangeOf(
  { consent, document, assistance }: Pick<AccessQuestion, 'consent' | 'document' | 'assistance'>,
  now: Instant,
): Instant | null {
  const sets = document?.sets ?? [];
  const periods: readonly (Period | null | undefined)[] = [
    consent.validity,
    ...sets.flatMap(({ period, exceptions }) => [period, ...exceptions.map((exception) => exception.period)]),
  ];
  let next: Instant | null = null;
  const bounds = [...periods.flatMap((period) => (period ? [period.from, period.until] : [])), ...effectOf(assistance)];
  for (const bound of bounds) if (bound > now && (next === null || bound < next)) next = bound;
  return next;
}

function effectOf(assistance: AccessQuestion['assistance']): readonly Instant[] {
  return assistance?.effectiveAt ? [assistance.effectiveAt] : [];
}
