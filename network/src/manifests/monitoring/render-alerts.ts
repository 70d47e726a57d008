import { renderYaml } from '../../render';
import type { Topology } from '../../topology';
import type { Alert, AlertGroup } from './alert';
import { listCertificateAlerts } from './certificate-alerts';
import { listGatewayAlerts } from './gateway-alerts';
import { listNodeAlerts } from './node-alerts';
import { listOrderingAlerts } from './ordering-alerts';
import { listPeerAlerts } from './peer-alerts';

export function listAlertGroups(topology: Topology): AlertGroup[] {
  return [
    { name: 'nodes', alerts: listNodeAlerts() },
    { name: 'ordering', alerts: listOrderingAlerts(topology) },
    { name: 'peers', alerts: listPeerAlerts(topology) },
    { name: 'gateways', alerts: listGatewayAlerts() },
    { name: 'certificates', alerts: listCertificateAlerts() },
  ];
}

/** The rules file of Prometheus. It names no organisation: whose node it is, is said by the labels of what was asked. */
export function renderAlerts(topology: Topology): string {
  return renderYaml({
    groups: listAlertGroups(topology).map(({ name, alerts }) => ({ name, rules: alerts.map(newRule) })),
  });
}

function newRule({ name, when, lasting, severity, summary, action }: Alert): object {
  return { alert: name, expr: when, for: lasting, labels: { severity }, annotations: { summary, action } };
}
