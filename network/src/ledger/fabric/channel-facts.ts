import { common, msp } from '@hyperledger/fabric-protos';

/** What of a channel's configuration a topology must agree with. */
export interface ChannelFacts {
  readonly channel: string;
  /** By MSP id: the roots that certify the member's identities, PEM. */
  readonly members: ReadonlyMap<string, readonly string[]>;
  /** MSP id and address of each orderer, such as `OneMSP 127.0.0.1:7104`. */
  readonly orderers: readonly string[];
  /** MSP ids of those that vote, by their number. */
  readonly voters: ReadonlyMap<number, string>;
  /** Policies of signatures under /Channel/Application, by name. */
  readonly policies: ReadonlyMap<string, SignatureRule>;
}

/** `outOf` of these members' peers; undefined where the policy is of another shape. */
export type SignatureRule = { readonly outOf: number; readonly mspIds: readonly string[] } | undefined;

/** Reads a block that holds a channel's configuration (common/configtx.proto). */
export function readChannelFacts(block: Uint8Array): ChannelFacts {
  const [data = new Uint8Array()] = common.Block.deserializeBinary(block).getData()?.getDataList_asU8() ?? [];
  const payload = common.Payload.deserializeBinary(common.Envelope.deserializeBinary(data).getPayload_asU8());
  const header = common.ChannelHeader.deserializeBinary(payload.getHeader()?.getChannelHeader_asU8() ?? new Uint8Array());
  const config = common.ConfigEnvelope.deserializeBinary(payload.getData_asU8()).getConfig()?.getChannelGroup();
  const consenters = readConsenters(config);
  const application = config?.getGroupsMap().get('Application');
  return {
    channel: header.getChannelId(),
    members: new Map(entriesOf(application?.getGroupsMap()).map(([, group]) => readMember(group))),
    orderers: consenters.map((each) => formatOrderer(each.getMspId(), each.getHost(), each.getPort())).sort(),
    voters: new Map(consenters.map((each) => [each.getId(), each.getMspId()])),
    policies: new Map(entriesOf(application?.getPoliciesMap()).map(([name, policy]) => [name, readRule(policy)])),
  };
}

function readMember(group: common.ConfigGroup): [string, readonly string[]] {
  const value = msp.MSPConfig.deserializeBinary(group.getValuesMap().get('MSP')?.getValue_asU8() ?? new Uint8Array());
  const config = msp.FabricMSPConfig.deserializeBinary(value.getConfig_asU8());
  return [config.getName(), config.getRootCertsList_asU8().map((root) => Buffer.from(root).toString('utf8'))];
}

function readConsenters(channel: common.ConfigGroup | undefined): readonly common.Consenter[] {
  const value = channel?.getGroupsMap().get('Orderer')?.getValuesMap().get('Orderers')?.getValue_asU8() ?? new Uint8Array();
  return common.Orderers.deserializeBinary(value).getConsenterMappingList();
}

export function formatOrderer(mspId: string, host: string, port: number): string {
  return `${mspId} ${host}:${String(port)}`;
}

function readRule(config: common.ConfigPolicy): SignatureRule {
  const policy = config.getPolicy();
  if (policy?.getType() !== common.Policy.PolicyType.SIGNATURE) return undefined;
  const envelope = common.SignaturePolicyEnvelope.deserializeBinary(policy.getValue_asU8());
  const rule = envelope.getRule()?.getNOutOf();
  const principals = envelope.getIdentitiesList().map((each) => msp.MSPRole.deserializeBinary(each.getPrincipal_asU8()));
  const isFlat = rule?.getRulesList().every((each) => each.hasSignedBy()) ?? false;
  const isOfPeers = principals.every((role) => role.getRole() === msp.MSPRole.MSPRoleType.PEER);
  if (rule === undefined || !isFlat || !isOfPeers) return undefined;
  const mspIds = rule.getRulesList().map((each) => principals[each.getSignedBy()]?.getMspIdentifier() ?? '');
  return { outOf: rule.getN(), mspIds: mspIds.sort() };
}

function entriesOf<V>(map: { forEach(visit: (value: V, key: string) => void): void } | undefined): [string, V][] {
  const entries: [string, V][] = [];
  map?.forEach((value, key) => entries.push([key, value]));
  return entries;
}
