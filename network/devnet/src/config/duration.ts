const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, us: 0.001, µs: 0.001, ns: 0.000_001 };
const PART = /(\d+(?:\.\d+)?)(ms|us|µs|ns|s|m|h)/gu;
const WHOLE = /^(?:\d+(?:\.\d+)?(?:ms|us|µs|ns|s|m|h))+$/u;

/** Milliseconds of a Go duration, as 2s or 1m30s; undefined where the text is none. */
export function parseDuration(text: string): number | undefined {
  if (!WHOLE.test(text)) return undefined;
  return [...text.matchAll(PART)].reduce((sum, [, amount, unit]) => sum + Number(amount) * (UNITS[unit ?? ''] ?? 0), 0);
}
