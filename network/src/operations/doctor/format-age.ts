const UNITS: readonly (readonly [ms: number, word: string])[] = [
  [86_400_000, 'day'],
  [3_600_000, 'hour'],
  [60_000, 'minute'],
  [1000, 'second'],
];

/** A length of time in its largest unit, for a person: `3 minutes`, `1 second`. */
export function formatAge(ms: number): string {
  const length = Math.abs(ms);
  const [unit, word] = UNITS.find(([size]) => length >= size) ?? [1000, 'second'];
  const count = Math.round(length / unit);
  return `${String(count)} ${word}${count === 1 ? '' : 's'}`;
}
