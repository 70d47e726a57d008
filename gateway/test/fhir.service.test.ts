import { randomUUID } from 'node:crypto';
import { TestConsortium, type Answer, type Sent, type TestGateway } from './support/test-consortium';
import { TestPatient } from './support/test-patient';

const consortium = new TestConsortium();
const ada = new TestPatient(consortium, 'AlphaMSP');
const bea = new TestPatient(consortium, 'AlphaMSP');
let gateway: TestGateway;

beforeAll(async () => {
  await consortium.start();
  gateway = consortium.gateway('AlphaMSP');
  for (const patient of [ada, bea]) await patient.register();
}, 30_000);

afterAll(async () => {
  await consortium.stop();
});

const fhir = async (method: string, path: string, sent: Sent & { role?: string } = {}): Promise<Answer> => {
  const { role = 'records', headers = {}, ...more } = sent;
  const type = sent.body === undefined ? {} : { 'content-type': 'application/fhir+json' };
  return gateway.send(`/fhir${path}`, { token: await gateway.token(role), method, headers: { ...type, ...headers }, ...more });
};
const of = (patient: TestPatient): { headers: Record<string, string> } => ({ headers: { 'medaccord-subject': patient.subjectRef } });
const pathOf = (url: string): string => new URL(url).pathname.replace('/fhir', '') + new URL(url).search;
const linkOf = (bundle: Answer, relation: string): string | undefined =>
  bundle.body.link.find((link: { relation: string }) => link.relation === relation)?.url;
const idsOf = (bundle: Answer): string[] => (bundle.body.entry ?? []).map((one: { resource: { id: string } }) => one.resource.id);

/** What must hold of every refusal under /fhir: an OperationOutcome with the house's code. */
function expectOutcome(answer: Answer, status: number, code: string): void {
  expect([answer.status, answer.body?.issue?.[0]?.details?.coding?.[0]]).toEqual([status, { system: 'urn:medaccord:error', code }]);
  expect(answer.body.resourceType).toBe('OperationOutcome');
  for (const issue of answer.body.issue) expect(issue).toMatchObject({ severity: expect.any(String), code: expect.any(String) });
  expect(answer.headers.get('content-type')).toBe('application/fhir+json; charset=utf-8');
}

const newPatient = async (patient: TestPatient, mrn: string): Promise<string> => {
  const body = { resourceType: 'Patient', identifier: [{ system: 'urn:mrn', value: mrn }], birthDate: '1970-01-01' };
  const made = await fhir('POST', '/Patient', { body, ...of(patient) });
  expect([made.status, made.text]).toEqual([201, expect.anything()]);
  return made.body.id;
};
const newObservation = (patientId: string, more: object = {}): object => ({
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'glucose' },
  subject: { reference: `Patient/${patientId}` },
  ...more,
});

