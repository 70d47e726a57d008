import type { Organisation, Policy, Topology } from '../topology';
import { formatAddress, type MemberPlace } from './places';
import { renderYaml } from './render-yaml';

/** Name of the one profile that the document has. */
export const CHANNEL_PROFILE = 'Channel';

type PlaceOf = (organisation: Organisation) => MemberPlace;

interface PolicyBlock {
  readonly Type: 'Signature' | 'ImplicitMeta';
  readonly Rule: string;
}

const MEGABYTE = 'MB';

/**
 * `configtx.yaml`: the channel's first configuration, for configtxgen with profile `CHANNEL_PROFILE`. Each member is one MSP, in the group of the
 * orderers and in that of the applications alike (internal/configtxgen/genesisconfig).
 */
export function renderConfigtx(topology: Topology, placeOf: PlaceOf): string {
  const members = topology.organisations.map((organisation) => ({ organisation, place: placeOf(organisation) }));
  const blocks = members.map(({ organisation, place }) => newOrganisation(organisation, place));
  const ordering = blocks.filter((_, index) => members[index]?.place.orderer !== undefined);
  return renderYaml({
    Profiles: {
      [CHANNEL_PROFILE]: {
        Policies: newGroupPolicies(),
        Capabilities: { V3_0: true },
        Orderer: {
          OrdererType: 'BFT',
          ...newBatch(topology),
          Capabilities: { V2_0: true },
          // configtxgen puts a quorum of the consenters in its place, but wants it here.
          Policies: { ...newGroupPolicies(), BlockValidation: newImplicit('ANY Writers') },
          Organizations: ordering,
          SmartBFT: newSmartBft(topology),
          ConsenterMapping: members.flatMap(({ organisation, place }) => newConsenter(organisation, place)).map(number),
        },
        Application: {
          Organizations: blocks,
          Capabilities: { V2_5: true },
          Policies: {
            ...newGroupPolicies(),
            LifecycleEndorsement: newImplicit('MAJORITY Endorsement'),
            Endorsement: newImplicit('MAJORITY Endorsement'),
            ...Object.fromEntries(topology.policies.map((policy) => [policy.name, newSignature(formatRule(policy))])),
          },
        },
      },
    },
  });
}

function newOrganisation({ mspId }: Organisation, { msp, peer, orderer }: MemberPlace): object {
  const anyOf = (...roles: readonly string[]): PolicyBlock => newSignature(`OR(${roles.map((role) => `'${mspId}.${role}'`).join(', ')})`);
  return {
    Name: mspId,
    ID: mspId,
    MSPDir: msp,
    Policies: {
      Readers: anyOf('member'),
      Writers: anyOf('admin', 'client', 'orderer'),
      Admins: anyOf('admin'),
      Endorsement: anyOf('peer'),
    },
    ...(orderer === undefined ? {} : { OrdererEndpoints: [formatAddress(orderer)] }),
    AnchorPeers: [{ Host: peer.host, Port: peer.port }],
  };
}

function newConsenter({ mspId }: Organisation, { orderer }: MemberPlace): object[] {
  if (orderer === undefined) return [];
  const { host, port, identity, tls } = orderer;
  return [{ Host: host, Port: port, MSPID: mspId, Identity: identity, ClientTLSCert: tls, ServerTLSCert: tls }];
}

function number(consenter: object, index: number): object {
  return { ID: index + 1, ...consenter };
}

/** BFT cuts by number, by absolute size and by its own interval; the other two must be there and do nothing (orderer/consensus/smartbft/util.go). */
function newBatch({ fabric: { block } }: Topology): object {
  const most = `${String(block.megabytes)} ${MEGABYTE}`;
  return {
    BatchTimeout: block.interval,
    BatchSize: { MaxMessageCount: block.messages, AbsoluteMaxBytes: most, PreferredMaxBytes: most },
  };
}

/** All of them: what is left out would be empty, not the default (orderer/consensus/smartbft/util/util.go). */
function newSmartBft({ fabric: { block, bft } }: Topology): object {
  return {
    RequestBatchMaxCount: block.messages,
    RequestBatchMaxBytes: block.megabytes * 1024 * 1024,
    RequestBatchMaxInterval: block.interval,
    RequestForwardTimeout: bft.forward,
    RequestComplainTimeout: bft.complain,
    RequestAutoRemoveTimeout: bft.autoRemove,
    ViewChangeResendInterval: bft.viewChangeResend,
    ViewChangeTimeout: bft.viewChange,
    LeaderHeartbeatTimeout: bft.heartbeat,
    LeaderHeartbeatCount: bft.heartbeatCount,
    CollectTimeout: bft.collect,
    SyncOnStart: bft.syncOnStart,
    IncomingMessageBufferSize: bft.incomingMessages,
    RequestPoolSize: bft.poolSize,
  };
}

function newGroupPolicies(): Record<'Readers' | 'Writers' | 'Admins', PolicyBlock> {
  return { Readers: newImplicit('ANY Readers'), Writers: newImplicit('ANY Writers'), Admins: newImplicit('MAJORITY Admins') };
}

function newImplicit(rule: string): PolicyBlock {
  return { Type: 'ImplicitMeta', Rule: rule };
}

function newSignature(rule: string): PolicyBlock {
  return { Type: 'Signature', Rule: rule };
}

function formatRule({ outOf, mspIds }: Policy): string {
  return `OutOf(${String(outOf)}, ${mspIds.map((mspId) => `'${mspId}.peer'`).join(', ')})`;
}
