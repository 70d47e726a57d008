/* eslint-disable @typescript-eslint/no-explicit-any -- reads rendered documents as a person does */
import { join } from 'node:path';
import { parse } from 'yaml';
import { renderManifests, type ManifestFile } from '../src/manifests';
import { listAlertGroups } from '../src/manifests/monitoring';
import { countQuorum } from '../src/manifests/workload';
import { loadTopology, type Topology } from '../src/topology';
import { listExpressions, listScraped, type MetricSource } from './support/monitoring-expressions';
import { readPromql } from './support/read-promql';

const folder = join(__dirname, '..', 'topologies');
const options = { root: '/srv/consortium', ledger: 'fabric' } as const;
const DEFAULT = loadTopology(join(folder, 'default.json'), options);
const FIVE = loadTopology(join(folder, 'five-members.json'), options);
const FILES = renderManifests(DEFAULT, '1.2.3');

const SOURCES: readonly MetricSource[] = ['orderer', 'peer', 'process', 'gateway', 'host', 'prometheus'];
const SCRAPED = SOURCES.map((source) => listScraped(source));
/** What Prometheus adds to everything that it was told. */
const TARGET_LABELS = ['job', 'instance', 'organisation'];

type GridPosition = Readonly<Record<'x' | 'y' | 'w' | 'h', number>>;

function textOf(path: string, files: readonly ManifestFile[] = FILES): string {
  const file = files.find((each) => each.path === path);
  if (file === undefined) throw new Error(`${path} was not rendered`);
  return file.text;
}

/** Labels of a metric, wherever it is exported; undefined: nowhere. */
function labelsOf(metric: string): string[] | undefined {
  const found = SCRAPED.flatMap((metrics) => (metrics.has(metric) ? [metrics.get(metric) ?? []] : []));
  return found.length === 0 ? undefined : [...found.flat(), ...TARGET_LABELS];
}

function targetsOf(site: string, scope: string, topology: Topology): { job: string; address: string; organisation: string | undefined }[] {
  const { scrape_configs: jobs } = parse(textOf(`monitoring/prometheus/${site}/${scope}.yml`, renderManifests(topology, '1.2.3')));
  return jobs.flatMap(({ job_name: job, static_configs: configs }: any) =>
    configs.flatMap(({ targets, labels }: any) => targets.map((address: string) => ({ job, address, organisation: labels?.organisation }))),
  );
}

describe.each(listExpressions(DEFAULT, FILES).map(({ place, text }) => [place, text]))('%s', (_, text) => {
  const { mistakes, selectors, grouping, made } = readPromql(text);

  it('is in the language of Prometheus', () => {
    expect(mistakes).toEqual([]);
    expect(selectors.length).toBeGreaterThan(0);
  });

  it('asks for metrics and labels that are exported', () => {
    for (const { metric, labels } of selectors) {
      expect({ metric, exported: labelsOf(metric) !== undefined }).toEqual({ metric, exported: true });
      expect({ metric, unknown: labels.filter((label) => labelsOf(metric)?.includes(label) !== true) }).toEqual({ metric, unknown: [] });
    }
    const known = [...selectors.flatMap(({ metric }) => labelsOf(metric) ?? []), ...made];
    expect(grouping.filter((label) => !known.includes(label))).toEqual([]);
  });
});

