import { DevnetError } from '../devnet-error';

/** Reads what a person wrote, one object at a time, and collects every problem with its place. */
export class Spec {
  readonly source: Readonly<Record<string, unknown>>;

  constructor(
    source: unknown,
    readonly place: string,
    readonly problems: string[],
  ) {
    const isObject = typeof source === 'object' && source !== null && !Array.isArray(source);
    if (!isObject) problems.push(`${place}: must be an object`);
    this.source = isObject ? (source as Record<string, unknown>) : {};
  }

  /** Every other key is a problem. */
  allow(...keys: readonly string[]): void {
    for (const key of Object.keys(this.source))
      if (!keys.includes(key)) this.problems.push(`${this.place}.${key}: unknown key; known are ${keys.join(', ')}`);
  }

  text(key: string, fallback: string | undefined, pattern = /^[^]+$/): string {
    const value = this.source[key] ?? fallback;
    if (typeof value === 'string' && pattern.test(value)) return value;
    this.problems.push(`${this.place}.${key}: ${value === undefined ? 'is missing' : `must be a text of the form ${pattern.source}`}`);
    return '';
  }

  integer(key: string, fallback: number | undefined, least: number, most: number): number {
    const value = this.source[key] ?? fallback;
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
    this.problems.push(`${this.place}.${key}: must be a whole number from ${least} to ${most}`);
    return least;
  }

  flag(key: string): boolean {
    const value = this.source[key] ?? false;
    if (typeof value !== 'boolean') this.problems.push(`${this.place}.${key}: must be true or false`);
    return value === true;
  }

  texts(key: string): readonly string[] {
    const value = this.source[key] ?? [];
    if (Array.isArray(value) && value.every((entry): entry is string => typeof entry === 'string')) return value;
    this.problems.push(`${this.place}.${key}: must be a list of texts`);
    return [];
  }

  list(key: string, fallback?: readonly unknown[]): readonly Spec[] {
    const value = this.source[key] ?? fallback;
    if (Array.isArray(value)) return value.map((entry, index) => new Spec(entry, `${this.place}.${key}[${index}]`, this.problems));
    this.problems.push(`${this.place}.${key}: ${value === undefined ? 'is missing' : 'must be a list'}`);
    return [];
  }

  child(key: string): Spec {
    return new Spec(this.source[key] ?? {}, `${this.place}.${key}`, this.problems);
  }
}

/** @throws DevnetError DEVNET_CONSORTIUM_INVALID with all problems, if there are any */
export function refuse(problems: readonly string[]): void {
  if (problems.length > 0) throw new DevnetError('DEVNET_CONSORTIUM_INVALID', `the consortium cannot be used:\n  ${problems.join('\n  ')}`);
}

/** Runs a check; what it refuses becomes a problem of this place. */
export function collect<T>(problems: string[], place: string, check: () => T): T | undefined {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof DevnetError)) throw error;
    problems.push(`${place}: ${error.message}`);
    return undefined;
  }
}
