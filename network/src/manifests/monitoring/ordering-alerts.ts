import type { Topology } from '../../topology';
import { blocksBehind, NODE, type Alert } from './alert';
import { countQuorum } from '../workload';

/** Of the ordering service. What `consensus_BFT_*` say is of the last block; `consensus_smartbft_*` is of now. */
export function listOrderingAlerts(topology: Topology): Alert[] {
  return [...listQuorumAlerts(topology), ...listLeaderAlerts(), ...listTrafficAlerts(topology)];
}

function listQuorumAlerts(topology: Topology): Alert[] {
  const { orderers, needed } = countQuorum(topology);
  // Whoever watches its own orderer alone does not know of the others.
  const seesAll = `count(up{job="orderer"}) == ${String(orderers)}`;
  const missing: Alert = {
    name: 'OrderingWithoutQuorum',
    when: `sum(up{job="orderer"}) < ${String(needed)} and ${seesAll}`,
    lasting: '30s',
    severity: 'critical',
    summary: `{{ $value }} of ${String(orderers)} orderers answer; ${String(needed)} are needed. Nothing is ordered.`,
    action: 'Start orderers again. What clients were told nothing about may still be ordered then: they ask by transaction id.',
  };
  const spare: Alert = {
    name: 'OrderingWithoutSpare',
    when: `sum(up{job="orderer"}) == ${String(needed)} and ${seesAll}`,
    lasting: '1m',
    severity: 'warning',
    summary: `{{ $value }} of ${String(orderers)} orderers answer, as many as are needed: the next that fails stops the ledger.`,
    action: 'Start the one that is down; put off maintenance of the others.',
  };
  return orderers > needed ? [missing, spare] : [missing];
}

function listLeaderAlerts(): Alert[] {
  return [
    {
      name: 'OrdererWithoutLeader',
      when: 'consensus_smartbft_view_leader_id == 0',
      lasting: '1m',
      severity: 'critical',
      summary: `${NODE} follows no leader in channel {{ $labels.channel }}.`,
      action: 'See whether it reaches the other orderers, and its log from `view change` on.',
    },
    {
      name: 'OrderersFollowDifferentLeaders',
      when: 'count by (channel) (count_values by (channel) ("leader", consensus_smartbft_view_leader_id)) > 1',
      lasting: '2m',
      severity: 'warning',
      summary: 'Orderers follow {{ $value }} different leaders in channel {{ $labels.channel }}.',
      action: 'The ones in the smaller part have lost the others: see their connections.',
    },
    {
      name: 'LeaderChangesOften',
      when: 'max by (channel) (changes(consensus_smartbft_view_number[15m])) > 2',
      lasting: '0s',
      severity: 'warning',
      summary: 'The leader of channel {{ $labels.channel }} changed {{ $value }} times within 15 minutes.',
      action: 'Orderers are overloaded or lose each other; each change stops the ledger for seconds.',
    },
    {
      name: 'OrdererNotTakingPart',
      when: 'participation_status != 1',
      lasting: '5m',
      severity: 'warning',
      summary: `${NODE} takes no part in channel {{ $labels.channel }} (status {{ $value }}: 0 inactive, 2 onboarding, 3 failed).`,
      action: 'Onboarding ends by itself; else see its log.',
    },
  ];
}

function listTrafficAlerts({ fabric }: Topology): Alert[] {
  const height = 'ledger_blockchain_height{job="orderer"}';
  const pool = 'consensus_smartbft_pool_count_of_elements';
  return [
    {
      name: 'OrderingStalled',
      when: `max by (channel) (${pool}) > 0 unless on (channel) max by (channel) (delta(${height}[1m])) > 0`,
      lasting: '1m',
      severity: 'critical',
      summary: 'Transactions wait in channel {{ $labels.channel }}, and no block comes.',
      action: 'See how many orderers answer and whom they follow; `status` says both.',
    },
    {
      name: 'OrdererBehind',
      when: `${blocksBehind(height, height)} > 20`,
      lasting: '2m',
      severity: 'warning',
      summary: `${NODE} is {{ $value }} blocks behind in channel {{ $labels.channel }}.`,
      action: 'See whether it reaches the others; one that starts after a pause catches up by itself.',
    },
    {
      name: 'RequestPoolFillsUp',
      when: `${pool} > ${String(fabric.bft.poolSize * 0.8)}`,
      lasting: '1m',
      severity: 'warning',
      summary: `{{ $value }} transactions wait at ${NODE}; at ${String(fabric.bft.poolSize)} it refuses.`,
      action: 'Slow the clients down; look for a slow orderer.',
    },
    {
      name: 'OrdererDropsMessages',
      when: 'rate(cluster_comm_msg_dropped_count[5m]) > 0',
      lasting: '10m',
      severity: 'warning',
      summary: `${NODE} drops messages to {{ $labels.host }}.`,
      action: 'That orderer is down, slow, or not reached from here.',
    },
  ];
}
