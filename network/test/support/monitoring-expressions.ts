import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { listAlertGroups } from '../../src/manifests/monitoring';
import type { ManifestFile } from '../../src/manifests';
import type { Topology } from '../../src/topology';
import { readPromql } from './read-promql';

/** An expression, and where it stands. */
export interface Expression {
  readonly place: string;
  readonly text: string;
}

interface DashboardDocument {
  readonly panels: readonly { readonly title: string; readonly targets?: readonly { readonly expr: string }[] }[];
  readonly annotations: { readonly list: readonly { readonly name: string; readonly expr: string }[] };
}

/** All that alerts and dashboards ask of Prometheus. */
export function listExpressions(topology: Topology, files: readonly ManifestFile[]): Expression[] {
  const alerts = listAlertGroups(topology).flatMap(({ alerts: each }) =>
    each.map(({ name, when }) => ({ place: `alert ${name}`, text: when })),
  );
  const dashboards = files.filter(({ path }) => path.startsWith('monitoring/grafana/dashboards/')).flatMap(listDashboardExpressions);
  return [...alerts, ...dashboards];
}

function listDashboardExpressions({ path, text }: ManifestFile): Expression[] {
  const { panels, annotations } = JSON.parse(text) as DashboardDocument;
  return [
    ...panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ place: `${path}: ${title}`, text: expr }))),
    ...annotations.list.map(({ name, expr }) => ({ place: `${path}: ${name}`, text: expr })),
  ];
}

export type MetricSource = 'orderer' | 'peer' | 'process' | 'gateway' | 'host' | 'prometheus';

/** Type of the metric, and the labels that it has beside those of what was asked. */
type ExportedMetrics = Readonly<Record<MetricSource, Readonly<Record<string, readonly [type: string, ...labels: string[]]>>>>;

/**
 * What is really exported: by orderers and peers of Fabric 3.1.5 (fabric/docs/source/metrics_reference.rst; SmartBFT's with the channel that
 * the orderer adds), by each of their processes, by gateways (a test of theirs compares), by node_exporter with the file of `certs --metrics`, and by Prometheus itself.
 */
export const EXPORTED = JSON.parse(readFileSync(join(__dirname, '../fixtures/exported-metrics.json'), 'utf8')) as ExportedMetrics;

/** Names as a scrape has them, a histogram being three, with their labels. */
export function listScraped(source: MetricSource): ReadonlyMap<string, readonly string[]> {
  return new Map(
    Object.entries(EXPORTED[source]).flatMap(([name, [type, ...labels]]): [string, string[]][] =>
      type === 'histogram'
        ? [
            [`${name}_bucket`, [...labels, 'le']],
            [`${name}_sum`, labels],
            [`${name}_count`, labels],
          ]
        : [[name, labels]],
    ),
  );
}

/** Names of all metrics that expressions ask for, sorted. */
export function listUsedMetrics(expressions: readonly Expression[]): string[] {
  return [...new Set(expressions.flatMap(({ text }) => readPromql(text).selectors.map(({ metric }) => metric)))].sort();
}
