import { randomUUID } from 'node:crypto';
import { newChart, chartNames, type ChartName, type TestChart } from './support/test-chart';
import { TestConsortium, type Answer, type Sent, type TestGateway } from './support/test-consortium';
import { TestDelegate } from './support/test-delegate';
import { TestPatient } from './support/test-patient';

/** A patient reads her own records at her custodian, with the key of one of her relations. */
const consortium = new TestConsortium();
let alpha: TestGateway;
let ada: TestPatient;
let bea: TestPatient;
let chart: TestChart;
let others: TestChart;

beforeAll(async () => {
  await consortium.start();
  alpha = consortium.gateway('AlphaMSP');
  [ada, bea] = [new TestPatient(consortium, 'AlphaMSP'), new TestPatient(consortium, 'AlphaMSP')];
  [chart, others] = [newChart(), newChart()];
  for (const [patient, { bundle }] of [
    [ada, chart],
    [bea, others],
  ] as const) {
    await patient.register();
    expect((await patient.import(bundle)).status).toBe(201);
    expect((await patient.checkIn('BetaMSP')).status).toBe(201);
  }
}, 30_000);

afterAll(async () => {
  await consortium.stop();
});

async function get(path: string, { at = 'AlphaMSP', ...sent }: Sent & { readonly at?: string } = {}): Promise<Answer> {
  const token = await ada.token(at);
  return consortium.gateway(at).send(`/fhir/own/${ada.relationRef}/${path}`, { token, ...sent });
}

const pathOf = (name: ChartName, of = chart): string => `${of.entries[name].type}/${of.entries[name].id}`;
const idsOf = ({ body }: Answer): string[] => (body.entry ?? []).map(({ resource }: { resource: { id: string } }) => resource.id);
const codeOf = ({ status, body }: Answer): unknown => [status, body.issue?.[0].details.coding[0].code];

describe('a patient', () => {
  it('reads all of hers, also what is sensitive, as it was anchored', async () => {
    for (const name of chartNames) {
      const own = await alpha.send(`/fhir/${pathOf(name)}`, { token: await alpha.token('records') });
      const read = await get(pathOf(name));
      expect([name, read.status, read.text]).toEqual([name, 200, own.text]);
      expect(read.headers.get('content-location')).toBe(`${alpha.url}/fhir/own/${ada.relationRef}/${pathOf(name)}/_history/1`);
      expect((await get(`${pathOf(name)}/_history/1`)).text).toBe(own.text);
      expect((await get(`${pathOf(name)}/_history`)).body.total).toBe(1);
    }
  });

  it('finds hers alone, whatever she asks for, and counts them alone', async () => {
    const found = await get('Condition?_total=accurate');
    expect([idsOf(found).sort(), found.body.total]).toEqual([[chart.entries.diagnosis.id, chart.entries.psychosis.id].sort(), 2]);
    for (const query of [`_id=${others.entries.diagnosis.id}`, `patient=${others.entries.patient.id}`, `_lastUpdated=lt2000`])
      expect((await get(`Condition?_total=accurate&${query}`)).body).toMatchObject({ total: 0 });
    expect((await get(`Observation?identifier=urn:lab%7C${others.entries.glucose.id}&_summary=count`)).body.total).toBe(0);
    const joined = await get(`Patient?_include=*&_revinclude=*&_has:Condition:subject:code=x`);
    expect(idsOf(joined)).toEqual([chart.entries.patient.id]);
    const posted = await get('Observation/_search', {
      method: 'POST',
      body: `_id=${chart.entries.glucose.id},${others.entries.glucose.id}`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(idsOf(posted)).toEqual([chart.entries.glucose.id]);
  });

  it('is given everything of hers at once, page by page, and nothing beside it', async () => {
    const all = chartNames.map((name) => chart.entries[name].id).sort();
    for (const path of ['Patient/$everything', `${pathOf('patient')}/$everything`]) {
      expect(idsOf(await get(path)).sort()).toEqual(all);
      const first = await get(`${path}?_count=4`);
      const next = first.body.link.find(({ relation }: { relation: string }) => relation === 'next').url as string;
      const second = await get(next.slice(next.indexOf('Patient')));
      expect([...idsOf(first), ...idsOf(second)].sort()).toEqual(all);
    }
    expect((await get(`${pathOf('patient', others)}/$everything`)).status).toBe(404);
    const statement = await alpha.send(`/fhir/own/${ada.relationRef}/metadata`);
    expect(statement.body).toMatchObject({
      resourceType: 'CapabilityStatement',
      implementation: { url: `${alpha.url}/fhir/own/${ada.relationRef}` },
    });
  });

  it('pages through hers, by links that another patient cannot use for more', async () => {
    const first = await get('Observation?_count=1');
    const next = first.body.link.find(({ relation }: { relation: string }) => relation === 'next').url as string;
    const second = await get(next.slice(next.indexOf('Observation')));
    expect([...idsOf(first), ...idsOf(second)]).toEqual([chart.entries.glucose.id, chart.entries.sodium.id]);
    const path = `/fhir/own/${bea.relationRef}/${next.slice(next.indexOf('Observation'))}`;
    const elsewhere = await alpha.send(path, { token: await bea.token('AlphaMSP') });
    for (const id of idsOf(elsewhere)) expect([others.entries.glucose.id, others.entries.sodium.id]).toContain(id);
  });

  it("is told of others' records what she is told of none", async () => {
    for (const name of chartNames) {
      const [other, none] = [await get(pathOf(name, others)), await get(`${chart.entries[name].type}/never-was`)];
      expect([other.status, { ...other.body, id: '' }]).toEqual([404, { ...none.body, id: '' }]);
      expect((await get(`${pathOf(name, others)}/_history`)).status).toBe(404);
      expect((await get(`${pathOf(name, others)}/_history/1`)).status).toBe(404);
    }
  });

  it('reads at her custodian, with a key of this relation: no staff, no other patient, no delegate', async () => {
    expect(codeOf(await get(pathOf('glucose'), { at: 'BetaMSP' }))).toEqual([403, 'NOT_THE_CUSTODIAN']);
    expect(codeOf(await get(pathOf('glucose'), { token: await bea.token('AlphaMSP') }))).toEqual([403, 'ROLE_NOT_ALLOWED']);
    expect(codeOf(await get(pathOf('glucose'), { token: await alpha.token('records') }))).toEqual([403, 'ROLE_NOT_ALLOWED']);
    const delegate = new TestDelegate(ada);
    expect((await delegate.grant()).status).toBe(201);
    expect(codeOf(await get(pathOf('glucose'), { token: await delegate.token('AlphaMSP') }))).toEqual([403, 'ROLE_NOT_ALLOWED']);
  });

  it('reads nothing while she is held, for the key may be in other hands', async () => {
    const sent = { token: await alpha.token('registrar'), key: randomUUID(), body: {} };
    expect((await alpha.send(`/api/patients/${ada.subjectRef}/hold`, sent)).status).toBe(201);
    await consortium.untilFollowing();
    for (const path of [pathOf('glucose'), pathOf('glucose', others), 'Observation', `${pathOf('glucose')}/_history`])
      expect(codeOf(await get(path))).toEqual([403, 'ROLE_NOT_ALLOWED']);
  });
});
