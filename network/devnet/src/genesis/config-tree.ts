import { common } from '@hyperledger/fabric-protos';

interface Element {
  readonly version: number;
  readonly modPolicy: string;
}

export interface ConfigValueNode extends Element {
  readonly value: Uint8Array;
}

export interface ConfigPolicyNode extends Element {
  /** common.Policy.type and value. */
  readonly type: number;
  readonly value: Uint8Array;
}

/** common.ConfigGroup as a plain, immutable tree. */
export interface ConfigGroupNode extends Element {
  readonly groups: ReadonlyMap<string, ConfigGroupNode>;
  readonly values: ReadonlyMap<string, ConfigValueNode>;
  readonly policies: ReadonlyMap<string, ConfigPolicyNode>;
}

export const NO_GROUP: ConfigGroupNode = { version: 0, modPolicy: '', groups: new Map(), values: new Map(), policies: new Map() };

export function readConfigGroup(message: common.ConfigGroup): ConfigGroupNode {
  return {
    version: message.getVersion(),
    modPolicy: message.getModPolicy(),
    groups: mapped(message.getGroupsMap(), readConfigGroup),
    values: mapped(message.getValuesMap(), (value) => ({ ...element(value), value: value.getValue_asU8() })),
    policies: mapped(message.getPoliciesMap(), (policy) => ({
      ...element(policy),
      type: policy.getPolicy()?.getType() ?? 0,
      value: policy.getPolicy()?.getValue_asU8() ?? new Uint8Array(0),
    })),
  };
}

/** Entries in the order of their names: equal trees give equal bytes. */
export function writeConfigGroup(node: ConfigGroupNode): common.ConfigGroup {
  const message = new common.ConfigGroup();
  message.setVersion(node.version);
  message.setModPolicy(node.modPolicy);
  for (const [name, group] of sorted(node.groups)) message.getGroupsMap().set(name, writeConfigGroup(group));
  for (const [name, value] of sorted(node.values)) message.getValuesMap().set(name, writeValue(value));
  for (const [name, policy] of sorted(node.policies)) message.getPoliciesMap().set(name, writePolicy(policy));
  return message;
}

/** The tree with the group at the path (names below the root) replaced by what `change` makes of it. */
export function changeGroup(
  root: ConfigGroupNode,
  path: readonly string[],
  change: (group: ConfigGroupNode) => ConfigGroupNode,
): ConfigGroupNode {
  const [name, ...rest] = path;
  if (name === undefined) return change(root);
  const child = root.groups.get(name);
  if (child === undefined) return root;
  return { ...root, groups: new Map(root.groups).set(name, changeGroup(child, rest, change)) };
}

function element(message: common.ConfigValue | common.ConfigPolicy): Element {
  return { version: message.getVersion(), modPolicy: message.getModPolicy() };
}

function writeValue(node: ConfigValueNode): common.ConfigValue {
  const message = new common.ConfigValue();
  message.setVersion(node.version);
  message.setModPolicy(node.modPolicy);
  message.setValue(node.value);
  return message;
}

function writePolicy(node: ConfigPolicyNode): common.ConfigPolicy {
  const message = new common.ConfigPolicy();
  message.setVersion(node.version);
  message.setModPolicy(node.modPolicy);
  if (node.type === 0 && node.value.length === 0) return message;
  const policy = new common.Policy();
  policy.setType(node.type);
  policy.setValue(node.value);
  message.setPolicy(policy);
  return message;
}

interface ProtobufMap<V> {
  forEach(visit: (value: V, name: string) => void): void;
}

function mapped<V, N>(map: ProtobufMap<V>, read: (value: V) => N): ReadonlyMap<string, N> {
  const nodes = new Map<string, N>();
  map.forEach((value, name) => nodes.set(name, read(value)));
  return nodes;
}

function sorted<T>(map: ReadonlyMap<string, T>): readonly (readonly [string, T])[] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}
