import { Client } from 'fhir-kit-client';
import { TestConsortium, type TestGateway } from './support/test-consortium';
import { TestPatient } from './support/test-patient';

// The client's answers are loosely typed: the test says what it expects.
/* eslint-disable @typescript-eslint/no-explicit-any */

const consortium = new TestConsortium();
let gateway: TestGateway;
let client: Client;

beforeAll(async () => {
  await consortium.start();
  gateway = consortium.gateway('AlphaMSP');
  client = new Client({ baseUrl: `${gateway.url}/fhir`, bearerToken: await gateway.token('records') });
}, 30_000);

afterAll(async () => {
  await consortium.stop();
});

describe('fhir-kit-client', () => {
  const ward = { resourceType: 'Location', id: 'ward', name: 'a' };

  it('patches, validates and labels a resource', async () => {
    await client.update({ resourceType: 'Location', id: 'ward', body: ward });
    const patched: any = await client.patch({
      resourceType: 'Location',
      id: 'ward',
      jsonPatch: [{ op: 'replace', path: '/name', value: 'b' }],
    });
    expect([patched.name, patched.meta.versionId]).toEqual(['b', '2']);
    const outcome: any = await client.operation({
      name: 'validate',
      resourceType: 'Location',
      input: { ...ward, status: 'canary' },
    });
    expect(outcome.issue).toMatchObject([{ severity: 'error', expression: ['Location.status'] }]);
    const labels: any = { resourceType: 'Parameters', parameter: [{ name: 'meta', valueMeta: { tag: [{ system: 'urn:t', code: 'x' }] } }] };
    const labelled: any = await client.operation({ name: 'meta-add', resourceType: 'Location', id: 'ward', input: labels });
    expect(labelled.parameter[0].valueMeta).toMatchObject({ tag: [{ code: 'x' }], versionId: '3' });
  });

  it('follows what changed, of a type and of all', async () => {
    await client.delete({ resourceType: 'Location', id: 'ward' });
    const methodsOf = ({ entry }: any): string[] => entry.map(({ request }: any) => request.method);
    expect(methodsOf(await client.typeHistory({ resourceType: 'Location' }))).toEqual(['DELETE', 'PUT', 'PUT', 'PUT']);
    expect(methodsOf(await client.systemHistory())).toEqual(['DELETE', 'PUT', 'PUT', 'PUT']);
  });

  it('reads everything of a patient page by page', async () => {
    const ada = new TestPatient(consortium, 'AlphaMSP');
    await ada.register();
    const headers = { 'medaccord-subject': ada.subjectRef };
    await client.update({ resourceType: 'Patient', id: 'ada', body: { resourceType: 'Patient', id: 'ada' }, options: { headers } });
    for (const id of ['1', '2', '3'])
      await client.update({
        resourceType: 'Basic',
        id,
        body: { resourceType: 'Basic', id, code: { text: 'x' }, subject: { reference: 'Patient/ada' } },
      });
    let page: any = await client.request('Patient/ada/$everything?_count=2');
    const ids: string[] = [];
    for (; page !== undefined; page = await client.nextPage({ bundle: page }))
      ids.push(...page.entry.map(({ resource }: any) => resource.id));
    expect(ids).toEqual(['ada', '1', '2', '3']);
  });
});
