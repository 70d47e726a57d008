import { listProcessPanels } from './process-panels';
import type { Dashboard, Panel } from './panel';
import { inChannel, ofChosen, perSecond, quantilesOf } from './queries';

const byOrganisation = (selector: string): string => `sum by (organisation) (${perSecond(selector)})`;

const ENDORSING: Panel[] = [
  {
    title: 'Proposals each second',
    about: 'Asked of each peer; queries among them.',
    kind: 'timeseries',
    unit: 'ops',
    width: 8,
    queries: [{ expr: byOrganisation(ofChosen('endorser_proposals_received')), legend: '{{organisation}}' }],
  },
  {
    title: 'Proposals that fail',
    about:
      'Not run: the chaincode did not answer. Not signed: by the peer. Not allowed, not sound: who asks. Refused by the rules: no fault.',
    kind: 'timeseries',
    unit: 'ops',
    width: 8,
    queries: [
      { expr: byOrganisation(inChannel('endorser_proposal_simulation_failures')), legend: '{{organisation}} not run' },
      { expr: byOrganisation(inChannel('endorser_endorsement_failures', 'chaincodeerror="false"')), legend: '{{organisation}} not signed' },
      {
        expr: byOrganisation(inChannel('endorser_endorsement_failures', 'chaincodeerror="true"')),
        legend: '{{organisation}} refused by the rules',
      },
      { expr: byOrganisation(inChannel('endorser_proposal_acl_failures')), legend: '{{organisation}} not allowed' },
      { expr: byOrganisation(ofChosen('endorser_proposal_validation_failures')), legend: '{{organisation}} not sound' },
    ],
  },
  {
    title: 'From proposal to answer',
    about: 'Of proposals that succeed and those that fail.',
    kind: 'timeseries',
    unit: 's',
    width: 8,
    queries: quantilesOf('endorser_proposal_duration'),
  },
];

const CHAINCODE: Panel[] = [
  {
    title: 'Calls of chaincode to its peer',
    about: 'Reads and writes of the ledger, by kind.',
    kind: 'timeseries',
    unit: 'ops',
    width: 8,
    queries: [
      {
        expr: `sum by (type) (${perSecond(inChannel('chaincode_shim_requests_completed'))})`,
        legend: '{{type}}',
      },
    ],
  },
  {
    title: 'Time of such a call',
    about: 'Inside the peer.',
    kind: 'timeseries',
    unit: 's',
    width: 8,
    queries: quantilesOf('chaincode_shim_request_duration'),
  },
  {
    title: 'Chaincode not reached, or too slow',
    about: 'Since each peer was started.',
    kind: 'timeseries',
    unit: 'short',
    width: 8,
    red: { value: 1, below: false },
    queries: [
      { expr: ofChosen('chaincode_launch_failures'), legend: '{{organisation}} {{chaincode}} not reached' },
      { expr: ofChosen('chaincode_launch_timeouts'), legend: '{{organisation}} {{chaincode}} not ready in time' },
      { expr: ofChosen('chaincode_execute_timeouts'), legend: '{{organisation}} {{chaincode}} too slow' },
    ],
  },
];

const COMMITTING: Panel[] = [
  {
    title: 'Transactions by outcome',
    about: 'As each peer commits them.',
    kind: 'timeseries',
    unit: 'ops',
    width: 12,
    queries: [
      {
        expr: `sum by (organisation, validation_code) (${perSecond(inChannel('ledger_transaction_count'))})`,
        legend: '{{organisation}} {{validation_code}}',
      },
    ],
  },
  {
    title: 'Height',
    about: 'Blocks of each peer.',
    kind: 'timeseries',
    unit: 'none',
    width: 12,
    queries: [{ expr: inChannel('ledger_blockchain_height', 'job="peer"'), legend: '{{organisation}}' }],
  },
  {
    title: 'Checking a block',
    about: 'Signatures and policies.',
    kind: 'timeseries',
    unit: 's',
    width: 8,
    queries: quantilesOf('gossip_privdata_validation_duration'),
  },
  {
    title: 'Writing a block',
    about: 'Block and private data, to disk.',
    kind: 'timeseries',
    unit: 's',
    width: 8,
    queries: quantilesOf('ledger_blockstorage_and_pvtdata_commit_time'),
  },
  {
    title: 'Writing the state',
    about: 'Of the keys that a block changes.',
    kind: 'timeseries',
    unit: 's',
    width: 8,
    queries: quantilesOf('ledger_statedb_commit_time'),
  },
];

const MEMBERS: Panel[] = [
  {
    title: 'Other peers known',
    about: 'A member whose peer is not known is asked nothing.',
    kind: 'timeseries',
    unit: 'short',
    width: 8,
    queries: [{ expr: inChannel('gossip_membership_total_peers_known'), legend: '{{organisation}}' }],
  },
  {
    title: 'Looking for private data',
    about: 'How long a block waits for values that the peer was not given.',
    kind: 'timeseries',
    unit: 's',
    width: 8,
    queries: quantilesOf('gossip_privdata_fetch_duration'),
  },
  {
    title: 'Messages between peers',
    about: 'Sent by each.',
    kind: 'timeseries',
    unit: 'ops',
    width: 8,
    queries: [{ expr: byOrganisation(ofChosen('gossip_comm_messages_sent')), legend: '{{organisation}}' }],
  },
];

export const PEERS_DASHBOARD: Dashboard = {
  uid: 'medaccord-peers',
  title: 'Peers and chaincode',
  rows: [
    { title: 'Endorsing', panels: ENDORSING },
    { title: 'Chaincode', panels: CHAINCODE },
    { title: 'Committing', panels: COMMITTING },
    { title: 'Other members', panels: MEMBERS },
    { title: 'Processes', panels: listProcessPanels('peer') },
  ],
};
