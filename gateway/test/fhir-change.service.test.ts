import { randomUUID } from 'node:crypto';
import { expectOutcome, linkOf, newFhirDoor, pathOf } from './support/fhir-door';
import { TestConsortium, type Answer, type TestGateway } from './support/test-consortium';

const consortium = new TestConsortium();
let gateway: TestGateway;
const fhir = newFhirDoor(() => gateway);
const canary = 'CANARY-77B1';

beforeAll(async () => {
  await consortium.start();
  gateway = consortium.gateway('AlphaMSP');
}, 30_000);

afterAll(async () => {
  await consortium.stop();
});

const put = (path: string, body: object): Promise<Answer> => fhir('PUT', path, { body });
const patch = (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
  fhir('PATCH', path, { body, headers });

describe('a patch', () => {
  const ward = '/Location/ward';
  const rename = [{ op: 'replace', path: '/name', value: 'north' }];

  beforeAll(async () => {
    await fhir('PUT', ward, {
      body: '{"resourceType":"Location","id":"ward","identifier":[{"value":"w-1"}],"name":"east","position":{"longitude":1.10,"latitude":2.0}}',
    });
  });

  it('writes the next version as it makes it of the newest, with the digits of every number kept', async () => {
    const done = await patch(ward, [...rename, { op: 'add', path: '/alias', value: ['n'] }]);
    expect([done.status, done.headers.get('etag')]).toEqual([200, 'W/"2"']);
    expect(done.body).toMatchObject({ name: 'north', alias: ['n'] });
    expect(done.text).toContain('"longitude":1.10');
    expect((await fhir('GET', `${ward}/_history/2`)).text).toBe(done.text);
    expect((await patch(ward, rename)).headers.get('etag')).toBe('W/"2"');
  });

  it('is refused when the version that the caller names is not the newest, whatever the patch says', async () => {
    expectOutcome(await patch(ward, rename, { 'if-match': 'W/"1"' }), 412, 'BUNDLE_VERSION_OUTDATED');
    expectOutcome(await patch(ward, rename, { 'if-match': 'east' }), 412, 'BUNDLE_VERSION_OUTDATED');
    expectOutcome(await patch(ward, rename, { 'if-match': '*' }), 400, 'REQUEST_INVALID');
    expect((await patch(ward, [{ op: 'replace', path: '/name', value: 'west' }], { 'if-match': 'W/"2"' })).headers.get('etag')).toBe(
      'W/"3"',
    );
  });

  it('is all or nothing, and tells the operation that does not fit, never a value', async () => {
    const blocks = consortium.ledger.blocks.length;
    const failing = await patch(ward, [...rename, { op: 'test', path: '/name', value: canary }]);
    expectOutcome(failing, 422, 'PATCH_FAILED');
    expect([failing.body.issue[0].expression, failing.text.includes(canary)]).toEqual([['patch[1]'], false]);
    expectOutcome(await patch(ward, [{ op: 'remove', path: `/${canary}` }]), 422, 'PATCH_FAILED');
    expectOutcome(await patch(ward, [{ op: 'add', path: '/status', value: canary }]), 422, 'FHIR_INVALID');
    expectOutcome(await patch(ward, [{ op: 'replace', path: '/id', value: 'other' }]), 400, 'BUNDLE_INVALID');
    expectOutcome(await patch(ward, [{ op: 'replace', path: '/resourceType', value: 'Patient' }]), 400, 'BUNDLE_INVALID');
    expectOutcome(await patch(ward, [{ op: 'remove', path: '' }]), 400, 'BUNDLE_INVALID');
    for (const body of ['{', '[{"op":"add","op":"add"}]']) expectOutcome(await patch(ward, body), 400, 'BUNDLE_NOT_JSON');
    for (const body of [{}, [1], [{ op: 'merge', path: '/name' }], [{ op: 'add', path: 'name', value: 1 }], [{ op: 'add', path: '/name' }]])
      expectOutcome(await patch(ward, body), 400, 'PATCH_INVALID');
    expect(consortium.ledger.blocks.length).toBe(blocks);
    expectOutcome(await patch(ward, rename, { 'content-type': 'application/json' }), 415, 'MEDIA_TYPE_UNSUPPORTED');
  });

  it('finds its resource by a condition, and nothing where there is none', async () => {
    expect((await patch('/Location?identifier=w-1', [{ op: 'add', path: '/description', value: 'found' }])).body.id).toBe('ward');
    await put('/Location/twin', { resourceType: 'Location', id: 'twin', identifier: [{ value: 'w-1' }] });
    expectOutcome(await patch('/Location?identifier=w-1', rename), 412, 'BUNDLE_CONDITION_AMBIGUOUS');
    expectOutcome(await patch('/Location?identifier=none', rename), 404, 'RESOURCE_NOT_FOUND');
    expectOutcome(await patch('/Location/none', rename), 404, 'RESOURCE_NOT_FOUND');
    await fhir('DELETE', '/Location/twin');
    expectOutcome(await patch('/Location/twin', rename), 410, 'RESOURCE_DELETED');
  });

  it('of many at once is made by each on what the others made', async () => {
    await put('/Location/busy', { resourceType: 'Location', id: 'busy', alias: ['0'] });
    const done = await Promise.all(['1', '2', '3'].map((value) => patch('/Location/busy', [{ op: 'add', path: '/alias/-', value }])));
    expect(done.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect((await fhir('GET', '/Location/busy')).body.alias.sort()).toEqual(['0', '1', '2', '3']);
  });

  it.each([
    ['by id', 'once', '/Location/once'],
    ['by a condition that it makes untrue', 'found-once', '/Location?identifier=found-once'],
  ])('%s is applied once when it is repeated with its key, also after a crash between the commit and the answer', async (_by, id, path) => {
    await put(`/Location/${id}`, { resourceType: 'Location', id, name: 'a', identifier: [{ value: id }] });
    const body = [
      { op: 'test', path: '/name', value: 'a' },
      { op: 'replace', path: '/name', value: 'b' },
      { op: 'replace', path: '/identifier/0/value', value: `${id}, then` },
    ];
    const key = randomUUID();
    const send = (): Promise<Answer> => fhir('PATCH', path, { body, key });
    const finish = jest.spyOn(gateway.store.responses, 'finish').mockRejectedValueOnce(new Error('killed before the answer was kept'));
    expect((await send()).status).toBe(500);
    finish.mockRestore();
    const again = await send();
    expect([again.status, again.body.name, again.headers.get('etag')]).toEqual([200, 'b', 'W/"2"']);
  });

  it('comes in a batch as a Binary, and in a transaction not at all', async () => {
    const data = Buffer.from(JSON.stringify([{ op: 'replace', path: '/name', value: 'batch' }])).toString('base64');
    const binary = { resourceType: 'Binary', contentType: 'application/json-patch+json', data };
    const entry = [
      { resource: binary, request: { method: 'PATCH', url: 'Location/ward' } },
      { resource: { resourceType: 'Parameters' }, request: { method: 'PATCH', url: 'Location/ward' } },
    ];
    const { body } = await fhir('POST', '', { body: { resourceType: 'Bundle', type: 'batch', entry } });
    expect(body.entry.map((one: { response: { status: string } }) => one.response.status)).toEqual(['200 OK', '400 Bad Request']);
    expect(body.entry[0].resource.name).toBe('batch');
    expectOutcome(await fhir('POST', '', { body: { resourceType: 'Bundle', type: 'transaction', entry } }), 400, 'BUNDLE_NOT_SUPPORTED');
  });
});

describe('profiles, labels and tags', () => {
  const path = '/Organization/labelled';
  const restricted = { system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' };
  const parameters = (valueMeta: object): object => ({ resourceType: 'Parameters', parameter: [{ name: 'meta', valueMeta }] });

  it('are told, added once and taken away, each change a version', async () => {
    await put(path, { resourceType: 'Organization', id: 'labelled', name: 'x', meta: { tag: [{ code: 'a' }] } });
    const [part] = (await fhir('GET', `${path}/$meta`, { role: 'physician' })).body.parameter;
    expect(part).toEqual({ name: 'return', valueMeta: { tag: [{ code: 'a' }], versionId: '1', lastUpdated: expect.any(String) } });
    const more = { tag: [{ code: 'a' }, { code: 'b' }], security: [restricted] };
    const added = await fhir('POST', `${path}/$meta-add`, { body: parameters(more) });
    expect(added.body.parameter[0].valueMeta).toMatchObject({ ...more, versionId: '2' });
    expect((await fhir('POST', `${path}/$meta-add`, { body: parameters(more) })).body.parameter[0].valueMeta.versionId).toBe('2');
    const taken = await fhir('POST', `${path}/$meta-delete`, {
      body: parameters({ tag: [{ code: 'a' }, { code: 'none' }], security: [restricted] }),
    });
    expect(taken.body.parameter[0].valueMeta).toEqual({ tag: [{ code: 'b' }], versionId: '3', lastUpdated: expect.any(String) });
    expect((await fhir('GET', `${path}/_history/2/$meta`)).body.parameter[0].valueMeta.security).toEqual([restricted]);
    expectOutcome(await fhir('POST', `${path}/$meta-add`, { body: { resourceType: 'Parameters' } }), 400, 'BUNDLE_INVALID');
    expectOutcome(await fhir('GET', '/Organization/absent/$meta'), 404, 'RESOURCE_NOT_FOUND');
  });
});

describe('$validate', () => {
  const right = { resourceType: 'Location', status: 'active' };

  it('says whether a resource would be written, with every element that is wrong, and writes nothing', async () => {
    const blocks = consortium.ledger.blocks.length;
    const valid = await fhir('POST', '/Location/$validate', { body: right, role: 'physician' });
    expect([valid.status, valid.body.issue[0].severity]).toEqual([200, 'information']);
    const wrong = await fhir('POST', '/Location/$validate', {
      body: { ...right, status: canary, mode: canary, [canary.toLowerCase()]: 1 },
    });
    expect([wrong.status, wrong.body.issue.map(({ code, severity }: { code: string; severity: string }) => [severity, code])]).toEqual([
      200,
      [
        ['error', 'code-invalid'],
        ['error', 'code-invalid'],
        ['error', 'structure'],
      ],
    ]);
    expect([wrong.body.issue[0].expression, wrong.text.toUpperCase().includes(canary)]).toEqual([['Location.status'], false]);
    expectOutcome(await fhir('POST', '/Location/$validate', { body: { resourceType: 'Patient' } }), 400, 'BUNDLE_INVALID');
    expectOutcome(await fhir('POST', '/Location/$validate', { body: '{' }), 400, 'BUNDLE_NOT_JSON');
    expectOutcome(await fhir('POST', '/NoType/$validate', { body: right }), 404, 'ROUTE_NOT_FOUND');
    expect(consortium.ledger.blocks.length).toBe(blocks);
  });

  it('takes Parameters with mode and profile, and says so when a profile is not known', async () => {
    const ask = async (parameter: object[], path = '/Location/$validate'): Promise<unknown[]> => {
      const { status, body } = await fhir('POST', path, {
        body: { resourceType: 'Parameters', parameter: [{ name: 'resource', resource: right }, ...parameter] },
      });
      return [status, ...body.issue.map(({ code }: { code: string }) => code)];
    };
    expect(await ask([{ name: 'mode', valueCode: 'create' }])).toEqual([200, 'informational']);
    expect(await ask([{ name: 'profile', valueUri: 'http://hl7.org/fhir/StructureDefinition/Location' }])).toEqual([200, 'informational']);
    expect(await ask([{ name: 'profile', valueUri: 'http://example.org/none' }])).toEqual([200, 'not-supported']);
    expect(await ask([{ name: 'mode', valueCode: 'other' }])).toEqual([400, 'invalid']);
    expect(await ask([], '/Location/ward/$validate')).toEqual([200, 'value']);
    expect(await ask([{ name: 'mode', valueCode: 'delete' }], '/Location/ward/$validate?mode=create')).toEqual([200, 'informational']);
  });
});

describe('the history of a type and of all', () => {
  it('tells what was written and deleted, newest first, page by page, whatever is written meanwhile', async () => {
    for (const name of ['a', 'b']) await put('/Device/d1', { resourceType: 'Device', id: 'd1', manufacturer: name });
    await put('/Device/d2', { resourceType: 'Device', id: 'd2' });
    await fhir('DELETE', '/Device/d2');
    const told = ({ body }: Answer): unknown[] =>
      (body.entry ?? []).map((one: { request: { method: string; url: string }; response: { etag?: string } }) => [
        one.request.method,
        one.request.url,
        one.response.etag,
      ]);
    const first = await fhir('GET', '/Device/_history?_count=2', { role: 'physician' });
    expect(first.body).toMatchObject({ resourceType: 'Bundle', type: 'history' });
    expect(told(first)).toEqual([
      ['DELETE', 'Device/d2', undefined],
      ['PUT', 'Device/d2', 'W/"1"'],
    ]);
    await put('/Device/d3', { resourceType: 'Device', id: 'd3' });
    const second = await fhir('GET', pathOf(linkOf(first, 'next') ?? ''));
    expect(told(second)).toEqual([
      ['PUT', 'Device/d1', 'W/"2"'],
      ['PUT', 'Device/d1', 'W/"1"'],
    ]);
    expect([second.body.entry[1].resource.manufacturer, linkOf(second, 'next')]).toEqual(['a', undefined]);
    const all = await fhir('GET', '/_history?_count=1');
    expect(told(all)).toEqual([['PUT', 'Device/d3', 'W/"1"']]);
    expect(told(await fhir('GET', pathOf(linkOf(all, 'next') ?? '')))).toEqual([['DELETE', 'Device/d2', undefined]]);
    const { lastUpdated } = all.body.entry[0].resource.meta;
    expect(told(await fhir('GET', `/_history?_since=${String(lastUpdated)}`))).toEqual(told(all));
    expect(told(await fhir('GET', '/Device/_history?_since=2999-01-01T00:00:00Z'))).toEqual([]);
    expectOutcome(await fhir('GET', pathOf(linkOf(first, 'next') ?? '').replace('/Device', '/Location')), 400, 'REQUEST_INVALID');
    expectOutcome(await fhir('GET', '/Device/_history?_since=le2020'), 400, 'REQUEST_INVALID');
    expectOutcome(await fhir('GET', '/Device/_history?_at=2020'), 400, 'REQUEST_INVALID');
  });

  it('is the same after its list was lost', async () => {
    const read = async (): Promise<string[]> =>
      (await fhir('GET', '/_history?_count=100')).body.entry
        .map((one: { request: object; response: object }) => JSON.stringify([one.request, one.response]))
        .sort();
    const before = await read();
    gateway.store.changes.clear();
    gateway = await consortium.crashAndRestart(gateway);
    expect(await read()).toEqual(before);
  }, 20_000);
});
