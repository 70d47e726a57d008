import type { TimeRange } from '../fhir-rest';

export function isOneOf(value: string, alternatives: readonly string[] | undefined): boolean {
  return alternatives === undefined || alternatives.includes(value);
}

export function isIn(at: string, { from, until }: TimeRange): boolean {
  return (from === undefined || from <= at) && (until === undefined || at < until);
}
