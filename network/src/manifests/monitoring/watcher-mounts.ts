import type { Mount, MountedFile, Site, WatcherMounts } from '../workload';
import { renderGrafana } from './grafana';
import { renderAlerts } from './render-alerts';
import { ALERTS_FILE, CONFIGURATION_FOLDER, MONITORING_FOLDERS, RULES_FOLDER } from './places';
import { renderPrometheus } from './render-prometheus';
import type { Scope } from './scope';

/** What Prometheus and Grafana read in containers; all of it is in the folder `monitoring` of the output. */
export function newWatcherMounts(site: Site, scope: Scope): WatcherMounts {
  const { dataSources, providers, dashboards } = renderGrafana(site.topology);
  const newMount = (name: string, folder: string, at: string, files: readonly MountedFile[]): Mount => ({
    name,
    folder,
    files,
    at: `monitoring/${at}`,
  });
  const rules = `${RULES_FOLDER}/${ALERTS_FILE}`;
  const configuration = { path: `${scope.name}.yml`, text: renderPrometheus(site, scope, rules) };
  return {
    configuration: newMount('configuration', CONFIGURATION_FOLDER, MONITORING_FOLDERS.prometheus(site.name), [configuration]),
    rules: newMount('rules', RULES_FOLDER, MONITORING_FOLDERS.rules, [{ path: ALERTS_FILE, text: renderAlerts(site.topology) }]),
    dataSources: newMount('datasources', '/etc/grafana/provisioning/datasources', MONITORING_FOLDERS.dataSources, dataSources),
    providers: newMount('providers', '/etc/grafana/provisioning/dashboards', MONITORING_FOLDERS.providers, providers),
    dashboards: newMount('dashboards', '/etc/medaccord/dashboards', MONITORING_FOLDERS.dashboards, dashboards),
  };
}
