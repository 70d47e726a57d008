/** Prefixes for the keys of scripts, all of one length; `run` keeps runs on the same ledger apart. */
export function newPrefixes(run: number): () => string {
  let count = 0;
  const digits = (value: number, length: number): string => value.toString(36).padStart(length, '0');
  return () => `r${digits(run % 36 ** 4, 4)}x${digits(count++, 5)}.`;
}
