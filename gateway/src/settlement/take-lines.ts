import type { Due } from './list-due';

/** Lines of one statement: both peers open every adjudication that it names in one transaction. What is left is in the next one. */
export const mostLines = 200;

interface Wish {
  /** All where none is named. */
  readonly currency?: string | undefined;
  readonly most?: number;
}

/** The first of what is due, in its order, of the currency that is asked for; opens no more of it than it has to. */
export async function takeLines<T extends { readonly line: { readonly currency: string } }>(
  due: readonly Due[],
  open: (due: Due) => Promise<T>,
  { currency, most = mostLines }: Wish = {},
): Promise<readonly T[]> {
  const taken: T[] = [];
  for (let at = 0; at < due.length && taken.length < most;) {
    const next = due.slice(at, at + most - taken.length);
    const opened = await Promise.all(next.map(open));
    taken.push(...opened.filter(({ line }) => currency === undefined || line.currency === currency));
    at += next.length;
  }
  return taken;
}
