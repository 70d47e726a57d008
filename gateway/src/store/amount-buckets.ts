// A bucket is named by the number of an amount's digits and its first ones: 12916 is in `5`, `5/1` and `5/12`.
const shown = 2;

/** The buckets that an amount, a whole number from 0 on, is in. */
export function bucketsOfAmount(amount: number): string[] {
  const text = String(amount);
  return Array.from({ length: Math.min(shown, text.length) + 1 }, (_, digits) => nameBucket(text.length, text.slice(0, digits)));
}

/** The largest buckets that together hold every amount from one to another, both inclusive; those at the ends hold some more. */
export function bucketsThatHold(least: number, most: number): string[] {
  const buckets: string[] = [];
  for (let length = String(least).length; length <= String(most).length; length += 1) buckets.push(...cover(length, '', [least, most]));
  return buckets;
}

function cover(length: number, begin: string, range: readonly [number, number]): string[] {
  const [least, most] = range;
  if (length > 1 && begin.startsWith('0')) return [];
  const first = Number((begin === '' && length > 1 ? '1' : begin).padEnd(length, '0'));
  const last = Number(begin.padEnd(length, '9'));
  if (last < least || first > most) return [];
  const isWhole = least <= first && last <= most;
  if (isWhole || begin.length === Math.min(shown, length)) return [nameBucket(length, begin)];
  return Array.from({ length: 10 }, (_, digit) => cover(length, `${begin}${String(digit)}`, range)).flat();
}

function nameBucket(length: number, begin: string): string {
  return begin === '' ? String(length) : `${String(length)}/${begin}`;
}
