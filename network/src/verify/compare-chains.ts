import type { BlockDigest } from './block-digest';
import { newFinding, type Finding } from './finding';
import type { Verification } from './verify-source';

/** How two copies of a chain compare. */
export interface Comparison {
  /** Blocks that both have, and that are the same. */
  readonly same: number;
  /** The first block that differs. */
  readonly fork: Finding | undefined;
  /** For people: that one has blocks which the other does not have (yet). */
  readonly ahead: string | undefined;
}

interface Difference {
  readonly what: string;
  readonly means: string;
}

/** Compares block by block; orderers' signatures may differ, for any quorum of them will do. Both need their digests kept. */
export function compareChains(one: Verification, other: Verification): Comparison {
  const others = new Map(other.digests.map((digest) => [digest.number, digest]));
  const both = one.digests.flatMap((digest) => {
    const twin = others.get(digest.number);
    return twin === undefined ? [] : [{ number: digest.number, difference: differenceOf(digest, twin, [one.source, other.source]) }];
  });
  const fork = both.find(({ difference }) => difference !== undefined);
  const same = fork === undefined ? both.length : both.indexOf(fork);
  return {
    same,
    fork: fork?.difference && newFinding(fork.number, 'fork', fork.difference.what, fork.difference.means),
    ahead: describeAhead(one, other),
  };
}

function differenceOf(one: BlockDigest, other: BlockDigest, names: readonly [string, string]): Difference | undefined {
  const between = `between ${names.join(' and ')}`;
  if (one.header !== other.header) return { what: `the headers differ ${between}`, means: judgeHeaders(one, other, names) };
  if (one.data !== other.data)
    return {
      what: `the transactions differ ${between}, under the same header`,
      means: 'One copy was altered: the one with a finding on this block.',
    };
  if (differ(one.codes, other.codes))
    return {
      what: `the validation codes differ ${between}`,
      means: 'The peers take other transactions for valid, or one copy was altered.',
    };
  if (differ(one.commitHash, other.commitHash))
    return { what: `the commit hashes differ ${between}`, means: 'The peers hold different states, or one copy was altered.' };
  return undefined;
}

/** An orderer's copy has neither codes nor commit hashes: that is no difference. */
function differ(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && other !== undefined && one !== other;
}

function judgeHeaders(one: BlockDigest, other: BlockDigest, names: readonly [string, string]): string {
  if (one.isProved && other.isProved)
    return 'Both are signed by enough orderers: more of them than the channel tolerates signed two different blocks. Stop writing, and keep both copies.';
  if (one.isProved !== other.isProved) return `The copy of ${one.isProved ? names[0] : names[1]} is the one that the orderers signed.`;
  return 'Neither copy is proved.';
}

function describeAhead(one: Verification, other: Verification): string | undefined {
  const [a, b] = [one.last?.number ?? -1, other.last?.number ?? -1];
  if (a === b) return undefined;
  const [longer, shorter] = a > b ? [one, other] : [other, one];
  return `${longer.source} goes on to block ${Math.max(a, b)}, ${shorter.source} ends with ${Math.min(a, b)}`;
}
