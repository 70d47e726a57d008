import type { VariableName } from './variables';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface WholeNumber {
  readonly name: VariableName;
  readonly least: number;
  readonly most: number;
}

/** A variable that is a whole number; nothing when it is not set, or wrong, which is then a problem more. */
export function parseWhole(env: Environment, { name, least, most }: WholeNumber, problems: string[]): number | undefined {
  const value = env[name];
  if (value === undefined) return undefined;
  const number = /^\d{1,10}$/.test(value) ? Number(value) : Number.NaN;
  if (number >= least && number <= most) return number;
  problems.push(`${name} must be a whole number from ${String(least)} to ${String(most)}`);
  return undefined;
}

export function parseBound(env: Environment, bounds: WholeNumber, fallback: number, problems: string[]): number {
  return parseWhole(env, bounds, problems) ?? fallback;
}
