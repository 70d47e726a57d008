import { renderYaml } from '../../render';
import type { Topology } from '../../topology';
import { newConsortiumDashboard } from './dashboards/consortium-dashboard';
import { GATEWAYS_DASHBOARD } from './dashboards/gateways-dashboard';
import { ORDERING_DASHBOARD } from './dashboards/ordering-dashboard';
import { DATA_SOURCE, renderDashboard } from './dashboards/panel';
import { PEERS_DASHBOARD } from './dashboards/peers-dashboard';

/** Grafana puts in what its environment says: the address of Prometheus, and the folder of the dashboards. */
export const GRAFANA_VARIABLES = { prometheus: 'MEDACCORD_PROMETHEUS', dashboards: 'MEDACCORD_DASHBOARDS' } as const;

/** What Grafana reads at its start, by file name. */
export interface GrafanaFiles {
  readonly dataSources: { readonly path: string; readonly text: string }[];
  readonly providers: { readonly path: string; readonly text: string }[];
  readonly dashboards: { readonly path: string; readonly text: string }[];
}

export function renderGrafana(topology: Topology): GrafanaFiles {
  const source = { name: 'Prometheus', ...DATA_SOURCE, access: 'proxy', url: `$${GRAFANA_VARIABLES.prometheus}`, isDefault: true };
  const provider = { name: 'medaccord', type: 'file', allowUiUpdates: false, options: { path: `$${GRAFANA_VARIABLES.dashboards}` } };
  return {
    dataSources: [
      { path: 'prometheus.yaml', text: renderYaml({ apiVersion: 1, datasources: [{ ...source, jsonData: { timeInterval: '15s' } }] }) },
    ],
    providers: [{ path: 'dashboards.yaml', text: renderYaml({ apiVersion: 1, providers: [provider] }) }],
    dashboards: [
      { path: 'consortium.json', text: renderDashboard(newConsortiumDashboard(topology)) },
      { path: 'gateways.json', text: renderDashboard(GATEWAYS_DASHBOARD) },
      { path: 'ordering.json', text: renderDashboard(ORDERING_DASHBOARD) },
      { path: 'peers.json', text: renderDashboard(PEERS_DASHBOARD) },
    ],
  };
}
