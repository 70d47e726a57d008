import type { Pair } from '../../fhir-rest';

/** The parameters of a query, each as often as it stood there. */
export function pairsOf(query: Readonly<Record<string, unknown>>): Pair[] {
  return Object.entries(query).flatMap(([name, values]) =>
    [values].flat().flatMap<Pair>((one) => (typeof one === 'string' ? [[name, one]] : [])),
  );
}

/** The condition in a query; how an answer is written is no part of it. */
export function formatCondition(query: Readonly<Record<string, unknown>>): string {
  const pairs = pairsOf(query).filter(([name]) => name !== '_format' && name !== '_pretty');
  return new URLSearchParams(pairs.map(([name, one]): [string, string] => [name, one])).toString();
}
