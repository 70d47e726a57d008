import { chartNames, type ChartName } from '../test-chart';
import type { Sent } from '../door';
import type { State } from './states';

/** One request of a walk. */
export interface Request {
  readonly path: string;
  readonly sent?: Sent;
  /** The resource that it names, if it names one: who does not see it must get the answer that `absent` gets. */
  readonly names?: ChartName;
  readonly absent?: { readonly path: string; readonly sent?: Sent };
  /** The type whose resources it counts. */
  readonly counts?: string;
}

/** The requests to a route, written as the router writes it, in a state. The first is sent by whoever is not let in, too. */
export type Asking = (path: string, state: State) => readonly Request[];

/** Stands for what was never there; ids of a chart are as long as it, so that answers are. */
const stranger = 'A'.repeat(22);
const never = (id: string): string => 'n'.repeat(id.length);
const fhir = { 'content-type': 'application/fhir+json' };
const form = { 'content-type': 'application/x-www-form-urlencoded' };

function fill(path: string, values: Readonly<Record<string, string>>): string {
  return path.replaceAll(/:(\w+)/g, (_match, name: string) => values[name] ?? stranger);
}

function valuesOf({ patient, requestId }: State): Record<string, string> {
  const { relationRef, subjectRef } = patient;
  return { relationRef, subjectRef, requestId, requester: 'BetaMSP', version: '1', versionId: '1', type: 'Observation' };
}

/** As it stands, for this patient, relation and request. */
export const once: Asking = (path, state) => [{ path: fill(path, valuesOf(state)) }];

/** An empty body, for nobody. */
export const refused: Asking = (path) => [{ path: fill(path, {}), sent: { method: 'POST', body: {}, key: 'walk' } }];

/** Each resource of the chart by type and id. */
export const byName: Asking = (path, state) =>
  chartNames.map((name) => {
    const { type, id } = state.chart.entries[name];
    const at = (own: string): string => fill(path, { ...valuesOf(state), type, id: own });
    return { path: at(id), names: name, absent: { path: at(never(id)) } };
  });

export const byRecord: Asking = (path, state) =>
  chartNames.map((name) => ({
    path: fill(path, { recordId: state.records[name] }),
    names: name,
    absent: { path: fill(path, {}) },
  }));

export const ofSubject: Asking = (path, { patient }) => [
  { path: `${path}?subject=${patient.subjectRef}`, names: 'patient', absent: { path: `${path}?subject=${stranger}` } },
];

export const ofPatient: Asking = (path, state) => {
  const { id } = state.chart.entries.patient;
  const at = (own: string): string => fill(path, { ...valuesOf(state), id: own });
  return [{ path: at(id), names: 'patient', absent: { path: at(never(id)) } }];
};

/** By type, id, patient and identifier; with totals, and with all that could join something to what is found. */
export const searches: Asking = (path, state) =>
  listSearches(state).map(({ type, query, absent, ...request }) => {
    const at = (own: string): string => `${fill(path, { ...valuesOf(state), type })}?${own}`;
    return { ...request, path: at(query), ...(absent !== undefined && { absent: { path: at(absent) } }) };
  });

/** The same in a body, but for what is in the address alike. */
export const formSearches: Asking = (path, state) =>
  listSearches(state, false).map(({ type, query, absent, ...request }) => {
    const at = fill(path, { ...valuesOf(state), type });
    const sentAs = (body: string): Sent => ({ method: 'POST', body, headers: form });
    return { ...request, path: at, sent: sentAs(query), ...(absent !== undefined && { absent: { path: at, sent: sentAs(absent) } }) };
  });

interface Search extends Omit<Request, 'path' | 'sent' | 'absent'> {
  readonly type: string;
  readonly query: string;
  readonly absent?: string;
}

function typesOf({ chart }: State): readonly string[] {
  return [...new Set(chartNames.map((name) => chart.entries[name].type))];
}

function listSearches(state: State, isWhole = true): readonly Search[] {
  const { chart } = state;
  const types = typesOf(state);
  const patient = chart.entries.patient.id;
  const joined = '_include=*&_include:iterate=*&_revinclude=*&_has:Observation:subject:status=final&_contained=true&_graph=x';
  return [
    ...types.flatMap((type) => [
      { type, query: `_total=accurate&_count=100`, counts: type },
      ...(isWhole ? [{ type, query: `patient=${patient}&_sort=-_lastUpdated&_total=accurate`, counts: type }] : []),
      ...(isWhole ? [{ type, query: `${joined}&patient=${patient}&_count=100&_format=xml` }] : []),
    ]),
    ...chartNames.map((name) => {
      const { type, id } = chart.entries[name];
      return { type, query: `_id=${id}&_total=accurate`, names: name, absent: `_id=${never(id)}&_total=accurate` };
    }),
    { type: 'Observation', query: `identifier=urn:lab%7C${chart.entries.glucose.id}&_summary=count`, names: 'glucose' },
  ];
}

/** What was written last, of all types and of one. */
export const latest: Asking = (path) => [{ path: `${path}?_count=100` }, { path: `${path}?_count=100&_since=2000-01-01T00:00:00Z` }];
export const histories: Asking = (path, state) => typesOf(state).map((type) => ({ path: `${fill(path, { type })}?_count=100` }));

/** Something that is no resource, held against what stands there. */
export const validations: Asking = (path, state) =>
  chartNames.map((name) => {
    const { type, id } = state.chart.entries[name];
    return { path: fill(path, { type, id }), sent: { method: 'POST', body: { resourceType: type, gender: 7 }, headers: fhir } };
  });

/** A batch that reads each resource, and what else could be read of it. */
export const batches: Asking = (path, { chart }) => {
  const entry = Object.values(chart.entries).flatMap(({ type, id }) =>
    [`${type}/${id}`, `${type}/${id}/_history`, `${type}?_id=${id}`].map((url) => ({ request: { method: 'GET', url } })),
  );
  return [{ path, sent: { method: 'POST', body: { resourceType: 'Bundle', type: 'batch', entry }, headers: fhir } }];
};

/** Writes to each resource that must be refused, or have no effect: for a version that never was, and without a resource. */
export const writes: Asking = (path, state) =>
  chartNames.map((name) => {
    const { type, id } = state.chart.entries[name];
    const values = { ...valuesOf(state), type, id };
    const query = path.endsWith(':id') ? '' : `?_id=${id}`;
    return {
      path: fill(path, values) + query,
      sent: { body: { resourceType: type, status: 7 }, headers: { ...fhir, 'if-match': 'W/"999"' } },
    };
  });

export const preview: Asking = (path, state) => [
  { path: fill(path, valuesOf(state)), sent: { method: 'POST', body: { sets: [{ base: 'permit', exceptions: [] }] } } },
];

export const decisions: Asking = (path, { patient, records }) => {
  const asked = { relationRef: patient.relationRef, purpose: 'TREAT' };
  return [
    { path, sent: { method: 'POST', body: { ...asked, categories: ['laboratory', 'psychiatry'] } } },
    { path, sent: { method: 'POST', body: { ...asked, records: Object.values(records) } } },
  ];
};
