import { randomUUID } from 'node:crypto';

/** A small record of one patient; each resource has an id and a text of its own that stand nowhere else. */
export const chartNames = ['patient', 'encounter', 'glucose', 'sodium', 'diagnosis', 'psychosis', 'medication'] as const;
export type ChartName = (typeof chartNames)[number];

export interface TestChart {
  readonly bundle: object;
  readonly entries: Readonly<Record<ChartName, ChartEntry>>;
}

export interface ChartEntry {
  readonly type: string;
  readonly id: string;
  /** What tells that somebody saw the resource, or learnt of it: its id, or a text in it. */
  readonly canaries: readonly string[];
  readonly resource: object;
}

type Resource = Readonly<Record<string, unknown>> & { readonly resourceType: string };

const act = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
const confidentiality = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';
const category = (code: string): object[] => [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code }] }];

/**
 * @param labels security labels of the diagnosis
 * @param stay what the encounter says beyond the rest
 */
export function newChart(labels: readonly { readonly system: string; readonly code: string }[] = [], stay: object = {}): TestChart {
  const mark = randomUUID().slice(0, 8);
  const idOf = (name: ChartName): string => `${name}-${mark}`;
  const text = (name: ChartName): string => `canary-${mark}-${name}`;
  const subject = { reference: `Patient/${idOf('patient')}` };
  const encounter = { reference: `Encounter/${idOf('encounter')}`, display: text('encounter') };
  const clinical: Record<ChartName, Resource> = {
    patient: { resourceType: 'Patient', ...{ name: [{ family: text('patient') }], birthDate: '1970-01-01' } },
    encounter: {
      ...{ resourceType: 'Encounter', status: 'finished', class: { system: act, code: 'AMB' } },
      ...{ subject, reasonCode: [{ text: text('encounter') }], ...stay },
    },
    glucose: {
      ...{ resourceType: 'Observation', status: 'final', category: category('laboratory'), code: { text: text('glucose') } },
      ...{ subject, encounter, identifier: [{ system: 'urn:lab', value: idOf('glucose') }] },
      hasMember: [{ reference: `Observation/${idOf('sodium')}` }],
    },
    sodium: {
      ...{ resourceType: 'Observation', status: 'final', category: category('laboratory'), code: { text: text('sodium') } },
      ...{ subject, effectiveDateTime: '2026-03-04' },
    },
    diagnosis: {
      ...{ resourceType: 'Condition', code: { text: text('diagnosis') }, subject },
      ...(labels.length > 0 && { meta: { security: labels } }),
    },
    psychosis: {
      ...{ resourceType: 'Condition', code: { text: text('psychosis') }, subject },
      meta: {
        security: [
          { system: act, code: 'PSY' },
          { system: confidentiality, code: 'R' },
        ],
      },
    },
    medication: {
      ...{ resourceType: 'MedicationStatement', status: 'active', medicationCodeableConcept: { text: text('medication') }, subject },
      reasonReference: [{ reference: `Condition/${idOf('psychosis')}`, display: text('psychosis') }],
    },
  };
  const entries = Object.fromEntries(
    chartNames.map((name) => {
      const { resourceType: type } = clinical[name];
      const id = idOf(name);
      return [name, { type, id, canaries: [id, text(name)], resource: { ...clinical[name], id } }];
    }),
  ) as unknown as TestChart['entries'];
  const entry = Object.values(entries).map(({ type, id, resource }) => ({ resource, request: { method: 'PUT', url: `${type}/${id}` } }));
  return { entries, bundle: { resourceType: 'Bundle', type: 'transaction', entry } };
}
