import type { DateRange } from './date-range';

/** What a version of a resource is searched by. */
export interface Searchable {
  /** Texts that it is found by; they are stored as keyed hashes only. */
  readonly terms: readonly string[];
  /** What a term says too roughly; stored sealed. */
  readonly exact: ExactValues;
}

/** Values by parameter. */
export interface ExactValues {
  readonly dates: Readonly<Record<string, readonly DateRange[]>>;
  readonly texts: Readonly<Record<string, readonly string[]>>;
}

/** One condition of a search; a resource must fulfil all of it. */
export interface Criterion {
  /** It has one of these terms. */
  readonly any?: readonly string[] | undefined;
  /** It has none of these. */
  readonly none?: readonly string[] | undefined;
  /** And its exact values are accepted. */
  readonly accepts?: ((exact: ExactValues) => boolean) | undefined;
}

/** The text by which a value of a parameter is found. A parameter's name has no white space. */
export function newTerm(type: string, parameter: string, value: string): string {
  return `${type} ${parameter} ${value}`;
}
