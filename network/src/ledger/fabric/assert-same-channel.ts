import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Organisation, Policy, Topology } from '../../topology';
import { formatOrderer, readChannelFacts, type ChannelFacts } from './channel-facts';
import { FabricError } from './fabric-error';

/**
 * Compares a topology with the configuration that a channel has: members and the roots of their identities, orderers, policies. Timers and
 * block sizes are not compared: they may have been changed on the running channel.
 *
 * @param block holds the channel's configuration.
 * @throws FabricError FABRIC_CHANNEL_DIFFERS with every difference.
 */
export function assertSameChannel(topology: Topology, block: Uint8Array): void {
  const facts = readChannelFacts(block);
  const differences =
    facts.channel === topology.channel
      ? [...compareMembers(topology, facts), ...compareOrderers(topology, facts), ...comparePolicies(topology, facts)]
      : [`The ledger's channel is ${facts.channel}, the topology's ${topology.channel}.`];
  if (differences.length === 0) return;
  throw new FabricError(
    'FABRIC_CHANNEL_DIFFERS',
    ['The topology is not that of the channel:', ...differences].join('\n  '),
    'Give the topology file back what the channel has, change the running channel with `channel`, or forget the ledger with `reset`.',
  );
}

function compareMembers({ organisations }: Topology, { members }: ChannelFacts): string[] {
  const missing = organisations.flatMap((organisation) => compareMember(organisation, members.get(organisation.mspId)));
  const unknown = [...members.keys()].filter((mspId) => !organisations.some((each) => each.mspId === mspId));
  return [...missing, ...unknown.map((mspId) => `${mspId} is a member of the channel, but not in the topology.`)];
}

function compareMember({ mspId, msp }: Organisation, roots: readonly string[] | undefined): string[] {
  if (roots === undefined) return [`${mspId} is in the topology, but no member of the channel.`];
  const own = new X509Certificate(readFileSync(msp.caCertificate)).fingerprint256;
  if (roots.some((root) => new X509Certificate(root).fingerprint256 === own)) return [];
  return [`The channel knows another certificate authority of ${mspId} than ${msp.caCertificate}.`];
}

function compareOrderers({ organisations }: Topology, { orderers }: ChannelFacts): string[] {
  const wanted = organisations.flatMap(({ mspId, host, ports, nodes }) =>
    nodes.orderer === undefined ? [] : [formatOrderer(mspId, host, ports.orderer)],
  );
  return [
    ...wanted.filter((each) => !orderers.includes(each)).map((each) => `The orderer ${each} is in the topology, but not in the channel.`),
    ...orderers.filter((each) => !wanted.includes(each)).map((each) => `The orderer ${each} is in the channel, but not in the topology.`),
  ];
}

function comparePolicies({ policies }: Topology, facts: ChannelFacts): string[] {
  return policies.flatMap((policy) => {
    if (!facts.policies.has(policy.name)) return [`The policy ${policy.name} is in the topology, but not in the channel.`];
    const rule = facts.policies.get(policy.name);
    const has = rule === undefined ? 'of another shape' : formatRule(rule);
    const wants = formatRule(policy);
    return has === wants ? [] : [`The policy ${policy.name} is ${has} in the channel, ${wants} in the topology.`];
  });
}

function formatRule({ outOf, mspIds }: Pick<Policy, 'outOf' | 'mspIds'>): string {
  return `${String(outOf)} of ${mspIds.toSorted().join(', ')}`;
}
