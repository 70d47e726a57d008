import type { Amounts } from './settlement-options';

/** What came less what is due, for every currency in which they differ. */
export function differenceOf(came: Amounts, due: Amounts): Amounts {
  const currencies = [...new Set([...Object.keys(came), ...Object.keys(due)])].toSorted();
  const differences = currencies.map((currency) => [currency, (came[currency] ?? 0) - (due[currency] ?? 0)] as const);
  return Object.fromEntries(differences.filter(([, difference]) => difference !== 0));
}
