import { listProcessPanels } from './process-panels';
import type { Dashboard, Panel } from './panel';
import { inChannel, perSecond, quantilesOf } from './queries';

const BFT = 'consensus_smartbft';

const AGREEMENT: Panel[] = [
  {
    title: 'Leader followed',
    about: 'Number of the consenter that each orderer follows now. All lines are one; a step is a change of leader.',
    kind: 'timeseries',
    unit: 'none',
    width: 8,
    queries: [{ expr: inChannel(`${BFT}_view_leader_id`), legend: '{{organisation}}' }],
  },
  {
    title: 'View',
    about: 'Counts the changes of leader since the channel began.',
    kind: 'timeseries',
    unit: 'none',
    width: 8,
    queries: [{ expr: inChannel(`${BFT}_view_number`), legend: '{{organisation}}' }],
  },
  {
    title: 'Takes part',
    about: '1 active, 0 inactive, 2 onboarding, 3 failed.',
    kind: 'timeseries',
    unit: 'short',
    width: 8,
    queries: [{ expr: inChannel('participation_status'), legend: '{{organisation}}' }],
  },
  {
    title: 'Time to agree on a block',
    about: 'From the leader’s proposal to the decision, at each orderer.',
    kind: 'timeseries',
    unit: 's',
    width: 12,
    queries: quantilesOf(`${BFT}_view_latency_batch_processing`),
  },
  {
    title: 'Time to save a proposal',
    about: 'Disk of the write-ahead log.',
    kind: 'timeseries',
    unit: 's',
    width: 12,
    queries: quantilesOf(`${BFT}_view_latency_batch_save`),
  },
];

const TRAFFIC: Panel[] = [
  {
    title: 'Blocks each second',
    about: 'As each orderer writes them.',
    kind: 'timeseries',
    unit: 'ops',
    width: 8,
    queries: [{ expr: perSecond(inChannel('ledger_blockchain_height', 'job="orderer"')), legend: '{{organisation}}' }],
  },
  {
    title: 'Transactions in the last block',
    about: 'Near the limit of the batch, more clients mean longer waits.',
    kind: 'timeseries',
    unit: 'short',
    width: 8,
    queries: [{ expr: inChannel(`${BFT}_view_count_txs_in_batch`), legend: '{{organisation}}' }],
  },
  {
    title: 'Transactions that wait',
    about: 'In the pool of each orderer. Each gets every transaction; only the leader proposes.',
    kind: 'timeseries',
    unit: 'short',
    width: 8,
    queries: [{ expr: inChannel(`${BFT}_pool_count_of_elements`), legend: '{{organisation}}' }],
  },
  {
    title: 'Time in the pool',
    about: 'From arrival to the block that holds the transaction.',
    kind: 'timeseries',
    unit: 's',
    width: 8,
    queries: quantilesOf(`${BFT}_pool_latency_of_elements`),
  },
  {
    title: 'Accepted from clients by answer',
    about: 'SUCCESS, or why not. A transaction that other orderers were faster with is SERVICE_UNAVAILABLE here and harmless.',
    kind: 'timeseries',
    unit: 'ops',
    width: 8,
    queries: [
      {
        expr: `sum by (organisation, status) (${perSecond(inChannel('broadcast_processed_count'))})`,
        legend: '{{organisation}} {{status}}',
      },
    ],
  },
  {
    title: 'Impatience',
    about: 'Transactions that were forwarded to the leader because it did not propose them, and those for which it was complained of.',
    kind: 'timeseries',
    unit: 'ops',
    width: 8,
    queries: [
      { expr: perSecond(inChannel(`${BFT}_pool_count_leader_forward_request`)), legend: '{{organisation}} forwarded' },
      { expr: perSecond(inChannel(`${BFT}_pool_count_timeout_two_step`)), legend: '{{organisation}} complained' },
    ],
  },
];

const CONNECTIONS: Panel[] = [
  {
    title: 'Messages that wait to be sent',
    about: 'To each other orderer.',
    kind: 'timeseries',
    unit: 'short',
    width: 8,
    queries: [
      {
        expr: `max by (organisation, host) (${inChannel('cluster_comm_egress_queue_length')})`,
        legend: '{{organisation}} to {{host}}',
      },
    ],
  },
  {
    title: 'Messages dropped',
    about: 'Because the other orderer takes none.',
    kind: 'timeseries',
    unit: 'ops',
    width: 8,
    queries: [{ expr: perSecond(inChannel('cluster_comm_msg_dropped_count')), legend: '{{organisation}} to {{host}}' }],
  },
  {
    title: 'Streams to other orderers',
    about: 'One to each.',
    kind: 'timeseries',
    unit: 'short',
    width: 8,
    queries: [{ expr: inChannel('cluster_comm_egress_stream_count'), legend: '{{organisation}}' }],
  },
];

export const ORDERING_DASHBOARD: Dashboard = {
  uid: 'medaccord-ordering',
  title: 'Ordering',
  rows: [
    { title: 'Agreement', panels: AGREEMENT },
    { title: 'Traffic', panels: TRAFFIC },
    { title: 'Between orderers', panels: CONNECTIONS },
    { title: 'Processes', panels: listProcessPanels('orderer') },
  ],
};
