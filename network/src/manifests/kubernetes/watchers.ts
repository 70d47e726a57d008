import { renderYaml } from '../../render';
import { newManifestFile, type ManifestFile } from '../manifest-file';
import { GRAFANA_VARIABLES, listScopes, newWatcherMounts } from '../monitoring';
import {
  GRAFANA_PORT,
  newGrafanaWorkload,
  newPrometheusWorkload,
  newWorkloads,
  PROMETHEUS_PORT,
  type Images,
  type Mount,
  type Site,
  type WatcherMounts,
} from '../workload';
import { newNodeObjects } from './controllers';
import { LABELS, newSelector, type KubernetesObject, type Owner } from './kubernetes-object';
import { renderMaterialScript } from './material-script';
import { KUSTOMIZATION, newNamespace, renderFolder } from './render-folder';
import { ADMITTED, NAMES, newClosedPolicy, newPolicy, newPort, watchedPorts } from './network-policies';
import { newConfigMap } from './volumes';

/** What is watched is a ConfigMap of its own, which the folder of each scope brings. No organisation's name has a dot. */
const BASE = 'monitoring.base';
const CONFIGURATION = 'prometheus.yml';

/** Prometheus and Grafana in a namespace of their own: the same for everybody, and for each scope a folder that says whom they watch. */
export function renderWatchers(site: Site, images: Images): ManifestFile[] {
  const owner: Owner = { site, instance: 'monitoring', namespace: `${site.topology.name}-monitoring` };
  const [base, ...scopes] = listScopes(site.topology).map((scope) => ({ scope, mounts: moveConfiguration(newWatcherMounts(site, scope)) }));
  if (base === undefined) throw new Error('There is always somebody who watches all');
  return [
    ...renderBase(owner, images, base.mounts),
    ...[base, ...scopes].flatMap(({ scope, mounts }) => renderScope(owner, images, `${scope.name}.monitoring`, mounts.configuration)),
  ];
}

/** The pod is the same whoever is watched, so its file has one name. */
function moveConfiguration(mounts: WatcherMounts): WatcherMounts {
  const { configuration } = mounts;
  return { ...mounts, configuration: { ...configuration, files: configuration.files.map((file) => ({ ...file, path: CONFIGURATION })) } };
}

function renderBase(owner: Owner, images: Images, mounts: WatcherMounts): ManifestFile[] {
  const prometheus = newPrometheusWorkload(images, mounts);
  const grafana = newGrafanaWorkload(images, mounts, {
    [GRAFANA_VARIABLES.prometheus]: `http://prometheus:${String(PROMETHEUS_PORT)}`,
    [GRAFANA_VARIABLES.dashboards]: mounts.dashboards.folder,
  });
  const { name } = newConfigMap(owner, prometheus, mounts.configuration).metadata;
  const folder = renderFolder(BASE, owner.namespace, [
    ['namespace', [newNamespace(owner, { [ADMITTED.monitoring]: 'true' })]],
    ['network-policies', [newClosedPolicy(owner), ...newOpenPolicies(owner, images)]],
    ['prometheus', newNodeObjects(owner, prometheus).filter(({ kind, metadata }) => kind !== 'ConfigMap' || metadata.name !== name)],
    ['grafana', newNodeObjects(owner, grafana)],
  ]);
  return [...folder, renderMaterialScript(BASE, owner, [grafana])];
}

function renderScope(owner: Owner, images: Images, folder: string, configuration: Mount): ManifestFile[] {
  const object = newConfigMap(owner, newPrometheusWorkload(images, { configuration, rules: configuration }), configuration);
  const kustomization = { ...KUSTOMIZATION, namespace: owner.namespace, resources: [`../${BASE}`, 'configuration.yaml'] };
  return [
    newManifestFile(`${folder}/kustomization.yaml`, renderYaml(kustomization)),
    newManifestFile(`${folder}/configuration.yaml`, renderYaml(object)),
  ];
}

/** Prometheus asks the network's nodes, Grafana asks Prometheus, people ask Grafana. */
function newOpenPolicies(owner: Owner, images: Images): KubernetesObject[] {
  const { site } = owner;
  const nodes = site.topology.organisations
    .flatMap((organisation) => newWorkloads(site, organisation, images))
    .filter(({ node }) => node !== 'gateway' && node !== 'chaincode');
  const ports = [...new Set(nodes.flatMap(watchedPorts))].sort((one, other) => one - other);
  const policyTypes = ['Ingress', 'Egress'];
  const people = { namespaceSelector: { matchLabels: { [ADMITTED.clients]: 'true' } } };
  const network = { namespaceSelector: { matchLabels: { [LABELS.network]: site.topology.name } } };
  return [
    newPolicy(
      owner,
      'prometheus',
      {
        podSelector: newSelector(owner, 'prometheus'),
        policyTypes,
        ingress: [{ from: [{ podSelector: newSelector(owner, 'grafana') }, people], ports: [newPort(PROMETHEUS_PORT)] }],
        egress: [{ to: [network], ports: ports.map(newPort) }, NAMES],
      },
      'prometheus',
    ),
    newPolicy(
      owner,
      'grafana',
      {
        podSelector: newSelector(owner, 'grafana'),
        policyTypes,
        ingress: [{ from: [people], ports: [newPort(GRAFANA_PORT)] }],
        egress: [{ to: [{ podSelector: newSelector(owner, 'prometheus') }], ports: [newPort(PROMETHEUS_PORT)] }, NAMES],
      },
      'grafana',
    ),
  ];
}
