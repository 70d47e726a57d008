export { GRAFANA_VARIABLES } from './grafana';
export { listAlertGroups } from './render-alerts';
export { renderMonitoring } from './render-monitoring';
export { listScopes, type Scope } from './scope';
export { newWatcherMounts } from './watcher-mounts';
