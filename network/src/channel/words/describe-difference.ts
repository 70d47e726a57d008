import type { ConfigGroupNode, ConfigPolicyNode, ConfigValueNode } from '@medaccord/devnet/configuration';
import { blockValidationOf, describeQuorum, listConsenters } from '../consenters';
import { readMsp } from '../configuration-values';
import { describePolicy } from './describe-policy';
import { describeValue } from './describe-value';
import { describeChange, newStatement, type Statement } from './statement';

/** A group of both trees; undefined: the tree does not have it. */
interface Pair<T> {
  readonly before: T | undefined;
  readonly after: T | undefined;
}

interface Place {
  /** Names of the groups below the root. */
  readonly path: readonly string[];
  readonly roots: { readonly before: ConfigGroupNode; readonly after: ConfigGroupNode };
}

/**
 * Everything in which two configurations of a channel differ, in words; a difference without words of its own is told by fingerprints, and
 * nothing is left out.
 */
export function describeDifference(before: ConfigGroupNode, after: ConfigGroupNode): readonly Statement[] {
  const statements = describeGroup({ before, after }, { path: [], roots: { before, after } });
  // The MSP of a member stands in both sections, and must be the same in both.
  return statements.filter((each, at) => statements.findIndex((other) => JSON.stringify(other) === JSON.stringify(each)) === at);
}

function describeGroup({ before, after }: Pair<ConfigGroupNode>, place: Place): readonly Statement[] {
  if (before === undefined || after === undefined) return describeMembership({ before, after }, place);
  return [
    ...describeRight({ before, after }, `${nameOf(place)} as a whole`),
    ...pairsOf(before.groups, after.groups).flatMap(([name, pair]) => describeGroup(pair, { ...place, path: [...place.path, name] })),
    ...pairsOf(before.values, after.values).flatMap(([name, pair]) => describeValueNode(name, pair, place)),
    ...pairsOf(before.policies, after.policies).flatMap(([name, pair]) => describePolicyNode(name, pair, place)),
  ];
}

/** A group that comes or goes, with all that it holds. */
function describeMembership({ before, after }: Pair<ConfigGroupNode>, place: Place): readonly Statement[] {
  const group = after ?? before;
  if (group === undefined) return [];
  const inside = after === undefined ? [] : describeNewGroup(after, place);
  return [newStatement(`${memberOf(group, place)} ${joinsOrLeaves(place, after !== undefined)}`, inside)];
}

function describeNewGroup(group: ConfigGroupNode, place: Place): readonly string[] {
  const values = sorted(group.values).flatMap(([name, { value }]) =>
    describeValue(name, { before: undefined, after: value }, nameOf(place)),
  );
  const policies = sorted(group.policies).map(([name, policy]) => `${name}: ${describePolicy(policy)}.`);
  const rights = [...new Set([group, ...group.values.values(), ...group.policies.values()].map(({ modPolicy }) => modPolicy))];
  const groups = sorted(group.groups).flatMap(([name, child]) => [
    `${name}:`,
    ...describeNewGroup(child, { ...place, path: [...place.path, name] }).map((line) => `  ${line}`),
  ]);
  const lines = values.flatMap(({ text, details }) => [text, ...details.map((detail) => `  ${detail}`)]);
  return [...lines, ...policies, `Changed by: ${rights.map((right) => formatRight(right)).join(', ')}.`, ...groups];
}

function describeValueNode(name: string, { before, after }: Pair<ConfigValueNode>, place: Place): readonly Statement[] {
  const right = describeRight({ before, after }, `${name} of ${nameOf(place)}`);
  if (before !== undefined && after !== undefined && Buffer.compare(before.value, after.value) === 0) return right;
  return [...describeValue(name, { before: before?.value, after: after?.value }, nameOf(place)), ...right];
}

function describePolicyNode(name: string, { before, after }: Pair<ConfigPolicyNode>, place: Place): readonly Statement[] {
  const right = describeRight({ before, after }, `the policy ${name} of ${nameOf(place)}`);
  const label = `Policy ${name} of ${nameOf(place)}`;
  if (after !== undefined && before !== undefined && isSamePolicy(before, after)) return right;
  if (after !== undefined && name === 'BlockValidation' && belongsToConsenters(after, place))
    return [describeBlockValidation(place), ...right];
  const lines = describeChange(label, before && describePolicy(before), after && describePolicy(after));
  const told = lines.length > 0 ? lines : [`${label}: the same in other bytes.`];
  return [...told.map((line) => newStatement(line)), ...right];
}

/** Who may change it. */
function describeRight({ before, after }: Pair<{ readonly modPolicy: string }>, what: string): readonly Statement[] {
  if (before === undefined || after === undefined || before.modPolicy === after.modPolicy) return [];
  return [newStatement(`Who may change ${what}: ${formatRight(after.modPolicy)} instead of ${formatRight(before.modPolicy)}.`)];
}

function describeBlockValidation({ roots }: Place): Statement {
  const { needed } = describeQuorum(listConsenters(roots.after).length);
  return newStatement(`Blocks are good with the signatures of ${String(needed)} of the orderers that have a vote.`);
}

function belongsToConsenters(policy: ConfigPolicyNode, { path, roots }: Place): boolean {
  if (path.join() !== 'Orderer' || roots.after.groups.get('Orderer')?.values.has('Orderers') !== true) return false;
  return isSamePolicy(policy, blockValidationOf(listConsenters(roots.after)));
}

function isSamePolicy(a: ConfigPolicyNode, b: ConfigPolicyNode): boolean {
  return a.type === b.type && Buffer.compare(a.value, b.value) === 0;
}

function memberOf(group: ConfigGroupNode, { path }: Place): string {
  const name = path.at(-1) ?? '';
  const value = group.values.get('MSP')?.value;
  const mspId = value && readMspId(value);
  return mspId === undefined || mspId === name ? name : `${mspId} (named ${name})`;
}

function readMspId(value: Uint8Array): string | undefined {
  try {
    return readMsp(value).getName();
  } catch {
    return undefined;
  }
}

function joinsOrLeaves({ path }: Place, joins: boolean): string {
  if (path.length === 2 && path[0] === 'Application')
    return joins ? 'becomes a member of the channel.' : 'is no longer a member of the channel.';
  if (path.length === 2 && path[0] === 'Orderer')
    return joins ? 'becomes part of the ordering service.' : 'is no longer part of the ordering service.';
  return `${joins ? 'is added to' : 'is removed from'} ${nameOf({ path: path.slice(0, -1) })}.`;
}

/** How a group is called in a sentence. */
function nameOf({ path }: Pick<Place, 'path'>): string {
  const [section, member, ...deeper] = path;
  if (section === undefined) return 'the channel';
  const known = section === 'Application' ? 'the members' : section === 'Orderer' ? 'the ordering service' : section;
  if (member === undefined) return known;
  return [member, ...deeper].join('/');
}

function formatRight(modPolicy: string): string {
  return modPolicy === '' ? 'nobody' : modPolicy;
}

function pairsOf<T>(before: ReadonlyMap<string, T>, after: ReadonlyMap<string, T>): readonly (readonly [string, Pair<T>])[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names.map((name) => [name, { before: before.get(name), after: after.get(name) }]);
}

function sorted<T>(map: ReadonlyMap<string, T>): readonly (readonly [string, T])[] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}
