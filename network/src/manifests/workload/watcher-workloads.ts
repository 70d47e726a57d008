import type { Images } from './images';
import type { Mount, Workload } from './workload';

export const PROMETHEUS_PORT = 9090;
export const GRAFANA_PORT = 3000;
export const EXPORTER_PORT = 9100;

const PROMETHEUS_DATA = '/prometheus';
const KEPT = '30d';

/** Whoever administers Grafana has the password that is in this file; nobody else is let in. */
const PASSWORD = { folder: '/etc/medaccord/grafana', file: 'password' } as const;

/** Folder of the textfile collector, and of the volumes whose space is watched. */
export const EXPORTER_FOLDERS = { metrics: '/var/lib/medaccord/metrics', volumes: '/volumes' } as const;

/** What the two read; the first mount of Prometheus is its configuration. */
export interface WatcherMounts {
  readonly configuration: Mount;
  readonly rules: Mount;
  readonly dataSources: Mount;
  readonly providers: Mount;
  readonly dashboards: Mount;
}

export function newPrometheusWorkload(images: Images, { configuration, rules }: Pick<WatcherMounts, 'configuration' | 'rules'>): Workload {
  const [file] = configuration.files;
  return {
    node: 'prometheus',
    image: images.prometheus,
    arguments: [
      `--config.file=${configuration.folder}/${file?.path ?? ''}`,
      `--storage.tsdb.path=${PROMETHEUS_DATA}`,
      `--storage.tsdb.retention.time=${KEPT}`,
    ],
    environment: {},
    ports: [{ name: 'http', port: PROMETHEUS_PORT, publish: 'machine' }],
    mounts: [configuration, rules],
    data: { folder: PROMETHEUS_DATA, gibibytes: 20 },
    scratch: ['/tmp'],
    alive: { kind: 'http', port: PROMETHEUS_PORT, path: '/-/healthy' },
    ready: { kind: 'http', port: PROMETHEUS_PORT, path: '/-/ready' },
    client: 'wget',
    resources: { milliCpu: 100, memoryMiB: 256, memoryLimitMiB: 1024 },
  };
}

/** @param variables where its provisioning finds Prometheus and the dashboards */
export function newGrafanaWorkload(
  images: Images,
  { dataSources, providers, dashboards }: WatcherMounts,
  variables: Readonly<Record<string, string>>,
): Workload {
  const healthy = { kind: 'http', port: GRAFANA_PORT, path: '/api/health' } as const;
  const object = { kind: 'Secret', name: 'grafana-admin', key: PASSWORD.file } as const;
  return {
    node: 'grafana',
    image: images.grafana,
    environment: {
      ...variables,
      GF_SECURITY_ADMIN_PASSWORD__FILE: `${PASSWORD.folder}/${PASSWORD.file}`,
      GF_USERS_ALLOW_SIGN_UP: 'false',
      // Nothing is sent to, or fetched from, anybody outside.
      GF_ANALYTICS_REPORTING_ENABLED: 'false',
      GF_ANALYTICS_CHECK_FOR_UPDATES: 'false',
      GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: 'false',
      GF_NEWS_NEWS_FEED_ENABLED: 'false',
      GF_PLUGINS_PREINSTALL_DISABLED: 'true',
    },
    ports: [{ name: 'http', port: GRAFANA_PORT, publish: 'machine' }],
    mounts: [
      dataSources,
      providers,
      dashboards,
      { name: 'password', folder: PASSWORD.folder, files: [{ path: PASSWORD.file, file: 'monitoring/grafana-password', object }] },
    ],
    data: { folder: '/var/lib/grafana', gibibytes: 1 },
    scratch: ['/tmp'],
    alive: healthy,
    ready: healthy,
    client: 'wget',
    resources: { milliCpu: 100, memoryMiB: 128, memoryLimitMiB: 512 },
  };
}

/** Tells of disks, clock and certificates of a machine; it sees the volumes that it is given, and nothing else of the machine. */
export function newExporterWorkload(images: Images): Workload {
  const healthy = { kind: 'http', port: EXPORTER_PORT, path: '/' } as const;
  return {
    node: 'exporter',
    image: images.exporter,
    arguments: [
      '--collector.disable-defaults',
      '--collector.filesystem',
      '--collector.timex',
      '--collector.textfile',
      `--collector.textfile.directory=${EXPORTER_FOLDERS.metrics}`,
    ],
    environment: {},
    ports: [{ name: 'http', port: EXPORTER_PORT, publish: 'nobody' }],
    mounts: [],
    scratch: ['/tmp'],
    alive: healthy,
    ready: healthy,
    client: 'wget',
    resources: { milliCpu: 20, memoryMiB: 32, memoryLimitMiB: 128 },
  };
}
