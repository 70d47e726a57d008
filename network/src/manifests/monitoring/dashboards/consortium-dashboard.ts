import type { Topology } from '../../../topology';
import { countQuorum } from '../../workload';
import type { Dashboard, Panel } from './panel';
import { inChannel, perSecond, quantilesOf } from './queries';

/** The first look: is everything there, does everything move, is everybody at one height. */
export function newConsortiumDashboard(topology: Topology): Dashboard {
  return {
    uid: 'medaccord-consortium',
    title: 'Consortium',
    rows: [
      { title: 'Now', panels: listNow(topology) },
      { title: 'The ledger', panels: LEDGER },
      { title: 'What will need somebody', panels: AHEAD },
    ],
  };
}

function listNow(topology: Topology): Panel[] {
  const { orderers, needed } = countQuorum(topology);
  return [
    {
      title: 'Orderers that answer',
      about: `Of ${String(orderers)}; ${String(needed)} are needed for every block. A member that watches its own nodes alone sees one.`,
      kind: 'stat',
      unit: 'short',
      width: 4,
      queries: [{ expr: 'sum(up{job="orderer"})', legend: '' }],
    },
    {
      title: 'Peers that answer',
      about: `Of ${String(topology.organisations.length)}.`,
      kind: 'stat',
      unit: 'short',
      width: 4,
      queries: [{ expr: 'sum(up{job="peer"})', legend: '' }],
    },
    {
      title: 'Blocks',
      about: 'Height of the channel.',
      kind: 'stat',
      unit: 'none',
      width: 4,
      queries: [{ expr: 'max(ledger_blockchain_height{channel="$channel"})', legend: '' }],
    },
    {
      title: 'Transactions each second',
      about: 'As the fastest peer commits them, configuration and invalid ones included.',
      kind: 'stat',
      unit: 'ops',
      width: 4,
      queries: [{ expr: `max(sum by (instance) (${perSecond('ledger_transaction_count{channel="$channel"}')}))`, legend: '' }],
    },
    {
      title: 'Alerts',
      about: 'That fire now; the rules file says what to do for each.',
      kind: 'stat',
      unit: 'short',
      width: 4,
      red: { value: 1, below: false },
      queries: [{ expr: 'count(ALERTS{alertstate="firing"}) or vector(0)', legend: '' }],
    },
    {
      title: 'Farthest behind',
      about: 'Blocks that the last peer or orderer lacks.',
      kind: 'stat',
      unit: 'short',
      width: 4,
      red: { value: 20, below: false },
      queries: [
        { expr: `max(ledger_blockchain_height{channel="$channel"}) - min(ledger_blockchain_height{channel="$channel"})`, legend: '' },
      ],
    },
  ];
}

const LEDGER: Panel[] = [
  {
    title: 'Transactions by outcome',
    about: 'VALID took effect. MVCC_READ_CONFLICT and PHANTOM_READ_CONFLICT: somebody else wrote first. Others are faults.',
    kind: 'timeseries',
    unit: 'ops',
    width: 12,
    queries: [
      {
        expr: `max by (validation_code) (sum by (validation_code, instance) (${perSecond(inChannel('ledger_transaction_count'))}))`,
        legend: '{{validation_code}}',
      },
    ],
  },
  {
    title: 'Blocks behind',
    about: 'How many blocks each node has less than the first.',
    kind: 'timeseries',
    unit: 'short',
    width: 12,
    red: { value: 20, below: false },
    queries: [
      {
        expr: `max by (channel) (ledger_blockchain_height{channel="$channel"}) - on (channel) group_right () ${inChannel('ledger_blockchain_height')}`,
        legend: '{{job}} {{organisation}}',
      },
    ],
  },
  {
    title: 'From block to committed block',
    about: 'How long a peer takes for one block: checks, private data, state, disk.',
    kind: 'timeseries',
    unit: 's',
    width: 12,
    queries: quantilesOf('gossip_privdata_commit_block_duration'),
  },
  {
    title: 'From proposal to answer',
    about: 'How long a peer takes to have its chaincode run and to sign.',
    kind: 'timeseries',
    unit: 's',
    width: 12,
    queries: quantilesOf('endorser_proposal_duration'),
  },
];

const AHEAD: Panel[] = [
  {
    title: 'Days left of certificates',
    about: 'Written by `certs --metrics FILE`.',
    kind: 'bargauge',
    unit: 'd',
    width: 12,
    red: { value: 30, below: true },
    queries: [
      {
        expr: 'sort((medaccord_certificate_not_after_seconds{organisation=~"$organisation"} - time()) / 86400)',
        legend: '{{organisation}} {{identity}} {{use}}',
      },
    ],
  },
  {
    title: 'Space left on disks',
    about: 'As node_exporter tells of the machine.',
    kind: 'bargauge',
    unit: 'percentunit',
    width: 6,
    red: { value: 0.15, below: true },
    queries: [
      {
        expr: 'node_filesystem_avail_bytes{fstype!~"tmpfs|ramfs|overlay|squashfs"} / node_filesystem_size_bytes',
        legend: '{{instance}} {{mountpoint}}',
      },
    ],
  },
  {
    title: 'Versions of Fabric',
    about: 'More than one for long is an upgrade that was not finished.',
    kind: 'stat',
    unit: 'short',
    width: 6,
    queries: [{ expr: 'count by (version) (fabric_version)', legend: '{{version}}' }],
  },
];
