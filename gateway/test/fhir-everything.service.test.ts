import { expectOutcome, linkOf, newFhirDoor, pathOf } from './support/fhir-door';
import { TestConsortium, type Answer, type TestGateway } from './support/test-consortium';
import { TestPatient } from './support/test-patient';

const consortium = new TestConsortium();
const ada = new TestPatient(consortium, 'AlphaMSP');
const bea = new TestPatient(consortium, 'AlphaMSP');
let gateway: TestGateway;
const fhir = newFhirDoor(() => gateway);
const coded = { code: { text: 'x' } };

beforeAll(async () => {
  await consortium.start();
  gateway = consortium.gateway('AlphaMSP');
  for (const [id, patient] of [
    ['ada', ada],
    ['bea', bea],
  ] as const) {
    await patient.register();
    await fhir('PUT', `/Patient/${id}`, { body: { resourceType: 'Patient', id }, headers: { 'medaccord-subject': patient.subjectRef } });
  }
  await fhir('PUT', '/Practitioner/dr', { body: { resourceType: 'Practitioner', id: 'dr' } });
  const performer = [{ reference: 'Practitioner/dr' }];
  for (const [at, year] of ['2019', '2020', '2021-06'].entries())
    await write('ada', {
      resourceType: 'Observation',
      id: `o${String(at)}`,
      status: 'final',
      ...coded,
      effectiveDateTime: year,
      performer,
    });
  await write('ada', { resourceType: 'Procedure', id: 'p', status: 'completed', ...coded, performedPeriod: { start: '2020-03-01' } });
  await write('ada', { resourceType: 'Flag', id: 'a', status: 'active', ...coded });
  await write('bea', { resourceType: 'Observation', id: 'of-bea', status: 'final', ...coded, performer });
}, 30_000);

afterAll(async () => {
  await consortium.stop();
});

async function write(patient: string, resource: Readonly<Record<string, unknown>>): Promise<void> {
  const body = { ...resource, subject: { reference: `Patient/${patient}` } };
  const done = await fhir('PUT', `/${String(resource['resourceType'])}/${String(resource['id'])}`, { body });
  expect([done.text, done.status]).toEqual([expect.anything(), 201]);
}

const idsOf = ({ body }: Answer, mode = 'match'): string[] =>
  (body.entry ?? [])
    .filter(({ search }: { search: { mode: string } }) => search.mode === mode)
    .map(({ resource }: { resource: { id: string } }) => resource.id);
const everything = (query = '', role = 'physician'): Promise<Answer> => fhir('GET', `/Patient/ada/$everything${query}`, { role });

describe('everything of a patient', () => {
  it('is the patient, all her records and what they refer to that is nobody’s, and nothing of another patient', async () => {
    const all = await everything();
    expect(all.body).toMatchObject({ resourceType: 'Bundle', type: 'searchset' });
    expect(all.body.entry[0].fullUrl).toBe(`${gateway.url}/fhir/Patient/ada`);
    expect([idsOf(all), idsOf(all, 'include'), linkOf(all, 'next')]).toEqual([['ada', 'a', 'o0', 'o1', 'o2', 'p'], ['dr'], undefined]);
  });

  it('comes page by page, in an order that new data do not change', async () => {
    const seen: string[] = [];
    let page = await everything('?_count=2');
    seen.push(...idsOf(page));
    await write('ada', { resourceType: 'Procedure', id: 'late', status: 'completed', ...coded });
    for (let next = linkOf(page, 'next'); next !== undefined; next = linkOf(page, 'next')) {
      expect(next).not.toContain('Observation');
      page = await fhir('GET', pathOf(next));
      seen.push(...idsOf(page));
    }
    expect(seen).toEqual(['ada', 'a', 'o0', 'o1', 'o2', 'p', 'late']);
    const first = linkOf(await everything('?_count=2'), 'next') ?? '';
    expectOutcome(await fhir('GET', pathOf(first).replace('/ada/', '/bea/')), 400, 'REQUEST_INVALID');
    expectOutcome(await fhir('GET', `${pathOf(first)}&_count=3`), 400, 'REQUEST_INVALID');
  });

  it('is narrowed by type, by dates of care and by time of change', async () => {
    expect(idsOf(await everything('?_type=Observation,Procedure'))).toEqual(['o0', 'o1', 'o2', 'p', 'late']);
    const typed = await everything('?_type=Observation');
    expect([idsOf(typed), idsOf(typed, 'include')]).toEqual([['o0', 'o1', 'o2'], []]);
    expect(idsOf(await everything('?_type=Observation&start=2020-01-01&end=2020-12-31'))).toEqual(['o1']);
    expect(idsOf(await everything('?start=2020-02-01'))).toEqual(['ada', 'a', 'o1', 'o2', 'p', 'late']);
    expect(idsOf(await everything('?_type=Observation&end=2019'))).toEqual(['o0']);
    const { meta } = (await fhir('GET', '/Procedure/late')).body;
    expect(idsOf(await everything(`?_type=Procedure&_since=${String(meta.lastUpdated)}`))).toEqual(['late']);
    expectOutcome(await everything('?_type=Canary'), 400, 'REQUEST_INVALID');
    expectOutcome(await everything('?start=le2020'), 400, 'REQUEST_INVALID');
    expectOutcome(await everything('?canary=1'), 400, 'REQUEST_INVALID');
  });

  it('leaves out what was deleted, and is not of a patient who is not held, or not any more', async () => {
    await fhir('DELETE', '/Observation/o0');
    expect(idsOf(await everything('?_type=Observation'))).toEqual(['o1', 'o2']);
    expectOutcome(await fhir('GET', '/Patient/none/$everything'), 404, 'RESOURCE_NOT_FOUND');
    await fhir('DELETE', '/Patient/bea');
    expectOutcome(await fhir('GET', '/Patient/bea/$everything'), 410, 'RESOURCE_DELETED');
    expectOutcome(await everything('', 'registrar'), 403, 'ROLE_NOT_ALLOWED');
  });
});
