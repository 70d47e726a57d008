import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CollectionSpec, ConsortiumSpec, PolicySpec } from '../../src/genesis/consortium-spec';

/** What random scripts run on, as the network's command line takes it. */
export const CONFORMANCE_TOPOLOGY = join(__dirname, '../../../test/fixtures/conformance-topology.json');

interface TopologyFile {
  readonly channel: string;
  readonly organisations: readonly { readonly name: string; readonly mspId: string }[];
  readonly policies: Readonly<Record<string, { readonly outOf: number; readonly of: 'all' | readonly string[] }>>;
  readonly chaincode: { readonly name: string; readonly policy: string; readonly collections: readonly CollectionEntry[] };
}

interface CollectionEntry extends Omit<CollectionSpec, 'policy' | 'endorsementPolicy'> {
  readonly members: readonly string[];
  readonly endorsement?: string;
}

export interface ConformanceConsortium {
  readonly channel: string;
  readonly chaincode: string;
  readonly policy: string;
  readonly mspIds: readonly string[];
  readonly policies: NonNullable<ConsortiumSpec['policies']>;
  readonly collections: readonly CollectionSpec[];
  /** Of the collection `brief`. */
  readonly blockToLive: number;
}

export function readConformanceConsortium(): ConformanceConsortium {
  const { channel, organisations, policies, chaincode } = JSON.parse(readFileSync(CONFORMANCE_TOPOLOGY, 'utf8')) as TopologyFile;
  const mspIdOf = (name: string): string => organisations.find((each) => each.name === name)?.mspId ?? name;
  const reference = (name: string): string => `/Channel/Application/${name}`;
  const policyOf = ({ outOf, of }: TopologyFile['policies'][string]): PolicySpec =>
    of === 'all' ? { outOf, role: 'peer' } : `OutOf(${String(outOf)}, ${of.map((name) => `'${mspIdOf(name)}.peer'`).join(', ')})`;
  const collections = chaincode.collections.map(({ members, endorsement, ...rest }) => ({
    maxPeerCount: members.length - 1,
    memberOnlyRead: true,
    memberOnlyWrite: true,
    ...rest,
    policy: `OR(${members.map((name) => `'${mspIdOf(name)}.member'`).join(', ')})`,
    ...(endorsement === undefined ? {} : { endorsementPolicy: { channelConfigPolicy: reference(endorsement) } }),
  }));
  return {
    channel,
    chaincode: chaincode.name,
    policy: reference(chaincode.policy),
    mspIds: organisations.map(({ mspId }) => mspId),
    policies: Object.fromEntries(Object.entries(policies).map(([name, policy]) => [name, policyOf(policy)])),
    collections,
    blockToLive: collections.find(({ name }) => name === 'brief')?.blockToLive ?? 0,
  };
}
