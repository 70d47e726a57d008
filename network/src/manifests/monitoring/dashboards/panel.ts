/** What Grafana reads from: its uid in the provisioned data sources. */
export const DATA_SOURCE = { type: 'prometheus', uid: 'medaccord' } as const;

/** Units as Grafana names them. */
export type Unit = 'short' | 's' | 'percentunit' | 'bytes' | 'ops' | 'd' | 'none';

/** A line, or a number, of a panel: PromQL, and what it is called in the words of Grafana's templates. */
export interface Query {
  readonly expr: string;
  readonly legend: string;
}

export interface Panel {
  readonly title: string;
  /** For whoever does not know what to read from it. */
  readonly about: string;
  readonly kind: 'timeseries' | 'stat' | 'bargauge';
  readonly unit: Unit;
  readonly queries: readonly Query[];
  /** Of 24 columns. */
  readonly width: 4 | 6 | 8 | 12 | 24;
  /** From this value on it is red; `below`: it is red under it. */
  readonly red?: { readonly value: number; readonly below: boolean };
}

export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly rows: readonly { readonly title: string; readonly panels: readonly Panel[] }[];
}

const COLUMNS = 24;

/** The JSON that Grafana provisions dashboards from. */
export function renderDashboard({ uid, title, rows }: Dashboard): string {
  const panels: object[] = [];
  let top = 0;
  for (const row of rows) {
    panels.push({
      id: panels.length + 1,
      type: 'row',
      title: row.title,
      collapsed: false,
      gridPos: { x: 0, y: top, w: COLUMNS, h: 1 },
      panels: [],
    });
    top += 1;
    let left = 0;
    let height = 0;
    for (const panel of row.panels) {
      const own = panel.kind === 'stat' ? 4 : 8;
      if (left + panel.width > COLUMNS) [left, top, height] = [0, top + height, 0];
      panels.push(newPanel(panel, panels.length + 1, { x: left, y: top, w: panel.width, h: own }));
      left += panel.width;
      height = Math.max(height, own);
    }
    top += height;
  }
  const board = {
    uid,
    title,
    tags: ['medaccord'],
    schemaVersion: 39,
    version: 1,
    editable: true,
    graphTooltip: 1,
    refresh: '30s',
    time: { from: 'now-3h', to: 'now' },
    timezone: 'browser',
    templating: { list: [newVariable('channel', 'ledger_blockchain_height', false), newVariable('organisation', 'up', true)] },
    annotations: { list: [ALERTS] },
    links: [{ type: 'dashboards', title: 'Others', tags: ['medaccord'], asDropdown: false, includeVars: true, keepTime: true }],
    panels,
  };
  return `${JSON.stringify(board, null, 2)}\n`;
}

function newPanel({ title, about, kind, unit, queries, red }: Panel, id: number, gridPos: object): object {
  const steps = red === undefined ? [{ color: 'green', value: null }] : newSteps(red);
  return {
    id,
    type: kind,
    title,
    description: about,
    datasource: DATA_SOURCE,
    gridPos,
    targets: queries.map(({ expr, legend }, index) => ({
      refId: String.fromCharCode(65 + index),
      datasource: DATA_SOURCE,
      expr,
      legendFormat: legend,
      ...(kind === 'timeseries' ? { range: true } : { instant: true }),
    })),
    fieldConfig: {
      defaults: { unit, min: unit === 'none' ? null : 0, thresholds: { mode: 'absolute', steps } },
      overrides: [],
    },
    options:
      kind === 'timeseries'
        ? TIME_SERIES
        : { ...REDUCED, ...(kind === 'bargauge' ? { orientation: 'horizontal' } : { colorMode: 'value' }) },
  };
}

function newSteps({ value, below }: NonNullable<Panel['red']>): object[] {
  return [
    { color: below ? 'red' : 'green', value: null },
    { color: below ? 'green' : 'red', value },
  ];
}

const TIME_SERIES = { legend: { displayMode: 'list', placement: 'bottom', showLegend: true }, tooltip: { mode: 'multi', sort: 'desc' } };
const REDUCED = { reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false }, textMode: 'auto' };

/** Alerts are marked on every curve. */
const ALERTS = {
  name: 'Alerts',
  datasource: DATA_SOURCE,
  enable: true,
  iconColor: 'red',
  expr: 'ALERTS{alertstate="firing"}',
  titleFormat: '{{alertname}}',
  textFormat: '{{job}} {{organisation}}',
  step: '60s',
};

function newVariable(name: string, metric: string, several: boolean): object {
  const query = `label_values(${metric}, ${name})`;
  return {
    name,
    type: 'query',
    datasource: DATA_SOURCE,
    definition: query,
    query: { query, refId: 'variable' },
    refresh: 2,
    sort: 1,
    includeAll: several,
    multi: several,
    ...(several ? { allValue: '.*', current: { text: 'All', value: '$__all' } } : {}),
  };
}