describe('one resource', () => {
  it('is created under an assigned id, and read back as it was anchored, with version and time in meta and headers', async () => {
    const text =
      '{"resourceType":"Location","id":"mine","meta":{"versionId":"77","tag":[{"code":"t"}]},"position":{"longitude":1.10,"latitude":2}}';
    const made = await fhir('POST', '/Location', { body: text });
    const { id, meta } = made.body;
    expect(made.status).toBe(201);
    expect(id).not.toBe('mine');
    expect(meta).toEqual({ versionId: '1', tag: [{ code: 't' }], lastUpdated: expect.stringMatching(/Z$/) });
    expect(made.text).toContain('"longitude":1.10');
    expect(made.headers.get('etag')).toBe('W/"1"');
    expect(made.headers.get('location')).toBe(`${gateway.url}/fhir/Location/${String(id)}/_history/1`);
    expect(Date.parse(made.headers.get('last-modified') ?? '')).toBe(Math.floor(Date.parse(meta.lastUpdated) / 1000) * 1000);
    const read = await fhir('GET', `/Location/${String(id)}`, { role: 'physician' });
    expect([read.status, read.text, read.headers.get('content-type')]).toEqual([200, made.text, 'application/fhir+json; charset=utf-8']);
    for (const tag of ['W/"1"', '"1"', '1', '*', 'W/"0", W/"1"'])
      expect([tag, (await fhir('GET', `/Location/${String(id)}`, { headers: { 'if-none-match': tag } })).status]).toEqual([tag, 304]);
    expect((await fhir('GET', `/Location/${String(id)}`, { headers: { 'if-none-match': 'W/"2"' } })).status).toBe(200);
  });

  it('is updated version by version, by whoever knows the newest, and every version stays readable', async () => {
    const put = (body: object, headers: Record<string, string> = {}): Promise<Answer> => fhir('PUT', '/Location/ward', { body, headers });
    const ward = { resourceType: 'Location', id: 'ward' };
    expect((await put({ ...ward, name: 'a' })).status).toBe(201);
    const second = await put({ ...ward, name: 'b' }, { 'if-match': '"1"' });
    expect([second.status, second.headers.get('etag'), second.headers.get('location')]).toEqual([200, 'W/"2"', null]);
    expectOutcome(await put({ ...ward, name: 'c' }, { 'if-match': 'W/"1"' }), 412, 'BUNDLE_VERSION_OUTDATED');
    expectOutcome(await put({ ...ward, name: 'c' }, { 'if-match': 'W/"1' }), 400, 'REQUEST_INVALID');
    expect((await put({ ...second.body, meta: { versionId: '1' } })).headers.get('etag')).toBe('W/"2"');
    expect((await put({ ...second.body, meta: { security: [{ code: 'R' }] } })).headers.get('etag')).toBe('W/"3"');
    expect((await fhir('GET', '/Location/ward/_history/1')).body.name).toBe('a');
    expectOutcome(await fhir('GET', '/Location/ward/_history/4'), 404, 'RESOURCE_NOT_FOUND');
    const history = await fhir('GET', '/Location/ward/_history?_count=2');
    expect(history.body).toMatchObject({ type: 'history', total: 3 });
    expect(history.body.entry.map((one: { response: { etag: string } }) => one.response.etag)).toEqual(['W/"3"', 'W/"2"']);
    await put({ ...ward, name: 'newer' });
    const rest = await fhir('GET', pathOf(linkOf(history, 'next') ?? ''));
    expect(rest.body.entry).toMatchObject([{ resource: { name: 'a' }, response: { status: '201', etag: 'W/"1"' } }]);
    expect(linkOf(rest, 'next')).toBeUndefined();
  });

  it('is deleted for good: gone when read, absent when searched, its versions still accountable', async () => {
    const path = '/Location/closed';
    const body = { resourceType: 'Location', id: 'closed', identifier: [{ value: 'closed-1' }] };
    await fhir('PUT', path, { body });
    expectOutcome(await fhir('DELETE', path, { headers: { 'if-match': 'W/"9"' } }), 412, 'BUNDLE_VERSION_OUTDATED');
    const removed = await fhir('DELETE', path, { headers: { 'if-match': 'W/"1"' } });
    expect([removed.status, removed.text]).toEqual([204, '']);
    const blocks = consortium.ledger.blocks.length;
    expect((await fhir('DELETE', path)).status).toBe(204);
    expect((await fhir('DELETE', '/Location/never-was')).status).toBe(204);
    expect(consortium.ledger.blocks.length).toBe(blocks);
    expectOutcome(await fhir('GET', path), 410, 'RESOURCE_DELETED');
    expectOutcome(await fhir('PUT', path, { body: { ...body, name: 'again' } }), 410, 'BUNDLE_RESOURCE_DELETED');
    expect((await fhir('GET', '/Location?identifier=closed-1')).body.entry).toBeUndefined();
    expect(idsOf(await fhir('GET', '/Location?_count=100'))).not.toContain('closed');
    expect((await fhir('GET', `${path}/_history/1`)).status).toBe(200);
    expect((await fhir('GET', `${path}/_history`)).body.entry).toMatchObject([
      { request: { method: 'DELETE' } },
      { resource: { id: 'closed' } },
    ]);
    const again = await fhir('POST', '/Location', { body, headers: { 'if-none-exist': 'identifier=closed-1' } });
    expect([again.status, again.body.id === 'closed']).toEqual([201, false]);
  });

  it('is written conditionally: created once, updated or deleted where the condition finds it, refused where it finds several', async () => {
    const body = (name: string): object => ({ resourceType: 'Organization', identifier: [{ system: 'urn:org', value: '1' }], name });
    const ifNoneExist = { 'if-none-exist': 'identifier=urn:org|1' };
    const made = await fhir('POST', '/Organization', { body: body('a'), headers: ifNoneExist });
    const found = await fhir('POST', '/Organization', { body: body('b'), headers: ifNoneExist });
    expect([made.status, found.status, found.text === made.text]).toEqual([201, 200, true]);
    expect((await fhir('POST', '/Organization?identifier=urn:org%7C1', { body: body('b') })).text).toBe(made.text);
    const updated = await fhir('PUT', '/Organization?identifier=urn:org%7C1', { body: body('c') });
    expect([updated.status, updated.body.id, updated.body.meta.versionId]).toEqual([200, made.body.id, '2']);
    await fhir('POST', '/Organization', { body: body('twin') });
    for (const method of ['PUT', 'DELETE'] as const)
      expectOutcome(
        await fhir(method, '/Organization?identifier=urn:org%7C1', method === 'PUT' ? { body: body('d') } : {}),
        412,
        'BUNDLE_CONDITION_AMBIGUOUS',
      );
    expectOutcome(await fhir('DELETE', '/Organization?name=c'), 400, 'BUNDLE_NOT_SUPPORTED');
    expectOutcome(await fhir('DELETE', '/Organization'), 400, 'BUNDLE_INVALID');
    expect((await fhir('DELETE', `/Organization?_id=${String(made.body.id)}`)).status).toBe(204);
    expect((await fhir('GET', `/Organization/${String(made.body.id)}`)).status).toBe(410);
  });

  it('is answered as the caller prefers', async () => {
    const put = (prefer: string): Promise<Answer> =>
      fhir('PUT', '/Location/short', { body: { resourceType: 'Location', id: 'short', name: prefer }, headers: { prefer } });
    expect([(await put('return=minimal')).text, (await put('return=OperationOutcome')).body.resourceType]).toEqual([
      '',
      'OperationOutcome',
    ]);
    expect((await put('return=representation')).body.resourceType).toBe('Location');
  });

  it('is made once when its Idempotency-Key is repeated, and each time without one', async () => {
    const body = { resourceType: 'Location', name: 'keyed' };
    const key = randomUUID();
    const [one, same] = [await fhir('POST', '/Location', { body, key }), await fhir('POST', '/Location', { body, key })];
    expect([same.text, same.headers.get('location')]).toEqual([one.text, one.headers.get('location')]);
    expect((await fhir('POST', '/Location', { body })).body.id).not.toBe(one.body.id);
  });

  it('belongs to the patient whom it refers to; a patient who is new here is named by the caller', async () => {
    expectOutcome(await fhir('POST', '/Patient', { body: { resourceType: 'Patient' } }), 422, 'BUNDLE_SUBJECT_MISSING');
    expectOutcome(
      await fhir('POST', '/Patient', { body: { resourceType: 'Patient' }, headers: { 'medaccord-subject': 'x' } }),
      400,
      'REQUEST_INVALID',
    );
    const id = await newPatient(bea, 'bea');
    const made = await fhir('POST', '/Observation', { body: newObservation(id) });
    expect(made.status).toBe(201);
    const records = await gateway.send(`/api/records?subject=${bea.subjectRef}`, { token: await gateway.token('records') });
    expect(records.body.records.map((one: { reference: string }) => one.reference)).toContain(`Observation/${String(made.body.id)}`);
    expectOutcome(await fhir('POST', '/Observation', { body: newObservation(id), ...of(ada) }), 422, 'BUNDLE_SUBJECT_OTHER');
    expectOutcome(await fhir('POST', '/Observation', { body: newObservation('nobody') }), 422, 'BUNDLE_REFERENCE_UNRESOLVED');
  });
});

