import { randomUUID } from 'node:crypto';
import { formatInstant, type ConsentSet } from '@medaccord/chaincode/model';
import { closeRelation } from '../../../src/wallet';
import { chartNames, newChart, type ChartName, type TestChart } from '../test-chart';
import { waitFor, type TestConsortium } from '../test-consortium';
import { at, HOUR, TestDelegate } from '../test-delegate';
import { ask, TestPatient } from '../test-patient';
import { department } from './department';

/** A patient of Alpha with a relation to Beta in one state of her consent, and what a physician at Beta may see of her chart in it. */
export interface State {
  readonly name: string;
  readonly patient: TestPatient;
  readonly delegate: TestDelegate;
  readonly chart: TestChart;
  /** What was asked at Beta, and its answer is the newest; a text that is nobody's where nothing was released. */
  readonly requestId: string;
  /** Ids of the records at Alpha, by name. */
  readonly records: Readonly<Record<ChartName, string>>;
  readonly seen: readonly ChartName[];
  /** Of a physician whose department the consent names, where it names one. */
  readonly seenInDepartment: readonly ChartName[];
}

/** How a state is come to. */
interface Plan {
  /** The consent before the request. */
  readonly sets: readonly ConsentSet[];
  readonly validForMs?: number;
  readonly seen: readonly ChartName[];
  readonly seenInDepartment?: readonly ChartName[];
  /** Whether the request is answered with records. */
  readonly isReleased: boolean;
  /** What happens after it. */
  readonly then?: (patient: TestPatient, consortium: TestConsortium) => Promise<unknown>;
  /** Whether it is asked for again then. */
  readonly isAskedAgain?: true;
}

const everything = ['laboratory', 'conditions', 'encounters', 'medications', 'demographics', 'psychiatry'] as const;
const laboratory: readonly ChartName[] = ['glucose', 'sodium'];
const permit = (exception: Partial<ConsentSet['exceptions'][number]>): readonly ConsentSet[] => [
  { base: 'deny', exceptions: [{ decision: 'permit', ...exception }] },
];
const narrow = permit({ categories: ['laboratory'], purposes: ['TREAT'] });
const broad: readonly ConsentSet[] = [
  { base: 'permit', exceptions: [{ decision: 'permit', categories: ['psychiatry'], confidentiality: 'R' }] },
];
const nothing: readonly ConsentSet[] = [{ base: 'deny', exceptions: [] }];
const released = { sets: broad, isReleased: true, seen: [] };

const plans: Readonly<Record<string, Plan>> = {
  'no consent': { sets: nothing, isReleased: false, seen: [] },
  'a narrow permit': { sets: narrow, isReleased: true, seen: laboratory },
  'a broad permit': { ...released, seen: chartNames },
  'a permit that names nothing sensitive': {
    ...{ sets: [{ base: 'permit', exceptions: [] }], isReleased: true },
    seen: chartNames.filter((name) => name !== 'psychosis'),
  },
  'a permit for a department': {
    ...{ sets: permit({ categories: ['laboratory'], departments: [department] }), isReleased: true },
    ...{ seen: [], seenInDepartment: laboratory },
  },
  'a deny after a release': { ...released, then: (patient) => patient.consentTo('BetaMSP', nothing) },
  'a narrower consent after a release': {
    ...released,
    seen: laboratory,
    then: (patient) => patient.consentTo('BetaMSP', narrow),
    isAskedAgain: true,
  },
  'a revocation': { ...released, then: (patient) => patient.revoke('GammaMSP') },
  'a closed relation': { ...released, then: close },
  'an expired consent': { ...released, validForMs: 2_000, then: waitForEnd },
  'a hold': { ...released, then: hold },
};

export const stateNames = Object.keys(plans);

/** Brings a patient of her own into a state. */
export async function newState(consortium: TestConsortium, name: string): Promise<State> {
  const plan = plans[name];
  if (plan === undefined) throw new Error(`no state ${name}`);
  const patient = new TestPatient(consortium, 'AlphaMSP');
  const chart = newChart([], { status: 'in-progress', serviceProvider: { reference: `Organization/${department}` } });
  expect((await patient.register()).status).toBe(201);
  const imported = await patient.import(chart.bundle);
  expect(imported.status).toBe(201);
  await patient.checkIn('BetaMSP');
  const delegate = new TestDelegate(patient);
  expect((await delegate.grant({ withheld: ['psychiatry'] })).status).toBe(201);
  const { sets, validForMs } = plan;
  const validity = validForMs === undefined ? null : { from: at(-HOUR), until: formatInstant(Date.now() + validForMs) };
  await patient.sign('BetaMSP', { sets, validity });
  const first = await request(patient, plan.isReleased);
  await plan.then?.(patient, consortium);
  const requestId = plan.isAskedAgain === undefined ? first : await request(patient, true);
  return {
    ...{ name, patient, delegate, chart, requestId, seen: plan.seen },
    seenInDepartment: plan.seenInDepartment ?? plan.seen,
    records: await readRecordIds(patient, chart),
  };
}

/** A physician asks for all that there is. */
async function request({ relationRef, consortium }: TestPatient, isReleased: boolean): Promise<string> {
  const beta = consortium.gateway('BetaMSP');
  const token = await beta.token('physician', 'lee', 600, { department });
  const { body } = await ask(beta, relationRef, everything, { token });
  expect(body.status).toBe(isReleased ? 'released' : 'refused');
  return body.requestId as string;
}

async function readRecordIds(patient: TestPatient, chart: TestChart): Promise<State['records']> {
  const alpha = patient.consortium.gateway('AlphaMSP');
  const { body } = await alpha.send(`/api/records?subject=${patient.subjectRef}`, { token: await alpha.token('records') });
  const records = body.records as readonly { readonly recordId: string; readonly reference: string }[];
  const idOf = (name: ChartName): string | undefined =>
    records.find(({ reference }) => reference === `${chart.entries[name].type}/${chart.entries[name].id}`)?.recordId;
  return Object.fromEntries(chartNames.map((name) => [name, idOf(name) ?? ''])) as State['records'];
}

async function close(patient: TestPatient, consortium: TestConsortium): Promise<void> {
  const signed = await closeRelation(patient.wallet, patient.relationRef as never);
  patient.wallet = signed.wallet;
  expect((await consortium.gateway('GammaMSP').send('/api/consents', { body: signed.request })).status).toBe(201);
}

async function hold(patient: TestPatient, consortium: TestConsortium): Promise<void> {
  const alpha = consortium.gateway('AlphaMSP');
  const sent = { token: await alpha.token('registrar'), key: randomUUID(), body: {} };
  expect((await alpha.send(`/api/patients/${patient.subjectRef}/hold`, sent)).status).toBe(201);
}

async function waitForEnd(): Promise<void> {
  const end = Date.now() + 2_000;
  await waitFor(() => Date.now() > end, 5_000);
}
