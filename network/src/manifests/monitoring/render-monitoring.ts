import type { Topology } from '../../topology';
import { newManifestFile, type ManifestFile } from '../manifest-file';
import { newComposeSite, newKubernetesSite, newNativeSite, type Site } from '../workload';
import { renderGrafana } from './grafana';
import { ALERTS_FILE, MONITORING_FOLDERS, RULES_FOLDER } from './places';
import { renderAlerts } from './render-alerts';
import { renderPrometheus } from './render-prometheus';
import { listScopes } from './scope';

/** Configurations of Prometheus for each place and for each who watches; rules and dashboards, which are the same for all of them. */
export function renderMonitoring(topology: Topology): ManifestFile[] {
  const { dataSources, providers, dashboards } = renderGrafana(topology);
  const inFolder = (folder: string, files: readonly { path: string; text: string }[]): ManifestFile[] =>
    files.map(({ path, text }) => newManifestFile(`${folder}/${path}`, text));
  return [
    newManifestFile(`${MONITORING_FOLDERS.rules}/${ALERTS_FILE}`, renderAlerts(topology)),
    ...[newNativeSite(topology), newComposeSite(topology), newKubernetesSite(topology)].flatMap((site) =>
      inFolder(MONITORING_FOLDERS.prometheus(site.name), renderConfigurations(site)),
    ),
    ...inFolder(MONITORING_FOLDERS.dataSources, dataSources),
    ...inFolder(MONITORING_FOLDERS.providers, providers),
    ...inFolder(MONITORING_FOLDERS.dashboards, dashboards),
  ];
}

function renderConfigurations(site: Site): { path: string; text: string }[] {
  const rules = site.name === 'native' ? `../../${MONITORING_FOLDERS.rules}/${ALERTS_FILE}` : `${RULES_FOLDER}/${ALERTS_FILE}`;
  return listScopes(site.topology).map((scope) => ({ path: `${scope.name}.yml`, text: renderPrometheus(site, scope, rules) }));
}
