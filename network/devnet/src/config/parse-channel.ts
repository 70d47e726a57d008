import { common, orderer, peer } from '@hyperledger/fabric-protos';
import { newFabricMsp, type FabricMsp } from '../msp/fabric-msp';
import { newMspRegistry } from '../msp/msp-registry';
import { newPolicyManager } from '../policy/policy-manager';
import { readBlock } from '../proto/blocks';
import { equalBytes } from '../proto/bytes';
import { HEADER_TYPE, readChannelHeader, readEnvelope, readPayload, writeSerializedIdentity } from '../proto/envelopes';
import { decode, MalformedMessage } from '../proto/wire';
import { policyOfResource } from './access-control';
import type { Channel, Member } from './channel';
import { ConfigRefused } from './config-refused';
import { parseDuration } from './duration';

type Group = common.ConfigGroup;

/**
 * Reads a channel from its configuration.
 * @param source a serialized common.Block whose only transaction is a configuration, or that transaction's common.Envelope.
 * @throws ConfigRefused, MspRefused
 */
export function parseChannel(source: Uint8Array): Channel {
  const payload = openEnvelope(source);
  const header = readChannelHeader(payload.channelHeader);
  if (header.type !== HEADER_TYPE.config) throw new ConfigRefused('channel header', `type ${String(header.type)} is no configuration`);
  return parseConfig(header.channelId, payload.data);
}

/**
 * Reads a channel from a serialized common.ConfigEnvelope.
 * @throws ConfigRefused, MspRefused
 */
export function parseConfig(channelId: string, configEnvelope: Uint8Array): Channel {
  const config = refuseMalformed('ConfigEnvelope', () =>
    decode(common.ConfigEnvelope, configEnvelope, { messages: { 1: {} } }),
  ).getConfig();
  const root = config?.getChannelGroup();
  if (config === undefined || root === undefined) throw new ConfigRefused('ConfigEnvelope', 'it has no channel group');
  const application = childOf(root, 'Application', '/Channel');
  const ordererGroup = childOf(root, 'Orderer', '/Channel');
  const { members, msps } = readMembers(application, ordererGroup);
  const registry = newMspRegistry(msps);
  const acls = readAcls(application);
  return {
    id: channelId,
    sequence: config.getSequence(),
    members,
    msps: registry,
    policies: newPolicyManager(root, registry),
    batch: readBatch(ordererGroup),
    consensus: decode(orderer.ConsensusType, valueOf(ordererGroup, 'ConsensusType', '/Channel/Orderer'), { strings: [1] }).getType(),
    consenters: readConsenters(ordererGroup),
    capabilities: { channel: capabilitiesOf(root), orderer: capabilitiesOf(ordererGroup), application: capabilitiesOf(application) },
    acl: (resource) => policyOfResource(resource, acls),
  };
}

/** Block and envelope differ in their first field: a header message with number and hashes, or a payload that holds a channel header. */
function openEnvelope(source: Uint8Array): ReturnType<typeof readPayload> {
  return refuseMalformed('configuration', () => {
    const [item, ...more] = itemsOf(source);
    if (item !== undefined && more.length > 0) throw new ConfigRefused('block', 'a configuration must stand alone in its block');
    return readPayload(readEnvelope(item ?? source).payload);
  });
}

function itemsOf(source: Uint8Array): readonly Uint8Array[] {
  try {
    return readBlock(source).items;
  } catch (error) {
    if (error instanceof MalformedMessage) return [];
    throw error;
  }
}

function readMembers(application: Group, ordererGroup: Group): { members: readonly Member[]; msps: readonly FabricMsp[] } {
  const members: Member[] = [];
  const msps = new Map<string, { readonly msp: FabricMsp; readonly config: Uint8Array }>();
  const read = (group: Group, path: string): FabricMsp => {
    const config = valueOf(group, 'MSP', path);
    const msp = newFabricMsp(config);
    const known = msps.get(msp.mspId);
    if (known !== undefined && !equalBytes(known.config, config))
      throw new ConfigRefused(path, `MSP ${msp.mspId} is defined in two ways in one channel`);
    msps.set(msp.mspId, known ?? { msp, config });
    return msp;
  };
  for (const [name, group] of groupsOf(application))
    members.push({ group: name, mspId: read(group, `/Channel/Application/${name}`).mspId });
  for (const [name, group] of groupsOf(ordererGroup)) read(group, `/Channel/Orderer/${name}`);
  return { members, msps: [...msps.values()].map(({ msp }) => msp) };
}

function readBatch(group: Group): Channel['batch'] {
  const size = decode(orderer.BatchSize, valueOf(group, 'BatchSize', '/Channel/Orderer'));
  const timeout = decode(orderer.BatchTimeout, valueOf(group, 'BatchTimeout', '/Channel/Orderer'), { strings: [1] });
  return {
    maxMessageCount: size.getMaxMessageCount(),
    absoluteMaxBytes: size.getAbsoluteMaxBytes(),
    preferredMaxBytes: size.getPreferredMaxBytes(),
    timeoutMs:
      parseDuration(timeout.getTimeout()) ??
      refuse('/Channel/Orderer BatchTimeout', `${timeout.getTimeout()} is no duration as 2s or 500ms`),
  };
}

/** identity: serialized msp.SerializedIdentity. Without the value (no BFT orderer) there are none. */
function readConsenters(group: Group): Channel['consenters'] {
  const value = valuesOf(group).get('Orderers');
  if (value === undefined) return [];
  return decode(common.Orderers, value)
    .getConsenterMappingList()
    .map((consenter) => ({
      id: consenter.getId(),
      mspId: consenter.getMspId(),
      identity: writeSerializedIdentity(consenter.getMspId(), consenter.getIdentity_asU8()),
    }));
}

function readAcls(application: Group): ReadonlyMap<string, string> {
  const value = valuesOf(application).get('ACLs');
  if (value === undefined) return new Map();
  const acls = decode(peer.ACLs, value).getAclsMap().entries() as Iterable<[string, peer.APIResource]>;
  return new Map([...acls].map(([resource, policy]) => [resource, policy.getPolicyRef()]));
}

function capabilitiesOf(group: Group): readonly string[] {
  const value = valuesOf(group).get('Capabilities');
  if (value === undefined) return [];
  return [...(decode(common.Capabilities, value).getCapabilitiesMap().keys() as Iterable<string>)].sort();
}

function groupsOf(group: Group): readonly (readonly [string, Group])[] {
  return [...(group.getGroupsMap().entries() as Iterable<[string, Group]>)].sort(([a], [b]) => (a < b ? -1 : 1));
}

function valuesOf(group: Group): ReadonlyMap<string, Uint8Array> {
  const entries = group.getValuesMap().entries() as Iterable<[string, common.ConfigValue]>;
  return new Map([...entries].map(([name, value]) => [name, value.getValue_asU8()]));
}

function valueOf(group: Group, name: string, path: string): Uint8Array {
  return valuesOf(group).get(name) ?? refuse(path, `value ${name} is missing`);
}

function childOf(group: Group, name: string, path: string): Group {
  return group.getGroupsMap().get(name) ?? refuse(path, `group ${name} is missing`);
}

function refuse(place: string, problem: string): never {
  throw new ConfigRefused(place, problem);
}

function refuseMalformed<T>(place: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof MalformedMessage) throw new ConfigRefused(place, `it cannot be decoded: ${error.message}`);
    throw error;
  }
}
