import { NO_GROUP, type ConfigGroupNode, type ConfigPolicyNode, type ConfigValueNode } from './config-tree';
import type { GroupUpdate } from './config-update';

type Node = ConfigGroupNode | ConfigPolicyNode | ConfigValueNode;

/** One element of a configuration under its path, as Fabric names them in errors: "[Group]  /Channel/Application". */
interface Placed {
  readonly kind: 'Group' | 'Value' | 'Policy';
  /** Names of the groups around it, the root first. */
  readonly path: readonly string[];
  readonly name: string;
  readonly node: Node;
}

/** Asks whether the policy with this absolute reference holds for the signatures of the update. */
export type PolicyCheck = (reference: string) => boolean;

/** The update does not fit the configuration, or lacks signatures; the text is Fabric's. */
export class UpdateRefused extends Error {
  override readonly name = 'UpdateRefused';
}

/**
 * The configuration after an update: what was read must be at the version read, what changes must be one version up and must satisfy its
 * mod_policy (common/configtx/update.go, authorizeUpdate).
 * @throws UpdateRefused
 */
export function applyUpdate(current: ConfigGroupNode, update: Omit<GroupUpdate, 'changed'>, holds: PolicyCheck): ConfigGroupNode {
  const existing = flatten(current);
  const read = flatten(update.readSet);
  verifyReadSet(existing, read);
  const delta = [...flatten(update.writeSet)].filter(([key, { node }]) => read.get(key)?.node.version !== node.version);
  if (delta.length === 0) throw new UpdateRefused('error validating DeltaSet: delta set was empty -- update would have no effect');
  for (const [key, element] of delta) verifyChange(key, element, existing.get(key), holds);
  return overlay(current, update.writeSet, new Set(delta.map(([key]) => key)), ['Channel']);
}

function verifyReadSet(existing: ReadonlyMap<string, Placed>, read: ReadonlyMap<string, Placed>): void {
  for (const [key, { node }] of read) {
    const found = existing.get(key);
    if (found === undefined)
      throw new UpdateRefused(`error validating ReadSet: existing config does not contain element for ${key} but was in the read set`);
    if (found.node.version !== node.version)
      throw new UpdateRefused(
        `error validating ReadSet: proposed update requires that key ${key} be at version ${node.version}, but it is currently at version ${found.node.version}`,
      );
  }
}

function verifyChange(key: string, change: Placed, existing: Placed | undefined, holds: PolicyCheck): void {
  const fail = (problem: string): never => {
    throw new UpdateRefused(`error validating DeltaSet: ${problem}`);
  };
  if (change.node.modPolicy === '') fail(`invalid mod_policy for element ${key}: mod_policy not set`);
  if (existing === undefined) {
    if (change.node.version !== 0) fail(`attempted to set key ${key} to version ${change.node.version}, but key does not exist`);
    return;
  }
  if (change.node.version !== existing.node.version + 1)
    fail(`attempt to set key ${key} to version ${change.node.version}, but key is at version ${existing.node.version}`);
  if (!holds(modPolicyOf(existing))) fail(`policy for ${key} not satisfied`);
}

/** A relative mod_policy belongs to the group around the element, or to the group itself. */
function modPolicyOf({ kind, path, name, node }: Placed): string {
  if (node.modPolicy.startsWith('/')) return node.modPolicy;
  const place = kind === 'Group' ? [...path, name] : path;
  return `/${[...place, node.modPolicy].join('/')}`;
}

function flatten(root: ConfigGroupNode): ReadonlyMap<string, Placed> {
  const elements = new Map<string, Placed>();
  const visit = (group: ConfigGroupNode, path: readonly string[], name: string): void => {
    elements.set(keyOf('Group', path, name), { kind: 'Group', path, name, node: group });
    const inner = [...path, name];
    for (const [value, node] of group.values) elements.set(keyOf('Value', inner, value), { kind: 'Value', path: inner, name: value, node });
    for (const [policy, node] of group.policies)
      elements.set(keyOf('Policy', inner, policy), { kind: 'Policy', path: inner, name: policy, node });
    for (const [child, node] of group.groups) visit(node, inner, child);
  };
  visit(root, [], 'Channel');
  return elements;
}

function keyOf(kind: Placed['kind'], path: readonly string[], name: string): string {
  return `[${kind}]  /${[...path, name].join('/')}`;
}

/** Unchanged elements of a write set carry no content: theirs comes from the current configuration. */
function overlay(current: ConfigGroupNode, written: ConfigGroupNode, delta: ReadonlySet<string>, path: readonly string[]): ConfigGroupNode {
  const isNew = delta.has(keyOf('Group', path.slice(0, -1), path.at(-1) ?? ''));
  const pick = <T extends Node>(
    kind: Placed['kind'],
    before: ReadonlyMap<string, T>,
    after: ReadonlyMap<string, T>,
  ): ReadonlyMap<string, T> => {
    const changes = [...after].filter(([key]) => delta.has(keyOf(kind, path, key)));
    const kept = isNew ? [...before].filter(([key]) => after.has(key)) : [...before];
    return new Map([...kept, ...changes]);
  };
  const groups = new Map(isNew ? [...current.groups].filter(([key]) => written.groups.has(key)) : current.groups);
  for (const [key, group] of written.groups) groups.set(key, overlay(current.groups.get(key) ?? NO_GROUP, group, delta, [...path, key]));
  return {
    version: isNew ? written.version : current.version,
    modPolicy: isNew ? written.modPolicy : current.modPolicy,
    values: pick('Value', current.values, written.values),
    policies: pick('Policy', current.policies, written.policies),
    groups,
  };
}