describe('a search', () => {
  let adaId = '';
  const all: string[] = [];

  beforeAll(async () => {
    adaId = await newPatient(ada, 'ada');
    for (let at = 0; at < 7; at += 1) {
      const made = await fhir('POST', '/Observation', {
        body: newObservation(adaId, { identifier: [{ system: 'urn:lab', value: String(at) }] }),
      });
      all.push(made.body.id);
    }
  }, 30_000);

  it("finds a patient's records page by page, in the order of creation, whatever is written meanwhile", async () => {
    const first = await fhir('GET', `/Observation?patient=${adaId}&_count=3&_total=accurate`);
    expect(first.body).toMatchObject({ resourceType: 'Bundle', type: 'searchset', total: 7 });
    expect(first.body.entry[0]).toMatchObject({ fullUrl: `${gateway.url}/fhir/Observation/${String(all[0])}`, search: { mode: 'match' } });
    const next = linkOf(first, 'next') ?? '';
    expect(next).not.toContain(adaId);
    await fhir('PUT', `/Observation/${String(all[0])}`, { body: newObservation(adaId, { id: all[0], status: 'amended' }) });
    const added = await fhir('POST', '/Observation', { body: newObservation(adaId) });
    const second = await fhir('GET', pathOf(next));
    const third = await fhir('GET', pathOf(linkOf(second, 'next') ?? ''), { role: 'physician' });
    expect([first, second, third].flatMap(idsOf)).toEqual([...all, added.body.id]);
    expect(linkOf(third, 'next')).toBeUndefined();
    all.push(added.body.id);
    expectOutcome(await fhir('GET', pathOf(next).replace('/Observation', '/Condition')), 400, 'REQUEST_INVALID');
    expectOutcome(await fhir('GET', `${pathOf(next)}&status=final`), 400, 'REQUEST_INVALID');
  });

  it('is answered by id, identifier, patient and time, and by all of them together', async () => {
    const find = async (query: string): Promise<string[]> => idsOf(await fhir('GET', `/Observation?${query}`));
    expect(await find(`_id=${String(all[1])},${String(all[2])},nothing`)).toEqual([all[1], all[2]]);
    expect(await find('identifier=urn:lab%7C3')).toEqual([all[3]]);
    expect(await find(`identifier=3&_id=${String(all[4])}`)).toEqual([]);
    expect(await find(`subject=Patient/${adaId}&identifier=urn:lab%7C5,urn:lab%7C6&_count=1`)).toEqual([all[5]]);
    expect(await find('patient=nobody')).toEqual([]);
    const times = await fhir('GET', `/Observation?patient=${adaId}&_sort=-_lastUpdated`);
    expect(idsOf(times)).toEqual([all[7], all[0], all[6], all[5], all[4], all[3], all[2], all[1]]);
    const { lastUpdated } = times.body.entry[3].resource.meta;
    expect(await find(`patient=${adaId}&_lastUpdated=gt${String(lastUpdated)}`)).toEqual([all[6], all[0], all[7]]);
    expect(await find(`patient=${adaId}&_lastUpdated=le2020`)).toEqual([]);
  });

  it('says what was applied and what was not, and is refused for what is not known where the caller is strict', async () => {
    const lenient = await fhir('GET', `/Observation?patient=${adaId}&nickname=x&_count=400`);
    const query = new URL(linkOf(lenient, 'self') ?? '').search;
    expect(query).toBe(`?patient=${adaId}&_count=100`);
    expect(lenient.body.entry.at(-1)).toMatchObject({
      search: { mode: 'outcome' },
      resource: { resourceType: 'OperationOutcome', issue: [{ severity: 'warning', diagnostics: 'Not applied: nickname' }] },
    });
    expectOutcome(
      await fhir('GET', '/Observation?nickname=x', { headers: { prefer: 'handling=strict' } }),
      400,
      'SEARCH_PARAMETER_UNKNOWN',
    );
    expectOutcome(await fhir('GET', '/Observation?_count=x'), 400, 'REQUEST_INVALID');
  });

  it('comes in a body too, counts only, and shows only the elements asked for', async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const posted = await fhir('POST', '/Observation/_search?_count=5', { body: `patient=${adaId}`, headers: form });
    expect(idsOf(posted)).toEqual(all.slice(0, 5));
    const counted = await fhir('GET', `/Observation?patient=${adaId}&_summary=count`);
    expect([counted.body.total, counted.body.entry]).toEqual([8, undefined]);
    const [{ resource }] = (await fhir('GET', `/Observation?_id=${String(all[1])}&_elements=status`)).body.entry;
    expect(resource).toEqual({
      resourceType: 'Observation',
      id: all[1],
      status: 'final',
      meta: expect.objectContaining({ versionId: '1', tag: [expect.objectContaining({ code: 'SUBSETTED' })] }),
    });
    expectOutcome(await fhir('POST', '/Observation/_search', { body: '{}' }), 415, 'MEDIA_TYPE_UNSUPPORTED');
  });

  it('finds the same after a crash and after the list was lost', async () => {
    const before = (await fhir('GET', `/Observation?patient=${adaId}`)).body.entry;
    for (const id of all) {
      const record = gateway.store.index.findResource('Observation', id);
      gateway.store.resources.remove(record?.recordId ?? '');
    }
    gateway = await consortium.crashAndRestart(gateway);
    const after = (await fhir('GET', `/Observation?patient=${adaId}`)).body.entry;
    const idOf = ({ resource }: { resource: { id: string } }): string => resource.id;
    expect(after.map(idOf).sort()).toEqual(before.map(idOf).sort());
  }, 20_000);
});

