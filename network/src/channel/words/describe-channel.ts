import type { ConfigGroupNode } from '@medaccord/devnet/configuration';
import type { ChannelConfiguration } from '../channel-configuration';
import { formatAddress, pemsOf, readAnchorPeers, readEndpoints, readMsp } from '../configuration-values';
import { describeQuorum, listConsenters } from '../consenters';
import { listMembers, valueOf } from '../members';
import { describeCertificate } from './describe-certificate';
import { describeBatch, describeConsensus } from './describe-ordering';
import { describePolicy } from './describe-policy';
import { formatList } from './statement';

/** A channel's configuration in words: members, orderers, blocks, policies. */
export function describeChannel({ channel, sequence, root }: ChannelConfiguration): readonly string[] {
  const consenters = listConsenters(root);
  const { needed, tolerated } = describeQuorum(consenters.length);
  return [
    `Channel ${channel}, configuration ${String(sequence)}.`,
    'Members:',
    ...listMembers(root, 'Application').flatMap(({ mspId, group }) => describeMember(mspId, group)),
    `Orderers with a vote: ${String(consenters.length)}; blocks need ${String(needed)}, ${String(tolerated)} may fail or lie.`,
    ...consenters.flatMap(({ id, mspId, address, identity, serverTls }) => [
      `  ${String(id)}: ${mspId} at ${formatAddress(address)}`,
      `    signs with ${describeCertificate(identity)}`,
      `    TLS: ${describeCertificate(serverTls)}`,
    ]),
    ...describeFollowers(root, new Set(consenters.map(({ mspId }) => mspId))),
    'Blocks and ordering:',
    ...describeBatch(undefined, valueOf(root, 'Orderer', 'BatchSize')).map(indent),
    ...describeConsensus(undefined, valueOf(root, 'Orderer', 'ConsensusType')).map(indent),
    ...describePolicies('the channel', root),
    ...(['Application', 'Orderer'] as const).flatMap((section) =>
      describePolicies(section === 'Application' ? 'the members' : 'the ordering service', root.groups.get(section)),
    ),
  ];
}

function describeMember(mspId: string, group: ConfigGroupNode): readonly string[] {
  const anchors = group.values.get('AnchorPeers')?.value;
  const msp = group.values.get('MSP')?.value;
  const authorities = msp === undefined ? [] : pemsOf(readMsp(msp).getRootCertsList_asU8());
  return [
    `  ${mspId}${anchors === undefined ? '' : `, peers found at ${formatList(readAnchorPeers(anchors).map(formatAddress))}`}`,
    ...authorities.map((pem) => `    certified by ${describeCertificate(pem)}`),
  ];
}

/** Organisations that are part of the ordering service without a vote. */
function describeFollowers(root: ConfigGroupNode, voters: ReadonlySet<string>): readonly string[] {
  return listMembers(root, 'Orderer')
    .filter(({ mspId }) => !voters.has(mspId))
    .map(({ mspId, group }) => {
      const endpoints = group.values.get('Endpoints')?.value;
      return `  without a vote: ${mspId} at ${endpoints === undefined ? 'no address' : formatList(readEndpoints(endpoints))}`;
    });
}

function describePolicies(owner: string, group: ConfigGroupNode | undefined): readonly string[] {
  const policies = [...(group?.policies ?? [])].filter(([name]) => name !== 'BlockValidation').sort(([a], [b]) => (a < b ? -1 : 1));
  return [`Policies of ${owner}:`, ...policies.map(([name, policy]) => `  ${name}: ${describePolicy(policy)}`)];
}

function indent(line: string): string {
  return `  ${line}`;
}
