import type { Topology } from '../../topology';
import { blocksBehind, grewWithin, NODE, type Alert } from './alert';

/** Of peers and the chaincode that they call. */
export function listPeerAlerts(topology: Topology): Alert[] {
  return [...listLedgerAlerts(topology), ...listChaincodeAlerts(), ...listOutcomeAlerts()];
}

function listLedgerAlerts({ channel, organisations }: Topology): Alert[] {
  const others = organisations.length - 1;
  return [
    {
      name: 'PeerBehind',
      when: `${blocksBehind('ledger_blockchain_height', 'ledger_blockchain_height{job="peer"}')} > 20`,
      lasting: '2m',
      severity: 'warning',
      summary: `${NODE} is {{ $value }} blocks behind in channel {{ $labels.channel }}.`,
      action:
        'One that starts after a pause catches up by itself. Else see its log: orderers that it does not reach, private data that it waits for, a slow disk.',
    },
    {
      name: 'PeerWithoutChannel',
      when: `up{job="peer"} == 1 unless on (instance) ledger_blockchain_height{channel="${channel}"}`,
      lasting: '5m',
      severity: 'critical',
      summary: `${NODE} answers, and does not have channel ${channel}.`,
      action: 'It has not joined, or could not open the ledger: see `Failed to load ledger` in its log, and restore from a backup.',
    },
    {
      name: 'PeerAlone',
      when: `gossip_membership_total_peers_known < ${String(others)}`,
      lasting: '5m',
      severity: 'warning',
      summary: `${NODE} knows {{ $value }} of ${String(others)} other peers in channel {{ $labels.channel }}.`,
      action: 'A member that is not known endorses nothing: see its peer, and the way there.',
    },
    {
      name: 'PeerCommitsSlowly',
      when: 'histogram_quantile(0.95, sum by (le, job, organisation, channel) (rate(gossip_privdata_commit_block_duration_bucket[5m]))) > 2',
      lasting: '10m',
      severity: 'warning',
      summary: `${NODE} takes {{ $value | humanizeDuration }} and more for one block in twenty.`,
      action: 'A slow disk, or private data that nobody hands over: see `Fetching private data` in its log.',
    },
  ];
}

function listChaincodeAlerts(): Alert[] {
  return [
    {
      name: 'ChaincodeNotReached',
      when: grewWithin('10m', 'chaincode_launch_failures'),
      lasting: '0s',
      severity: 'critical',
      summary: `${NODE} does not reach its chaincode {{ $labels.chaincode }}.`,
      action: 'See whether the chaincode runs and has the certificate of today; until then this member endorses nothing.',
    },
    {
      name: 'ChaincodeTooSlow',
      when: grewWithin('10m', 'chaincode_execute_timeouts'),
      lasting: '0s',
      severity: 'warning',
      summary: `Chaincode {{ $labels.chaincode }} of {{ $labels.organisation }} did not answer in time.`,
      action: 'Restart a frozen chaincode; see what it does and how loaded the machine is.',
    },
    {
      name: 'ProposalsFail',
      when: `sum by (job, organisation) (rate(endorser_proposal_simulation_failures[5m])) / sum by (job, organisation) (rate(endorser_proposals_received[5m])) > 0.05`,
      lasting: '5m',
      severity: 'warning',
      summary: `${NODE} could not run {{ $value | humanizePercentage }} of what it was asked.`,
      action: 'See its log and its chaincode’s. What chaincode refuses by its rules does not count here.',
    },
    {
      name: 'EndorsementsFail',
      when: grewWithin('10m', 'endorser_endorsement_failures{chaincodeerror="false"}'),
      lasting: '0s',
      severity: 'warning',
      summary: `${NODE} could not sign what its chaincode answered.`,
      action: 'See its log: its own identity, or the definition of the chaincode.',
    },
    {
      name: 'StrangersRefused',
      when: grewWithin('10m', 'endorser_proposal_acl_failures'),
      lasting: '0s',
      severity: 'warning',
      summary: `${NODE} refused somebody who may not call it.`,
      action: 'An expired or revoked client, or an attempt: its log says whose.',
    },
  ];
}

function listOutcomeAlerts(): Alert[] {
  const by = 'sum by (organisation, channel)';
  return [
    {
      name: 'TransactionsInvalid',
      when: `${by} (rate(ledger_transaction_count{validation_code!="VALID"}[10m])) / ${by} (rate(ledger_transaction_count[10m])) > 0.1`,
      lasting: '10m',
      severity: 'warning',
      summary: '{{ $value | humanizePercentage }} of the transactions in channel {{ $labels.channel }} do not take effect.',
      action: 'By code on the dashboard: MVCC_READ_CONFLICT is clients that write the same key, others are faults.',
    },
    {
      name: 'EndorsementPolicyBroken',
      when: grewWithin('10m', 'ledger_transaction_count{validation_code="ENDORSEMENT_POLICY_FAILURE"}'),
      lasting: '0s',
      severity: 'warning',
      summary: 'A transaction of chaincode {{ $labels.chaincode }} was signed by too few members, seen at {{ $labels.organisation }}.',
      action: 'A policy that changed meanwhile, or a member that tries alone what it may not: see who sent it.',
    },
  ];
}
