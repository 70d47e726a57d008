import { isA, type Principal } from './principal';
import type { PrincipalSet } from './principal-sets';

type Sets = readonly PrincipalSet[];
interface Containment {
  readonly inner: number;
  readonly outer: number;
}

/**
 * Principal sets that satisfy two policies, from those of each (common/policies/inquire/merge.go, Merge). Deliberately Fabric's rule and not
 * a better one: some combinations that would satisfy both are lost.
 */
export function mergeSets(first: Sets, second: Sets): Sets {
  const firstInSecond = containments(first, second);
  const insideSecond = firstInSecond.map(({ inner, outer }) => fuse(at(first, inner), at(second, outer)));
  const restOfFirst = without(first, new Set(firstInSecond.map(({ inner }) => inner)));
  const secondInFirst = containments(second, restOfFirst);
  const insideFirst = secondInFirst.map(({ inner, outer }) => fuse(at(second, inner), at(restOfFirst, outer)));
  const freeFirst = without(restOfFirst, new Set(secondInFirst.map(({ outer }) => outer)));
  const freeSecond = withoutBoth(second, secondInFirst, firstInSecond);
  const crossed = freeFirst.flatMap((x) => freeSecond.map((y) => fuse(x, y)));
  return reduce([...insideSecond, ...insideFirst, ...crossed]);
}

/**
 * Fabric takes the containers out of the second list by the places they had before its own contained sets left it; the places are applied to
 * what is left then.
 */
function withoutBoth(second: Sets, contained: readonly Containment[], containing: readonly Containment[]): Sets {
  const rest = without(second, new Set(contained.map(({ inner }) => inner)));
  return without(rest, new Set(containing.map(({ outer }) => outer)));
}

function containments(inner: Sets, outer: Sets): readonly Containment[] {
  return inner.flatMap((set, i) => outer.flatMap((other, j) => (isContained(set, other) ? [{ inner: i, outer: j }] : [])));
}

/** Whoever signs for the other set signs for this one too; how often a principal occurs is ignored. */
function isContained(set: PrincipalSet, other: PrincipalSet): boolean {
  return set.every((principal) => other.some((candidate) => isA(candidate, principal)));
}

/** The containing set, and every principal of the contained one that finds none of its own to cover it. */
function fuse(contained: PrincipalSet, containing: PrincipalSet): PrincipalSet {
  const free = new Set(containing.keys());
  const uncovered = contained.filter((principal) => {
    for (const place of free) {
      if (!isA(at(containing, place), principal)) continue;
      free.delete(place);
      return false;
    }
    return true;
  });
  return [...containing, ...uncovered];
}

/** Leaves out every set that has another as a subset; of equal ones the first stays. */
function reduce(sets: Sets): Sets {
  const reduced = sets.filter((set, i) => !isRedundant(set, i, sets));
  return reduced.length === sets.length ? reduced : reduce(reduced);
}

/** In Fabric's order: what a later set says of an earlier equal one counts over what was found before. */
function isRedundant(set: PrincipalSet, place: number, sets: Sets): boolean {
  let redundant = false;
  for (const [other, candidate] of sets.entries()) {
    if (other === place) continue;
    if (isSubset(candidate, set)) redundant = true;
    if (isSubset(set, candidate) && place < other) redundant = false;
  }
  return redundant;
}

function isSubset(set: PrincipalSet, other: PrincipalSet): boolean {
  return set.every((principal) => other.some(({ key }) => key === principal.key));
}

function without(sets: Sets, places: ReadonlySet<number>): Sets {
  return sets.filter((_, place) => !places.has(place));
}

function at<T extends PrincipalSet | Principal>(list: readonly T[], place: number): T {
  const found = list[place];
  if (found === undefined) throw new RangeError(`no entry at ${String(place)}`);
  return found;
}
