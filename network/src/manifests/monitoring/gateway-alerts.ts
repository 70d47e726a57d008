import { grewWithin, NODE, type Alert } from './alert';

/** Of the gateways: what people and systems of an organisation see of the consortium. */
export function listGatewayAlerts(): Alert[] {
  const by = 'sum by (job, organisation)';
  return [
    {
      name: 'GatewayBehind',
      when: 'medaccord_gateway_projection_proof_age > 15',
      lasting: '1m',
      severity: 'critical',
      summary: `The ${NODE} has not known the newest state of the ledger for {{ $value | humanizeDuration }}, and answers nothing.`,
      action: 'See whether its peer runs and is reached, and its log.',
    },
    {
      name: 'GatewayOverloaded',
      when: `${by} (rate(medaccord_gateway_http_errors{code=~"OVERLOADED|ANSWER_TOO_LATE"}[5m])) > 0.1`,
      lasting: '5m',
      severity: 'warning',
      summary: `The ${NODE} refuses, or answers too late, {{ $value }} requests each second.`,
      action: 'See on the dashboard what is slow: the ledger, the processor, or more callers than it was made for.',
    },
    {
      name: 'GatewayFails',
      when: `${by} (rate(medaccord_gateway_http_errors{code="INTERNAL"}[5m])) > 0`,
      lasting: '0s',
      severity: 'warning',
      summary: `The ${NODE} met an error that nobody foresaw.`,
      action: 'Its log has the place, as an entry with `request failed`; report it.',
    },
    {
      name: 'OutcomesUnknown',
      when: 'medaccord_gateway_ledger_intents_open > 0 and min_over_time(medaccord_gateway_ledger_intents_open[5m]) > 0',
      lasting: '0s',
      severity: 'warning',
      summary: `The ${NODE} has had transactions for five minutes whose outcome it does not know.`,
      action: 'Unless there is always something under way: see whether orderers and peer answer. It settles them by itself.',
    },
    {
      name: 'RequestsWait',
      when: 'min_over_time(medaccord_gateway_agent_requests_waiting[10m]) > 0',
      lasting: '0s',
      severity: 'warning',
      summary: `{{ $value }} requests of other members at least have waited for ten minutes at the ${NODE}.`,
      action: 'See `trouble in the background` in its log: a member that does not endorse, or something sealed that does not arrive.',
    },
    {
      name: 'GatewayAlarm',
      when: grewWithin('10m', 'medaccord_gateway_alarms'),
      lasting: '0s',
      severity: 'critical',
      summary: `The ${NODE} saw what must not happen: {{ $labels.kind }}.`,
      action: 'Its log names the transaction. A member or its chaincode deviates, or somebody used its identity: compare the endorsements.',
    },
  ];
}
