import type { Site } from '../workload';

export const ALERTS_FILE = 'alerts.yml';

/** Where Prometheus finds its configuration and its rules in a container. */
export const CONFIGURATION_FOLDER = '/etc/medaccord/prometheus';
export const RULES_FOLDER = '/etc/medaccord/rules';

/** Folders of what Prometheus and Grafana read, in the output. */
export const MONITORING_FOLDERS = {
  rules: 'rules',
  prometheus: (site: Site['name']) => `prometheus/${site}`,
  dataSources: 'grafana/provisioning/datasources',
  providers: 'grafana/provisioning/dashboards',
  dashboards: 'grafana/dashboards',
} as const;
