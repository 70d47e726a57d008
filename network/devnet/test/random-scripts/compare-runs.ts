import { isDeepStrictEqual } from 'node:util';
import type { Run } from './script';

export interface Difference {
  /** Step, state or events; counted from 1. */
  readonly where: string;
  readonly first: unknown;
  readonly second: unknown;
}

/** The first thing in which two runs of a script differ. */
export function findDifference(first: Run, second: Run): Difference | undefined {
  const parts = [
    ['step', first.answers, second.answers],
    ['state read at organisation', first.state, second.state],
    ['events and codes', first.heard, second.heard],
  ] as const;
  for (const [what, ours, theirs] of parts) {
    const length = Math.max(ours.length, theirs.length);
    for (let at = 0; at < length; at++) {
      const [one, other] = [plain(ours[at]), plain(theirs[at])];
      if (!isDeepStrictEqual(one, other)) return { where: `${what} ${String(at + 1)}`, first: one, second: other };
    }
  }
  return undefined;
}

/** As a recording has it. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown);
}
