import { NO_GROUP, type ConfigGroupNode, type ConfigPolicyNode, type ConfigValueNode } from './config-tree';

/** What a change of the configuration read, and what it writes: the two halves of common.ConfigUpdate. */
export interface GroupUpdate {
  readonly readSet: ConfigGroupNode;
  readonly writeSet: ConfigGroupNode;
  readonly changed: boolean;
}

/**
 * The update that turns one configuration into another: changed elements one version up, groups only where their membership or mod_policy
 * changed (internal/configtxlator/update/update.go).
 */
export function computeUpdate(original: ConfigGroupNode, updated: ConfigGroupNode): GroupUpdate {
  const policies = computeElements(original.policies, updated.policies, equalPolicies, ABSENT_POLICY);
  const values = computeElements(original.values, updated.values, equalValues, ABSENT_VALUE);
  const groups = computeGroups(original.groups, updated.groups);
  const parts = [policies, values, groups];
  const membership = parts.some((part) => part.membership) || original.modPolicy !== updated.modPolicy;
  const changed = membership || parts.some((part) => part.write.size > 0);
  const version = original.version;
  if (!membership) {
    return {
      readSet: { version, modPolicy: '', policies: new Map(), values: new Map(), groups: groups.read },
      writeSet: { version, modPolicy: '', policies: policies.write, values: values.write, groups: groups.write },
      changed,
    };
  }
  return {
    readSet: { version, modPolicy: '', policies: policies.same, values: values.same, groups: joined(groups.read, groups.same) },
    writeSet: {
      version: version + 1,
      modPolicy: updated.modPolicy,
      policies: joined(policies.write, policies.same),
      values: joined(values.write, values.same),
      groups: joined(groups.write, groups.same),
    },
    changed,
  };
}

interface Computed<T> {
  readonly read: ReadonlyMap<string, T>;
  readonly write: ReadonlyMap<string, T>;
  readonly same: ReadonlyMap<string, T>;
  /** An element came or went. */
  readonly membership: boolean;
}

type Leaf = ConfigValueNode | ConfigPolicyNode;
const ABSENT_VALUE = { modPolicy: '', value: new Uint8Array(0) };
const ABSENT_POLICY = { ...ABSENT_VALUE, type: 0 };

function computeElements<T extends Leaf>(
  original: ReadonlyMap<string, T>,
  updated: ReadonlyMap<string, T>,
  equal: (a: T, b: T) => boolean,
  absent: Omit<T, 'version'>,
): Computed<T> {
  const write = new Map<string, T>();
  const same = new Map<string, T>();
  for (const [name, before] of original) {
    const after = updated.get(name);
    if (after === undefined) continue;
    if (equal(before, after)) same.set(name, { ...absent, version: before.version } as T);
    else write.set(name, { ...after, version: before.version + 1 });
  }
  for (const [name, after] of updated) if (!original.has(name)) write.set(name, { ...after, version: 0 });
  return { read: new Map(), write, same, membership: !sameNames(original, updated) };
}

function computeGroups(
  original: ReadonlyMap<string, ConfigGroupNode>,
  updated: ReadonlyMap<string, ConfigGroupNode>,
): Computed<ConfigGroupNode> {
  const read = new Map<string, ConfigGroupNode>();
  const write = new Map<string, ConfigGroupNode>();
  const same = new Map<string, ConfigGroupNode>();
  for (const [name, before] of original) {
    const after = updated.get(name);
    if (after === undefined) continue;
    const update = computeUpdate(before, after);
    if (update.changed) {
      read.set(name, update.readSet);
      write.set(name, update.writeSet);
    } else same.set(name, { ...NO_GROUP, version: before.version });
  }
  for (const [name, after] of updated) if (!original.has(name)) write.set(name, { ...computeUpdate(NO_GROUP, after).writeSet, version: 0 });
  return { read, write, same, membership: !sameNames(original, updated) };
}

function equalValues(a: ConfigValueNode, b: ConfigValueNode): boolean {
  return a.modPolicy === b.modPolicy && Buffer.compare(a.value, b.value) === 0;
}

function equalPolicies(a: ConfigPolicyNode, b: ConfigPolicyNode): boolean {
  return a.type === b.type && equalValues(a, b);
}

function sameNames(a: ReadonlyMap<string, unknown>, b: ReadonlyMap<string, unknown>): boolean {
  return a.size === b.size && [...a.keys()].every((name) => b.has(name));
}

function joined<T>(a: ReadonlyMap<string, T>, b: ReadonlyMap<string, T>): ReadonlyMap<string, T> {
  return new Map([...a, ...b]);
}
