import { common, msp, orderer } from '@hyperledger/fabric-protos';
import { writeSerializedIdentity } from '../proto/envelopes';
import { EMPTY, utf8 } from '../proto/bytes';
import { NO_GROUP, type ConfigGroupNode, type ConfigPolicyNode, type ConfigValueNode } from './config-tree';
import type { Consortium, Organisation } from './consortium';
import type { OrganisationMaterial, PolicySpec } from './consortium-spec';
import { identityPrincipal, outOfPolicy, parseSignaturePolicy, rolePrincipal, type Role } from './signature-policy';

/** An organisation with the material that plays its nodes. */
export interface Member {
  readonly organisation: Organisation;
  readonly material: OrganisationMaterial;
}

const ADMINS = 'Admins';
/** Nominal port of the orderers in the configuration: they run inside the devnet and have no port of their own. */
const ORDERER_PORT = 7050;
const TYPE_SIGNATURE = common.Policy.PolicyType.SIGNATURE;
const TYPE_IMPLICIT_META = common.Policy.PolicyType.IMPLICIT_META;

/** The group /Channel of a new channel: capabilities V3_0, V2_0 and V2_5, policies as Fabric's samples have them, BFT ordering by the members. */
export function newChannelGroup(consortium: Consortium, members: readonly Member[]): ConfigGroupNode {
  return group({
    groups: { Application: applicationGroup(consortium, members), Orderer: ordererGroup(consortium, members) },
    values: {
      BlockDataHashingStructure: dataHashing(),
      Capabilities: capabilities('V3_0'),
      HashingAlgorithm: hashing(),
    },
    policies: usualPolicies(),
  });
}

/** Group of one organisation under /Channel/Application. */
export function applicationMemberGroup(member: Member): ConfigGroupNode {
  return group({ values: { MSP: mspDefinition(member) }, policies: memberPolicies(member.organisation.mspId) });
}

/** Group of one organisation under /Channel/Orderer. */
export function ordererMemberGroup(member: Member): ConfigGroupNode {
  const addresses = new common.OrdererAddresses();
  addresses.setAddressesList([`${ordererHost(member.organisation)}:${ORDERER_PORT}`]);
  return group({
    values: { Endpoints: addresses.serializeBinary(), MSP: mspDefinition(member) },
    policies: memberPolicies(member.organisation.mspId),
  });
}

/** A policy that a person wrote, over the members there are now. */
export function configPolicy(spec: PolicySpec, mspIds: readonly string[]): ConfigPolicyNode {
  if (typeof spec !== 'string') {
    const principals = mspIds.map((mspId) => rolePrincipal(mspId, spec.role));
    return signature(outOfPolicy(spec.outOf, principals));
  }
  const meta = /^(ANY|ALL|MAJORITY) (.+)$/.exec(spec);
  return meta === null ? signature(parseSignaturePolicy(spec)) : implicitMeta(meta[1] as keyof typeof RULES, meta[2] ?? '');
}

/** Serialized msp.MSPConfig of a member with NodeOUs, as configtxgen makes it of an MSP folder. */
export function mspDefinition({ organisation, material }: Member): Uint8Array {
  const config = new msp.FabricMSPConfig();
  config.setName(organisation.mspId);
  config.setRootCertsList(material.caCertificates.map(utf8));
  config.setIntermediateCertsList((material.intermediateCertificates ?? []).map(utf8));
  config.setRevocationListList((material.revocationLists ?? []).map(utf8));
  config.setTlsRootCertsList(material.tlsCaCertificates.map(utf8));
  const crypto = new msp.FabricCryptoConfig();
  crypto.setSignatureHashFamily('SHA2');
  crypto.setIdentityIdentifierHashFunction('SHA256');
  config.setCryptoConfig(crypto);
  config.setFabricNodeOus(nodeOus(material));
  const wrapped = new msp.MSPConfig();
  wrapped.setConfig(config.serializeBinary());
  return wrapped.serializeBinary();
}

function applicationGroup(consortium: Consortium, members: readonly Member[]): ConfigGroupNode {
  const mspIds = members.map(({ organisation }) => organisation.mspId);
  const own = [...consortium.policies].map(([name, spec]) => [name, configPolicy(spec, mspIds)] as const);
  return group({
    groups: Object.fromEntries(members.map((member) => [member.organisation.name, applicationMemberGroup(member)])),
    values: { Capabilities: capabilities('V2_5') },
    policies: {
      ...usualPolicies(),
      Endorsement: implicitMeta('MAJORITY', 'Endorsement'),
      LifecycleEndorsement: implicitMeta('MAJORITY', 'Endorsement'),
      ...Object.fromEntries(own),
    },
  });
}

function ordererGroup(consortium: Consortium, members: readonly Member[]): ConfigGroupNode {
  return group({
    groups: Object.fromEntries(members.map((member) => [member.organisation.name, ordererMemberGroup(member)])),
    values: {
      BatchSize: batchSize(consortium),
      BatchTimeout: batchTimeout(consortium),
      Capabilities: capabilities('V2_0'),
      ChannelRestrictions: EMPTY,
      ConsensusType: consensusType(consortium),
      Orderers: consenters(members),
    },
    policies: { ...usualPolicies(), BlockValidation: blockValidation(members) },
  });
}

/** Signatures that a block of n consenters needs: ceil((n + f + 1) / 2), f = floor((n - 1) / 3) (common/policies/bft.go). */
export function blockQuorum(consenters: number): number {
  const faulty = Math.floor((consenters - 1) / 3);
  return Math.ceil((consenters + faulty + 1) / 2);
}

function blockValidation(members: readonly Member[]): ConfigPolicyNode {
  const principals = members.map((member) => identityPrincipal(ordererIdentity(member)));
  return signature(outOfPolicy(blockQuorum(members.length), principals));
}