describe('alerts', () => {
  const alerts = listAlertGroups(DEFAULT).flatMap((group) => group.alerts);

  it('have a name of their own, and words for what is the matter and what to do', () => {
    expect(new Set(alerts.map(({ name }) => name)).size).toBe(alerts.length);
    for (const alert of alerts)
      expect(alert).toMatchObject({ summary: expect.stringMatching(/\.$/), action: expect.stringMatching(/\.$/) });
  });

  it('say nothing of labels that their expression has summed away', () => {
    for (const { name, when, summary } of alerts) {
      const named = [...summary.matchAll(/\$labels\.(\w+)/g)].map(([, label = '']) => label);
      const { selectors } = readPromql(when);
      const known = selectors.flatMap(({ metric }) => labelsOf(metric) ?? []);
      const kept = /^(?:max|sum|count|histogram_quantile\([\d.]+, sum) by \(([^)]*)\)/.exec(when)?.[1]?.split(', ');
      const joined = when.includes('group_right');
      expect({ name, lost: named.filter((label) => !(joined ? known : (kept ?? known)).includes(label)) }).toEqual({ name, lost: [] });
    }
  });

  it('ask jobs that are scraped', () => {
    const jobs = new Set(targetsOf('native', 'all', DEFAULT).map(({ job }) => job));
    const asked = [...textOf('monitoring/rules/alerts.yml').matchAll(/job="(\w+)"/g)].map(([, job]) => job ?? '');
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.filter((job) => !jobs.has(job))).toEqual([]);
  });

  it('know how many orderers the ordering service needs', () => {
    const quorumOf = (orderers: number): object =>
      countQuorum({ organisations: Array.from({ length: orderers }, () => ({ nodes: { orderer: {} } })) } as any);
    expect([1, 2, 3, 4, 5, 6, 7, 10].map(quorumOf)).toEqual([
      { orderers: 1, dispensable: 0, needed: 1 },
      { orderers: 2, dispensable: 0, needed: 2 },
      { orderers: 3, dispensable: 0, needed: 2 },
      { orderers: 4, dispensable: 1, needed: 3 },
      { orderers: 5, dispensable: 1, needed: 4 },
      { orderers: 6, dispensable: 1, needed: 4 },
      { orderers: 7, dispensable: 2, needed: 5 },
      { orderers: 10, dispensable: 3, needed: 7 },
    ]);
    expect(textOf('monitoring/rules/alerts.yml')).toContain('sum(up{job="orderer"}) < 3 and count(up{job="orderer"}) == 4');
  });

  it('and dashboards are the same for every member: they name none', () => {
    const shared = FILES.filter(({ path }) => /^monitoring\/(rules|grafana)\//.test(path));
    expect(shared).toHaveLength(7);
    for (const { path, text } of shared)
      for (const { name, mspId } of DEFAULT.organisations)
        expect([path, text.match(new RegExp(`\\b(${name}|${mspId})\\b`))]).toEqual([path, null]);
  });
});

describe('Prometheus', () => {
  it('asks every orderer, peer and gateway of the network once, on this machine at the addresses of their operations', () => {
    const { organisations, host } = FIVE;
    const expected = organisations.flatMap(({ name, ports, nodes }) => [
      ...(nodes.orderer === undefined ? [] : [{ job: 'orderer', address: `${host}:${ports.ordererOperations}`, organisation: name }]),
      { job: 'peer', address: `${host}:${ports.peerOperations}`, organisation: name },
      { job: 'gateway', address: `${host}:${ports.gateway}`, organisation: name },
    ]);
    const targets = targetsOf('native', 'all', FIVE);
    expect(targets.filter(({ job }) => job !== 'host')).toEqual(expect.arrayContaining(expected));
    expect(targets).toHaveLength(expected.length + 1);
    expect(targets.every(({ address }) => address.startsWith('127.0.0.1:'))).toBe(true);
  });

  it.each(['native', 'compose', 'kubernetes'])('asks a member’s own nodes only, where it watches for itself (%s)', (site) => {
    const targets = targetsOf(site, 'lakeview', DEFAULT).filter(({ job }) => job !== 'host');
    expect(new Set(targets.map(({ organisation }) => organisation))).toEqual(new Set(['lakeview']));
    expect(targets.map(({ job }) => job)).toEqual(
      site === 'native' ? ['orderer', 'peer', 'gateway'] : ['orderer', 'peer', 'ca', 'gateway'],
    );
  });

  it('finds in Compose what it asks by a name that a container has there', () => {
    const project = parse(textOf('compose/lakeview.yaml'));
    const watchers = parse(textOf('compose/lakeview.monitoring.yaml'));
    const aliases = Object.values<any>(project.services).flatMap(({ networks = {} }) =>
      Object.values<any>(networks).flatMap((network) => network.aliases),
    );
    const names = new Set([...aliases, ...Object.keys(watchers.services)]);
    for (const { address } of targetsOf('compose', 'lakeview', DEFAULT)) expect([...names]).toContain(address.split(':')[0]);
    for (const network of Object.keys(project.networks)) expect(Object.keys(watchers.services.prometheus.networks)).toContain(network);
  });

  it('finds its rules: beside its configuration on this machine, where they are mounted in a container', () => {
    const rulesOf = (site: string): string => parse(textOf(`monitoring/prometheus/${site}/all.yml`)).rule_files[0];
    expect(textOf(join('monitoring/prometheus/native', rulesOf('native')))).toContain('NodeDown');
    const { volumes, command } = parse(textOf('compose/all.monitoring.yaml')).services.prometheus;
    const folders = new Map<string, string>(volumes.map(({ target, source }: any) => [target, source]));
    expect(folders.get(join(rulesOf('compose'), '..'))).toBe('../monitoring/rules');
    expect(command).toContain('--config.file=/etc/medaccord/prometheus/all.yml');
    expect(folders.get('/etc/medaccord/prometheus')).toBe('../monitoring/prometheus/compose');
  });
});

