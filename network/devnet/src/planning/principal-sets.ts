import { common } from '@hyperledger/fabric-protos';
import { decode } from '../proto/wire';
import { PlanningRefused } from './planning-refused';
import { parsePrincipal, type Principal } from './principal';

/** Principals that satisfy a policy together; one that occurs twice needs two peers. */
export type PrincipalSet = readonly Principal[];

/** Combinations of a rule's parts that Fabric considers; beyond it forgets parts at random (common/policies/inquire/inquire.go). */
const COMBINATIONS = 10_000;

type Leaf = { readonly depth: number; readonly index: number } | 'malformed';

/**
 * All sets of principals that satisfy a policy; none if it cannot be satisfied, an emptied key policy included.
 * @param envelope serialized common.SignaturePolicyEnvelope.
 * @throws PlanningRefused with the text for a principal that cannot be planned with.
 */
export function satisfyingSets(envelope: Uint8Array, unsupported: string): readonly PrincipalSet[] {
  const policy = decode(common.SignaturePolicyEnvelope, envelope);
  const principals = policy.getIdentitiesList().map(parsePrincipal);
  const sets: PrincipalSet[] = [];
  for (const leaves of expand(policy.getRule(), 0)) {
    const set = principalsOf(leaves, principals);
    // One alternative without principals makes the whole policy unsatisfiable, as in Fabric.
    if (set === undefined) return [];
    if (set.includes(undefined)) throw new PlanningRefused(unsupported);
    sets.push(set as PrincipalSet);
  }
  return sets;
}

function principalsOf(
  leaves: readonly Leaf[],
  principals: readonly (Principal | undefined)[],
): readonly (Principal | undefined)[] | undefined {
  const found: (Principal | undefined)[] = [];
  // Breadth first: the order in which principals are fused later.
  for (const leaf of leaves.toSorted((a, b) => depthOf(a) - depthOf(b))) {
    if (leaf === 'malformed' || leaf.index >= principals.length) return undefined;
    found.push(principals[leaf.index]);
  }
  return found.length === 0 ? undefined : found;
}

function depthOf(leaf: Leaf): number {
  return leaf === 'malformed' ? 0 : leaf.depth;
}

/** Every way to satisfy a rule, as leaves with their depth. */
function expand(rule: common.SignaturePolicy | undefined, depth: number): readonly (readonly Leaf[])[] {
  const { TypeCase } = common.SignaturePolicy;
  if (rule?.getTypeCase() === TypeCase.SIGNED_BY) return [[{ depth, index: rule.getSignedBy() }]];
  const group = rule?.getNOutOf();
  if (group === undefined || group.getRulesList().length === 0 || group.getN() === 0) return [['malformed']];
  const parts = prune(group.getRulesList(), group.getN()).map((part) => expand(part, depth + 1));
  return chooseFrom(parts, group.getN()).flatMap((chosen) => chosen.reduce<readonly (readonly Leaf[])[]>(combine, [[]]));
}

function combine(sofar: readonly (readonly Leaf[])[], alternatives: readonly (readonly Leaf[])[]): readonly (readonly Leaf[])[] {
  return sofar.flatMap((leaves) => alternatives.map((more) => [...leaves, ...more]));
}

function prune<T>(parts: readonly T[], count: number): readonly T[] {
  const kept = [...parts];
  while (binomial(kept.length, count) > COMBINATIONS) kept.splice(Math.floor(Math.random() * kept.length), 1);
  return kept;
}

function binomial(n: number, k: number): number {
  let result = 1;
  for (let i = 1; i <= k; i++) result = (result * (n - k + i)) / i;
  return n < k ? 0 : result;
}

function chooseFrom<T>(parts: readonly T[], count: number): readonly (readonly T[])[] {
  if (count === 0) return [[]];
  return parts.flatMap((part, at) => chooseFrom(parts.slice(at + 1), count - 1).map((rest) => [part, ...rest]));
}