function ordererIdentity({ organisation, material }: Member): Uint8Array {
  return writeSerializedIdentity(organisation.mspId, utf8(material.orderer.certificate));
}

function consenters(members: readonly Member[]): Uint8Array {
  const orderers = new common.Orderers();
  members.forEach((member, index) => {
    const consenter = orderers.addConsenterMapping(new common.Consenter());
    consenter.setId(index + 1);
    consenter.setHost(ordererHost(member.organisation));
    consenter.setPort(ORDERER_PORT);
    consenter.setMspId(member.organisation.mspId);
    consenter.setIdentity(utf8(member.material.orderer.certificate));
    consenter.setClientTlsCert(utf8(member.material.tls.certificate));
    consenter.setServerTlsCert(utf8(member.material.tls.certificate));
  });
  return orderers.serializeBinary();
}

function ordererHost(organisation: Organisation): string {
  return `orderer0.${organisation.domain}`;
}

/** Options of BFT ordering, as far as the devnet does what they say. */
function consensusType({ batch }: Consortium): Uint8Array {
  const options = new orderer.smartbft.Options();
  options.setRequestBatchMaxCount(batch.maxMessageCount);
  options.setRequestBatchMaxBytes(batch.absoluteMaxBytes);
  options.setRequestBatchMaxInterval(`${batch.timeoutMs}ms`);
  const message = new orderer.ConsensusType();
  message.setType('BFT');
  message.setMetadata(options.serializeBinary());
  return message.serializeBinary();
}

function batchSize({ batch }: Consortium): Uint8Array {
  const message = new orderer.BatchSize();
  message.setMaxMessageCount(batch.maxMessageCount);
  message.setAbsoluteMaxBytes(batch.absoluteMaxBytes);
  message.setPreferredMaxBytes(batch.preferredMaxBytes);
  return message.serializeBinary();
}

function nodeOus(material: OrganisationMaterial): msp.FabricNodeOUs {
  const { caCertificates, intermediateCertificates = [] } = material;
  const issuers = intermediateCertificates.length > 0 ? intermediateCertificates : caCertificates;
  const identifier = (ou: string): msp.FabricOUIdentifier => {
    const message = new msp.FabricOUIdentifier();
    if (issuers.length === 1) message.setCertificate(utf8(issuers[0] ?? ''));
    message.setOrganizationalUnitIdentifier(ou);
    return message;
  };
  const message = new msp.FabricNodeOUs();
  message.setEnable(true);
  message.setClientOuIdentifier(identifier('client'));
  message.setPeerOuIdentifier(identifier('peer'));
  message.setAdminOuIdentifier(identifier('admin'));
  message.setOrdererOuIdentifier(identifier('orderer'));
  return message;
}

function memberPolicies(mspId: string): Readonly<Record<string, ConfigPolicyNode>> {
  const any = (...roles: readonly Role[]): ConfigPolicyNode =>
    signature(
      outOfPolicy(
        1,
        roles.map((role) => rolePrincipal(mspId, role)),
      ),
    );
  return { Admins: any('admin'), Endorsement: any('peer'), Readers: any('member'), Writers: any('admin', 'client', 'orderer') };
}

function usualPolicies(): Readonly<Record<string, ConfigPolicyNode>> {
  return { Admins: implicitMeta('MAJORITY', ADMINS), Readers: implicitMeta('ANY', 'Readers'), Writers: implicitMeta('ANY', 'Writers') };
}

const RULES = {
  ANY: common.ImplicitMetaPolicy.Rule.ANY,
  ALL: common.ImplicitMetaPolicy.Rule.ALL,
  MAJORITY: common.ImplicitMetaPolicy.Rule.MAJORITY,
} as const;

function implicitMeta(rule: keyof typeof RULES, subPolicy: string): ConfigPolicyNode {
  const policy = new common.ImplicitMetaPolicy();
  policy.setRule(RULES[rule]);
  policy.setSubPolicy(subPolicy);
  return { version: 0, modPolicy: ADMINS, type: TYPE_IMPLICIT_META, value: policy.serializeBinary() };
}

function signature(envelope: common.SignaturePolicyEnvelope): ConfigPolicyNode {
  return { version: 0, modPolicy: ADMINS, type: TYPE_SIGNATURE, value: envelope.serializeBinary() };
}

function capabilities(name: string): Uint8Array {
  const message = new common.Capabilities();
  message.getCapabilitiesMap().set(name, new common.Capability());
  return message.serializeBinary();
}

/** One hash over all data of a block, no tree. */
function dataHashing(): Uint8Array {
  const message = new common.BlockDataHashingStructure();
  message.setWidth(0xffffffff);
  return message.serializeBinary();
}

function hashing(): Uint8Array {
  const message = new common.HashingAlgorithm();
  message.setName('SHA256');
  return message.serializeBinary();
}

function batchTimeout({ batch }: Consortium): Uint8Array {
  const message = new orderer.BatchTimeout();
  message.setTimeout(`${batch.timeoutMs}ms`);
  return message.serializeBinary();
}

interface GroupParts {
  readonly groups?: Readonly<Record<string, ConfigGroupNode>>;
  readonly values: Readonly<Record<string, Uint8Array>>;
  readonly policies: Readonly<Record<string, ConfigPolicyNode>>;
}

function group({ groups, values, policies }: GroupParts): ConfigGroupNode {
  const entries = Object.entries(values).map(([name, value]): [string, ConfigValueNode] => [
    name,
    { version: 0, modPolicy: ADMINS, value },
  ]);
  return {
    ...NO_GROUP,
    modPolicy: ADMINS,
    groups: new Map(Object.entries(groups ?? {})),
    values: new Map(entries),
    policies: new Map(Object.entries(policies)),
  };
}
