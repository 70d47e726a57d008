import { MalformedMessage } from '@medaccord/devnet/blocks';
import { changeGroup, type ConfigGroupNode, type ConfigPolicyNode, type ConfigValueNode } from '@medaccord/devnet/configuration';
import { ChannelError } from './channel-error';
import { readMsp } from './configuration-values';

/** The two parts of a channel that have members of their own. */
export type Section = 'Application' | 'Orderer';

export interface SectionMember {
  /** Name of its group; a channel made by others may name it otherwise than its MSP. */
  readonly name: string;
  readonly mspId: string;
  readonly group: ConfigGroupNode;
}

/** The members of a section, in the order of their names. */
export function listMembers(root: ConfigGroupNode, section: Section): readonly SectionMember[] {
  const members = [...(root.groups.get(section)?.groups ?? [])].map(([name, group]) => ({ name, group, mspId: mspIdOf(group) ?? name }));
  return members.sort((a, b) => (a.name < b.name ? -1 : 1));
}

export function findMember(root: ConfigGroupNode, section: Section, mspId: string): SectionMember | undefined {
  return listMembers(root, section).find((member) => member.mspId === mspId);
}

/** The channel with a section changed. @throws ChannelError when it has no such section */
export function changeSection(
  root: ConfigGroupNode,
  section: Section,
  change: (group: ConfigGroupNode) => ConfigGroupNode,
): ConfigGroupNode {
  if (!root.groups.has(section))
    throw new ChannelError('CHANNEL_CHANGE_IMPOSSIBLE', `The channel has no ${section} section.`, 'Is it a channel of this network?');
  return changeGroup(root, [section], change);
}

export function withGroup(parent: ConfigGroupNode, name: string, child: ConfigGroupNode): ConfigGroupNode {
  return { ...parent, groups: new Map(parent.groups).set(name, child) };
}

export function withoutGroup(parent: ConfigGroupNode, name: string): ConfigGroupNode {
  return { ...parent, groups: new Map([...parent.groups].filter(([each]) => each !== name)) };
}

/** The group with a value's content replaced; who may change it stays. */
export function withValue(group: ConfigGroupNode, name: string, value: Uint8Array): ConfigGroupNode {
  const existing: ConfigValueNode = group.values.get(name) ?? { version: 0, modPolicy: 'Admins', value };
  return { ...group, values: new Map(group.values).set(name, { ...existing, value }) };
}

/** The group with a policy's content replaced; who may change it stays. */
export function withPolicy(group: ConfigGroupNode, name: string, policy: ConfigPolicyNode): ConfigGroupNode {
  const { version, modPolicy } = group.policies.get(name) ?? policy;
  return { ...group, policies: new Map(group.policies).set(name, { ...policy, version, modPolicy }) };
}

/** A value that a section must have. @throws ChannelError */
export function valueOf(root: ConfigGroupNode, section: Section, name: string): Uint8Array {
  const value = root.groups.get(section)?.values.get(name)?.value;
  if (value === undefined)
    throw new ChannelError('CHANNEL_CHANGE_IMPOSSIBLE', `The channel has no ${name} in its ${section} section.`, 'Is it ordered by BFT?');
  return value;
}

function mspIdOf(group: ConfigGroupNode): string | undefined {
  const value = group.values.get('MSP')?.value;
  try {
    return value && readMsp(value).getName();
  } catch (error) {
    if (error instanceof MalformedMessage) return undefined;
    throw error;
  }
}
