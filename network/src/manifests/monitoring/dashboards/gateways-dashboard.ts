import type { Dashboard, Panel } from './panel';
import { listResourcePanels } from './process-panels';
import { ofChosen, perSecond, quantilesOf } from './queries';

const own = (metric: string, more = ''): string => ofChosen(`medaccord_gateway_${metric}`, more);
const sumBy = (labels: string, selector: string): string => `sum by (organisation, ${labels}) (${perSecond(selector)})`;

const REQUESTS: Panel[] = [
  {
    title: 'Requests each second',
    about: 'By what they were answered with.',
    kind: 'timeseries',
    unit: 'ops',
    width: 8,
    queries: [{ expr: sumBy('status', own('http_request_duration_count')), legend: '{{organisation}} {{status}}' }],
  },
  {
    title: 'From arrival to answer',
    about: 'All routes; those that wait for another organisation when they are asked to are among them.',
    kind: 'timeseries',
    unit: 's',
    width: 8,
    queries: quantilesOf('medaccord_gateway_http_request_duration', ofChosen),
  },
  {
    title: 'Under way and waiting',
    about: 'Reads and writes have their own bounds. What waits for long is refused with 503.',
    kind: 'timeseries',
    unit: 'short',
    width: 8,
    queries: [{ expr: own('http_requests'), legend: '{{organisation}} {{lane}} {{state}}' }],
  },
  {
    title: 'Slowest routes',
    about: 'The slow twentieth of each route.',
    kind: 'bargauge',
    unit: 's',
    width: 12,
    queries: [
      {
        expr: `topk(10, histogram_quantile(0.95, sum by (le, method, route) (${perSecond(own('http_request_duration_bucket'))})))`,
        legend: '{{method}} {{route}}',
      },
    ],
  },
  {
    title: 'Errors by code',
    about: 'Each code is in the table of error codes, with what to do.',
    kind: 'timeseries',
    unit: 'ops',
    width: 12,
    queries: [{ expr: sumBy('code', own('http_errors')), legend: '{{organisation}} {{code}}' }],
  },
];

const LEDGER: Panel[] = [
  {
    title: 'Steps of a transaction',
    about: 'The slow twentieth: endorsing waits for the slowest member asked, the commit status for the block.',
    kind: 'timeseries',
    unit: 's',
    width: 8,
    queries: [
      {
        expr: `histogram_quantile(0.95, sum by (le, organisation, step) (${perSecond(own('ledger_step_duration_bucket'))}))`,
        legend: '{{organisation}} {{step}}',
      },
    ],
  },
  {
    title: 'Outcomes of own transactions',
    about: 'MVCC_READ_CONFLICT: others wrote first, and it is tried again. ENDORSEMENT_POLICY_FAILURE twice is an alarm.',
    kind: 'timeseries',
    unit: 'ops',
    width: 8,
    queries: [{ expr: sumBy('validation_code', own('ledger_transaction_count')), legend: '{{organisation}} {{validation_code}}' }],
  },
  {
    title: 'Outcomes not known',
    about: 'Transactions that are under way or were lost sight of, and how often an envelope was sent again.',
    kind: 'timeseries',
    unit: 'short',
    width: 8,
    queries: [
      { expr: own('ledger_intents_open'), legend: '{{organisation}} open' },
      { expr: perSecond(own('ledger_resubmissions')), legend: '{{organisation}} sent again each second' },
      { expr: perSecond(own('ledger_outcome_unknown')), legend: '{{organisation}} not found each second' },
    ],
  },
];

const KNOWING: Panel[] = [
  {
    title: 'Age of what is known',
    about: 'Since it was last proven that no block of the own peer is missing. Beyond the bound (15 s) nothing is answered.',
    kind: 'timeseries',
    unit: 's',
    width: 8,
    red: { value: 15, below: false },
    queries: [{ expr: own('projection_proof_age'), legend: '{{organisation}}' }],
  },
  {
    title: 'Blocks missing',
    about: 'That the own peer had and the read model had not.',
    kind: 'timeseries',
    unit: 'short',
    width: 8,
    queries: [{ expr: own('projection_lag'), legend: '{{organisation}}' }],
  },
  {
    title: 'From block to read model',
    about: 'What one block takes.',
    kind: 'timeseries',
    unit: 's',
    width: 8,
    queries: quantilesOf('medaccord_gateway_projection_block_duration', ofChosen),
  },
  {
    title: "Answers to other members' requests",
    about: 'Why one was refused is sealed to those it concerns, and told nowhere else.',
    kind: 'timeseries',
    unit: 'ops',
    width: 8,
    queries: [{ expr: sumBy('outcome', own('agent_request_duration_count')), legend: '{{organisation}} {{outcome}}' }],
  },
  {
    title: 'Requests that wait',
    about: 'Of other members, at the release agent.',
    kind: 'timeseries',
    unit: 'short',
    width: 8,
    queries: [{ expr: own('agent_requests_waiting'), legend: '{{organisation}}' }],
  },
  {
    title: 'Rulings of consent checks',
    about: 'Kept ones are told again until a block changes what they rest on.',
    kind: 'timeseries',
    unit: 'ops',
    width: 8,
    queries: [{ expr: sumBy('kind', own('decision_answers')), legend: '{{organisation}} {{kind}}' }],
  },
];

const PROCESS: Panel[] = [
  ...listResourcePanels('gateway'),
  {
    title: 'Event loop lag',
    about: 'How late the process comes to what is due: above 0.1 s it has too much to do.',
    kind: 'timeseries',
    unit: 's',
    width: 24,
    red: { value: 0.1, below: false },
    queries: [{ expr: ofChosen('nodejs_eventloop_lag_p99_seconds', 'job="gateway"'), legend: '{{organisation}} p99' }],
  },
];

/** What callers of a gateway see, and why. */
export const GATEWAYS_DASHBOARD: Dashboard = {
  uid: 'medaccord-gateways',
  title: 'Gateways',
  rows: [
    { title: 'Requests', panels: REQUESTS },
    { title: 'Transactions', panels: LEDGER },
    { title: 'What it knows, and what it answers', panels: KNOWING },
    { title: 'Processes', panels: PROCESS },
  ],
};