describe('Grafana', () => {
  const dashboards = FILES.filter(({ path }) => path.startsWith('monitoring/grafana/dashboards/')).map(({ text }) => JSON.parse(text));

  it('is told of the data source that dashboards read from, and where both are', () => {
    const { datasources } = parse(textOf('monitoring/grafana/provisioning/datasources/prometheus.yaml'));
    const { providers } = parse(textOf('monitoring/grafana/provisioning/dashboards/dashboards.yaml'));
    expect(new Set(dashboards.flatMap(({ panels }) => panels.flatMap(({ datasource }: any) => datasource?.uid ?? [])))).toEqual(
      new Set([datasources[0].uid]),
    );
    const { grafana } = parse(textOf('compose/all.monitoring.yaml')).services;
    const valueOf = (text: string): string => grafana.environment[text.slice(1)];
    expect(valueOf(datasources[0].url)).toBe('http://prometheus:9090');
    expect(grafana.volumes.find(({ target }: any) => target === valueOf(providers[0].options.path)).source).toBe(
      '../monitoring/grafana/dashboards',
    );
  });

  it('draws panels that do not cover each other, each with a word on how to read it', () => {
    expect(new Set(dashboards.map(({ uid }) => uid)).size).toBe(dashboards.length);
    for (const { title, panels } of dashboards) {
      expect(new Set(panels.map(({ id }: any) => id)).size).toBe(panels.length);
      const cells = panels.flatMap(({ gridPos: { x, y, w, h } }: { gridPos: GridPosition }) =>
        Array.from({ length: w * h }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`),
      );
      expect([title, cells.length]).toEqual([title, new Set(cells).size]);
      expect(panels.every(({ gridPos: { x, w } }: { gridPos: GridPosition }) => x + w <= 24)).toBe(true);
      for (const panel of panels.filter(({ type }: any) => type !== 'row')) expect(panel.description).toMatch(/\.$/);
    }
  });

  it('lets nobody in without a password, which is in no file', () => {
    for (const grafana of [parse(textOf('compose/all.monitoring.yaml')).services.grafana]) {
      expect(grafana.environment).toMatchObject({
        GF_SECURITY_ADMIN_PASSWORD__FILE: '/etc/medaccord/grafana/password',
        GF_USERS_ALLOW_SIGN_UP: 'false',
      });
      expect(Object.keys(grafana.environment)).not.toContain('GF_SECURITY_ADMIN_PASSWORD');
      expect(Object.keys(grafana.environment).filter((name) => name.startsWith('GF_AUTH_ANONYMOUS'))).toEqual([]);
    }
  });
});
