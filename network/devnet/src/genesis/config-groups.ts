import { common, orderer } from '@hyperledger/fabric-protos';
import { writeSerializedIdentity } from '../proto/envelopes';
import { EMPTY, utf8 } from '../proto/bytes';
import type { ConfigGroupNode, ConfigPolicyNode } from './config-tree';
import type { Consortium, Organisation } from './consortium';
import type { OrganisationMaterial, PolicySpec } from './consortium-spec';
import { newGroup, newImplicitMetaPolicy, newMemberPolicies, newSignaturePolicy, type ImplicitRule } from './group-parts';
import { newMspDefinition } from './msp-definition';
import { identityPrincipal, outOfPolicy, rolePrincipal } from '../policy/build-policy';
import { parseSignaturePolicy } from './parse-signature-policy';

/** An organisation with the material that plays its nodes. */
export interface Member {
  readonly organisation: Organisation;
  readonly material: OrganisationMaterial;
}

/** Nominal port of the orderers in the configuration: they run inside the devnet and have no port of their own. */
const ORDERER_PORT = 7050;

/** The group /Channel of a new channel: capabilities V3_0, V2_0 and V2_5, policies as Fabric's samples have them, BFT ordering by the members. */
export function newChannelGroup(consortium: Consortium, members: readonly Member[]): ConfigGroupNode {
  return newGroup({
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
  return newGroup({ values: { MSP: mspOf(member) }, policies: newMemberPolicies(member.organisation.mspId) });
}

/** Group of one organisation under /Channel/Orderer. */
export function ordererMemberGroup(member: Member): ConfigGroupNode {
  const addresses = new common.OrdererAddresses();
  addresses.setAddressesList([`${ordererHost(member.organisation)}:${ORDERER_PORT}`]);
  return newGroup({
    values: { Endpoints: addresses.serializeBinary(), MSP: mspOf(member) },
    policies: newMemberPolicies(member.organisation.mspId),
  });
}

/** A policy that a person wrote, over the members there are now. */
export function configPolicy(spec: PolicySpec, mspIds: readonly string[]): ConfigPolicyNode {
  if (typeof spec !== 'string') {
    const principals = mspIds.map((mspId) => rolePrincipal(mspId, spec.role));
    return newSignaturePolicy(outOfPolicy(spec.outOf, principals));
  }
  const meta = /^(ANY|ALL|MAJORITY) (.+)$/.exec(spec);
  return meta === null ? newSignaturePolicy(parseSignaturePolicy(spec)) : newImplicitMetaPolicy(meta[1] as ImplicitRule, meta[2] ?? '');
}

function applicationGroup(consortium: Consortium, members: readonly Member[]): ConfigGroupNode {
  const mspIds = members.map(({ organisation }) => organisation.mspId);
  const own = [...consortium.policies].map(([name, spec]) => [name, configPolicy(spec, mspIds)] as const);
  return newGroup({
    groups: Object.fromEntries(members.map((member) => [member.organisation.name, applicationMemberGroup(member)])),
    values: { Capabilities: capabilities('V2_5') },
    policies: {
      ...usualPolicies(),
      Endorsement: newImplicitMetaPolicy('MAJORITY', 'Endorsement'),
      LifecycleEndorsement: newImplicitMetaPolicy('MAJORITY', 'Endorsement'),
      ...Object.fromEntries(own),
    },
  });
}

function ordererGroup(consortium: Consortium, members: readonly Member[]): ConfigGroupNode {
  return newGroup({
    groups: Object.fromEntries(members.map((member) => [member.organisation.name, ordererMemberGroup(member)])),
    values: {
      BatchSize: batchSize(consortium),
      BatchTimeout: batchTimeout(consortium),
      Capabilities: capabilities('V2_0'),
      ChannelRestrictions: EMPTY,
      ConsensusType: consensusType(consortium),
      Orderers: consenters(members),
    },
    policies: { ...usualPolicies(), BlockValidation: newBlockValidation(members.map(ordererIdentity)) },
  });
}

/** Signatures that a block of n consenters needs: ceil((n + f + 1) / 2), f = floor((n - 1) / 3) (common/policies/bft.go). */
export function blockQuorum(consenters: number): number {
  const faulty = Math.floor((consenters - 1) / 3);
  return Math.ceil((consenters + faulty + 1) / 2);
}

/**
 * The policy that a quorum of the consenters must sign a block; refused in any other spelling (orderer/consensus/smartbft/configverifier.go).
 * identities: serialized msp.SerializedIdentity of each, in the order of the consenter mapping.
 */
export function newBlockValidation(identities: readonly Uint8Array[]): ConfigPolicyNode {
  return newSignaturePolicy(outOfPolicy(blockQuorum(identities.length), identities.map(identityPrincipal)));
}

function mspOf({ organisation, material }: Member): Uint8Array {
  return newMspDefinition({ ...material, mspId: organisation.mspId });
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

function usualPolicies(): Readonly<Record<string, ConfigPolicyNode>> {
  return {
    Admins: newImplicitMetaPolicy('MAJORITY', 'Admins'),
    Readers: newImplicitMetaPolicy('ANY', 'Readers'),
    Writers: newImplicitMetaPolicy('ANY', 'Writers'),
  };
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