describe('a bundle', () => {
  const observation = { fullUrl: 'urn:uuid:1', resource: {}, request: { method: 'POST', url: 'Observation' } };

  it('that is a transaction is written all or not at all', async () => {
    const patient = `urn:uuid:${randomUUID()}`;
    const cee = new TestPatient(consortium, 'AlphaMSP');
    await cee.register();
    const entry = [
      { fullUrl: patient, resource: { resourceType: 'Patient' }, request: { method: 'POST', url: 'Patient' } },
      { ...observation, resource: { ...newObservation(''), subject: { reference: patient } } },
    ];
    const bundle = { resourceType: 'Bundle', type: 'transaction', entry };
    const done = await fhir('POST', '', { body: bundle, ...of(cee) });
    expect([done.status, done.body.type]).toEqual([200, 'transaction-response']);
    const [{ response }, other] = done.body.entry;
    expect(response).toMatchObject({ status: '201 Created', etag: 'W/"1"', lastModified: expect.any(String) });
    const read = await fhir('GET', pathOf(other.response.location));
    expect(read.body.subject.reference).toBe(/Patient\/[^/]+/.exec(response.location)?.[0]);
    const blocks = consortium.ledger.blocks.length;
    const broken = { ...bundle, entry: [...entry, { resource: { resourceType: 'No' }, request: { method: 'POST', url: 'No' } }] };
    const refused = await fhir('POST', '', { body: broken, ...of(cee) });
    expectOutcome(refused, 400, 'BUNDLE_INVALID');
    expect(refused.body.issue[0].expression).toEqual(['entry[2].resource.resourceType']);
    expect(consortium.ledger.blocks.length).toBe(blocks);
    const mistaken = { resource: { resourceType: 'Location', status: 'canary' }, request: { method: 'POST', url: 'Location' } };
    const invalid = await fhir('POST', '', { body: { ...bundle, entry: [...entry, mistaken] }, ...of(cee) });
    expectOutcome(invalid, 422, 'FHIR_INVALID');
    expect(invalid.body.issue[0].expression).toEqual(['Bundle.entry[2].resource.status']);
    expect(consortium.ledger.blocks.length).toBe(blocks);
    const shown = await fhir('POST', '', { body: bundle, headers: { ...of(cee).headers, prefer: 'return=representation' } });
    expect(shown.body.entry[0].resource.resourceType).toBe('Patient');
  });

  it('that is a batch answers each entry for itself', async () => {
    const entry = [
      { resource: { resourceType: 'Location', name: 'b' }, request: { method: 'POST', url: 'Location' } },
      { request: { method: 'GET', url: 'Location/ward/_history/1' } },
      { request: { method: 'GET', url: 'Location?_count=1' } },
      { request: { method: 'GET', url: 'Location/absent' } },
      { resource: { resourceType: 'Location', id: 'of-batch' }, request: { method: 'PUT', url: 'Location/of-batch' } },
      { request: { method: 'DELETE', url: 'Location/short' } },
      { request: { method: 'PATCH', url: 'Location/ward' } },
      { request: { method: 'DELETE', url: 'Location/ward/_history/1' } },
    ];
    const { status, body } = await fhir('POST', '', { body: { resourceType: 'Bundle', type: 'batch', entry } });
    expect([status, body.type]).toEqual([200, 'batch-response']);
    expect(body.entry.map((one: { response: { status: string } }) => one.response.status.slice(0, 3))).toEqual([
      '201',
      '200',
      '200',
      '404',
      '201',
      '204',
      '400',
      '400',
    ]);
    expect(body.entry[3].response.outcome.issue[0].details.coding[0].code).toBe('RESOURCE_NOT_FOUND');
    expect(body.entry[2].resource.entry).toHaveLength(1);
    const many = { resourceType: 'Bundle', type: 'batch', entry: Array.from({ length: 501 }, () => entry[1]) };
    expectOutcome(await fhir('POST', '', { body: many }), 400, 'BUNDLE_INVALID');
  });
});

describe('the service', () => {
  it('says what it does: its interactions and search parameters, for FHIR 4.0.1, to anybody', async () => {
    const { status, body } = await gateway.send('/fhir/metadata', { headers: { accept: 'application/fhir+json; fhirVersion=4.0' } });
    expect([status, body.resourceType, body.fhirVersion]).toEqual([200, 'CapabilityStatement', '4.0.1']);
    const [{ resource, interaction }] = body.rest;
    const found = resource.find(({ type }: { type: string }) => type === 'Observation');
    expect(found.interaction.map(({ code }: { code: string }) => code)).toEqual([
      'read',
      'vread',
      'update',
      'patch',
      'delete',
      'history-instance',
      'history-type',
      'create',
      'search-type',
    ]);
    expect(found.searchParam.map(({ name }: { name: string }) => name).slice(0, 5)).toEqual([
      '_id',
      '_lastUpdated',
      'identifier',
      'patient',
      'subject',
    ]);
    expect(interaction).toEqual([{ code: 'transaction' }, { code: 'batch' }, { code: 'history-system' }]);
    const ofPatient = resource.find(({ type }: { type: string }) => type === 'Patient').operation.map(({ name }: { name: string }) => name);
    expect([ofPatient, body.rest[0].operation]).toEqual([
      ['validate', 'meta', 'meta-add', 'meta-delete', 'everything', 'export'],
      [{ name: 'export', definition: 'http://hl7.org/fhir/uv/bulkdata/OperationDefinition/export' }],
    ]);
    expect(found.operation.map(({ name }: { name: string }) => name)).toEqual(['validate', 'meta', 'meta-add', 'meta-delete']);
  });

  it('speaks FHIR JSON where it is not asked for XML', async () => {
    for (const accept of ['application/fhir+json', 'application/json', '*/*', 'text/html, application/json;q=0.5'])
      expect([accept, (await gateway.send('/fhir/metadata', { headers: { accept } })).status]).toEqual([accept, 200]);
    for (const accept of ['text/html', 'application/json;q=0', 'application/fhir+json;fhirVersion=3.0'])
      expectOutcome(await gateway.send('/fhir/metadata', { headers: { accept } }), 406, 'MEDIA_TYPE_NOT_OFFERED');
    const xml = { headers: { accept: 'application/fhir+xml' } };
    expect((await gateway.send('/fhir/metadata?_format=json', xml)).status).toBe(200);
    expect((await gateway.send('/fhir/metadata?_format=application/fhir+json', xml)).status).toBe(200);
    expectOutcome(await gateway.send('/fhir/metadata?_format=turtle'), 406, 'MEDIA_TYPE_NOT_OFFERED');
    expectOutcome(
      await fhir('POST', '/Location', { body: 'x', headers: { 'content-type': 'text/turtle' } }),
      415,
      'MEDIA_TYPE_UNSUPPORTED',
    );
  });

  it('tells every refusal as an OperationOutcome', async () => {
    expectOutcome(await gateway.send('/fhir/Location'), 401, 'TOKEN_MISSING');
    expectOutcome(await fhir('POST', '/Location', { body: {}, role: 'physician' }), 403, 'ROLE_NOT_ALLOWED');
    expectOutcome(await fhir('GET', '/Location', { role: 'registrar' }), 403, 'ROLE_NOT_ALLOWED');
    expectOutcome(await fhir('GET', '/NoType'), 404, 'ROUTE_NOT_FOUND');
    expectOutcome(await fhir('GET', '/Location/a/b/c/d'), 404, 'ROUTE_NOT_FOUND');
    expectOutcome(await fhir('POST', '/Location/ward', { body: {} }), 405, 'METHOD_NOT_ALLOWED');
    expectOutcome(await fhir('GET', '/Location/not_an_id'), 400, 'REQUEST_INVALID');
    expectOutcome(await fhir('GET', '/Location/absent'), 404, 'RESOURCE_NOT_FOUND');
    expectOutcome(await fhir('POST', '/Location', { body: '{"resourceType":"Location","a":1,"a":2}' }), 400, 'BUNDLE_NOT_JSON');
    expectOutcome(await fhir('POST', '/Location', { body: { resourceType: 'Patient' } }), 400, 'BUNDLE_INVALID');
    const wrong = await fhir('PUT', '/Location/x', { body: { resourceType: 'Location', id: 'y', name: 'canary' } });
    expectOutcome(wrong, 400, 'BUNDLE_INVALID');
    expect([wrong.body.issue[0].expression, wrong.text.includes('canary')]).toEqual([['Location.id'], false]);
    const invalid = await fhir('POST', '/Location', { body: { resourceType: 'Location', status: 'canary', mode: 'canary' } });
    expectOutcome(invalid, 422, 'FHIR_INVALID');
    expect(invalid.body.issue.map(({ expression }: { expression: string[] }) => expression)).toEqual([
      ['Location.status'],
      ['Location.mode'],
    ]);
    expect(invalid.text).not.toContain('canary');
  });
});
