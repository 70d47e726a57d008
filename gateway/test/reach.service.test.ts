import { linkOf, newFhirDoor, pathOf } from './support/fhir-door';
import { TestConsortium, type Answer, type Sent, type TestGateway } from './support/test-consortium';
import { TestPatient } from './support/test-patient';

/** Whom a member of staff reads about at her own hospital, where her account limits her to departments. */
const consortium = new TestConsortium();
const [ada, bea] = [new TestPatient(consortium, 'AlphaMSP'), new TestPatient(consortium, 'AlphaMSP')];
const fhir = newFhirDoor(() => gateway);
const coded = { code: { text: 'x' } };
let gateway: TestGateway;
/** Record ids by reference. */
const recordIds = new Map<string, string>();

beforeAll(async () => {
  await consortium.start();
  gateway = consortium.gateway('AlphaMSP');
  for (const name of ['cardiology', 'surgery']) {
    const identifier = [{ system: 'urn:medaccord:department:AlphaMSP', value: name }];
    await put({ resourceType: 'Organization', id: `dep-${name}`, name, identifier });
  }
  for (const [id, patient] of [
    ['ada', ada],
    ['bea', bea],
  ] as const) {
    await patient.register();
    const body = { resourceType: 'Patient', id, name: [{ family: id }] };
    expect((await fhir('PUT', `/Patient/${id}`, { body, headers: { 'medaccord-subject': patient.subjectRef } })).status).toBe(201);
    const subject = { reference: `Patient/${id}` };
    await put({
      resourceType: 'Observation',
      id: `o-${id}`,
      status: 'final',
      ...coded,
      subject,
      identifier: [{ system: 'urn:lab', value: id }],
    });
    await put({ resourceType: 'Condition', id: `c-${id}`, ...coded, subject });
  }
  await stay('ada', 'dep-cardiology');
  await stay('bea', 'dep-surgery');
  for (const { subjectRef } of [ada, bea]) {
    const { body } = await gateway.send(`/api/records?subject=${subjectRef}`, { token: await gateway.token('records') });
    for (const { reference, recordId } of body.records as { reference: string; recordId: string }[]) recordIds.set(reference, recordId);
  }
}, 30_000);

afterAll(async () => {
  await consortium.stop();
});

async function put(resource: Readonly<Record<string, unknown>>): Promise<void> {
  const answer = await fhir('PUT', `/${String(resource['resourceType'])}/${String(resource['id'])}`, { body: resource });
  expect(answer.status < 300 ? '' : answer.text).toBe('');
}

function stay(patient: string, organisation: string, more: object = {}): Promise<void> {
  return put({
    ...{ resourceType: 'Encounter', id: `e-${patient}`, status: 'in-progress', subject: { reference: `Patient/${patient}` }, ...more },
    ...{ class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'IMP' } },
    serviceProvider: { reference: `Organization/${organisation}` },
  });
}

/** Asks as a nurse who is limited to departments. */
async function ask(path: string, reach: readonly string[], sent: Sent = {}): Promise<Answer> {
  return gateway.send(path, { token: await gateway.token('nurse', 'nightingale', 600, { reach }), ...sent });
}

const idsOf = ({ body }: Answer): string[] =>
  ((body.entry ?? []) as { fullUrl: string }[]).map(({ fullUrl }) => fullUrl.split('/').at(-1) ?? '').sort();
const search = async (path: string, reach = ['cardiology']): Promise<string[]> => idsOf(await ask(`/fhir/${path}`, reach));
const mentionsBea = ({ text }: Answer): boolean => /bea/.test(text);

describe('a reach', () => {
  it('is the patients of the departments that it names: in searches, totals and pages', async () => {
    expect(await search('Observation')).toEqual(['o-ada']);
    expect(await search('Observation', ['surgery'])).toEqual(['o-bea']);
    expect(await search('Observation', ['surgery', 'cardiology'])).toEqual(['o-ada', 'o-bea']);
    expect(await search('Observation', ['dermatology'])).toEqual([]);
    expect(await search('Patient?name=bea')).toEqual([]);
    expect(await search('Observation?patient=bea')).toEqual([]);
    expect(await search('Observation?identifier=urn:lab%7Cbea')).toEqual([]);
    expect(await search('Observation?_id=o-bea,o-ada&_sort=-_lastUpdated')).toEqual(['o-ada']);
    for (const query of ['_summary=count', '_total=accurate', '_lastUpdated=gt2000-01-01&_total=accurate'])
      expect([query, (await ask(`/fhir/Observation?${query}`, ['cardiology'])).body.total]).toEqual([query, 1]);
    const first = await ask('/fhir/Condition?_count=1', ['cardiology']);
    expect([idsOf(first), linkOf(first, 'next')]).toEqual([['c-ada'], undefined]);
    const body = 'patient=bea&_total=accurate';
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await ask('/fhir/Observation/_search', ['cardiology'], { method: 'POST', body, headers })).body.total).toBe(0);
  });

  it('answers what is beyond it as what never was, on every route', async () => {
    for (const path of [
      'Observation/ID',
      'Observation/ID/_history',
      'Observation/ID/_history/1',
      'Observation/ID/$meta',
      'Patient/ID/$everything',
    ]) {
      const id = path.startsWith('Patient') ? 'bea' : 'o-bea';
      const [beyond, never] = [
        await ask(`/fhir/${path.replace('ID', id)}`, ['cardiology']),
        await ask(`/fhir/${path.replace('ID', 'never')}`, ['cardiology']),
      ];
      expect([path, beyond.status, { ...beyond.body, id: '' }]).toEqual([path, 404, { ...never.body, id: '' }]);
      expect((await ask(`/fhir/${path.replace('ID', id)}`, ['surgery'])).status).toBe(200);
    }
    const listed = await ask(`/api/records?subject=${bea.subjectRef}`, ['cardiology']);
    expect([listed.status, listed.body.code]).toEqual([404, 'PATIENT_UNKNOWN']);
    const read = await ask(`/api/records/${recordIds.get('Observation/o-bea') ?? ''}`, ['cardiology']);
    expect([read.status, read.body.code]).toEqual([404, 'RESOURCE_NOT_FOUND']);
    expect((await ask(`/api/records/${recordIds.get('Observation/o-ada') ?? ''}`, ['cardiology'])).body.id).toBe('o-ada');
  });

  it('holds in histories and for what comes along, and shows what is nobody’s', async () => {
    for (const path of [
      '_history',
      'Observation/_history',
      'Organization?_revinclude=Encounter:service-provider',
      'Observation?_include=Observation:performer',
    ])
      expect([path, mentionsBea(await ask(`/fhir/${path}`, ['cardiology']))]).toEqual([path, false]);
    expect(await search('_history')).toEqual(expect.arrayContaining(['ada', 'o-ada', 'dep-surgery']));
    expect(await search('Organization?_revinclude=Encounter:service-provider')).toEqual(['dep-cardiology', 'dep-surgery', 'e-ada']);
    const pages: string[][] = [];
    for (let next: string | undefined = '/_history?_count=2'; next !== undefined;) {
      const page = await ask(`/fhir${next}`, ['surgery']);
      pages.push(idsOf(page));
      const link = linkOf(page, 'next');
      next = link && pathOf(link);
    }
    // Gaps would tell how much is written about others, and when.
    expect(pages.slice(0, -1).filter(({ length }) => length !== 2)).toEqual([]);
    expect(pages.flat().filter((id) => id.endsWith('ada'))).toEqual([]);
    expect(pages.flat()).toEqual(expect.arrayContaining(['bea', 'o-bea', 'c-bea', 'e-bea']));
  });

  it('is told from nothing by the consent check either', async () => {
    await bea.checkIn('BetaMSP', 'AlphaMSP');
    await bea.consentTo('BetaMSP', [{ base: 'permit', exceptions: [] }]);
    await consortium.untilFollowing();
    const check = async (reach: string[]): Promise<unknown> => {
      const records = [recordIds.get('Observation/o-bea') ?? ''];
      const { body } = await ask('/api/decisions', reach, { body: { relationRef: bea.relationRef, purpose: 'TREAT', records } });
      return body.decisions[0].decision;
    };
    expect([await check(['cardiology']), await check(['surgery'])]).toEqual(['deny', 'permit']);
  });

  it('follows the patient: from department to department, and for 30 days after her stay', async () => {
    const day = (ago: number): string => new Date(Date.now() - ago * 24 * 3_600_000).toISOString().slice(0, 10);
    const isReached = async (): Promise<boolean> => (await search('Observation?patient=ada')).length > 0;
    await stay('ada', 'dep-surgery');
    expect([await isReached(), await search('Observation', ['surgery'])]).toEqual([false, ['o-ada', 'o-bea']]);
    for (const [status, period, expected] of [
      ['planned', undefined, true],
      ['cancelled', { start: day(1) }, false],
      ['entered-in-error', { start: day(1) }, false],
      ['finished', { start: day(60), end: day(29) }, true],
      ['finished', { start: day(60), end: day(32) }, false],
      ['finished', undefined, false],
      ['onleave', { start: day(90) }, true],
    ] as const) {
      await stay('ada', 'dep-cardiology', { status, ...(period && { period }) });
      expect([status, period, await isReached()]).toEqual([status, period, expected]);
    }
    await fhir('DELETE', '/Encounter/e-ada');
    expect(await isReached()).toBe(false);
    await stay('ada', 'dep-cardiology', { id: 'e-ada-again' });
    expect(await isReached()).toBe(true);
    await fhir('DELETE', '/Organization/dep-cardiology');
    expect(await isReached()).toBe(false);
  });

  it('is lifted in an emergency, for the request that says so, and the audit log tells which', async () => {
    const headers = { 'medaccord-emergency': 'unconscious' };
    const auditor = await gateway.token('auditor');
    const told = async (): Promise<object[]> =>
      ((await gateway.send('/fhir/AuditEvent?purpose=BTG&_sort=date', { token: auditor })).body.entry ?? []).map(
        ({ resource }: { resource: object }) => resource,
      );
    expect(await told()).toEqual([]);
    expect((await ask('/fhir/Observation/o-bea', ['cardiology'], { headers })).body.id).toBe('o-bea');
    expect(idsOf(await ask('/fhir/Observation', ['cardiology'], { headers }))).toEqual(['o-ada', 'o-bea']);
    expect((await ask('/fhir/Observation/o-bea', ['cardiology'])).status).toBe(404);
    const purpose = [{ coding: [{ code: 'BTG' }] }];
    const entries = await told();
    expect(entries).toHaveLength(3);
    expect(entries[0]).toMatchObject({ subtype: [{ code: 'read' }], purposeOfEvent: purpose, outcome: '0', outcomeDesc: 'unconscious' });
    for (const entry of entries) expect(JSON.stringify(entry)).toContain('nightingale');
    const odd = await ask('/fhir/Observation/o-bea', ['cardiology'], { headers: { 'medaccord-emergency': 'curious' } });
    expect([odd.status, odd.body.issue[0].details.coding[0].code]).toEqual([400, 'REQUEST_INVALID']);
    expect((await fhir('GET', '/Observation', { role: 'nurse', headers })).status).toBe(200);
    expect(await told()).toHaveLength(3);
  });

  it('is refused where it could not be kept to: in a token of another role, or as anything but a list', async () => {
    for (const [role, reach] of [
      ['records', ['cardiology']],
      ['auditor', ['cardiology']],
      ['nurse', []],
      ['nurse', 'cardiology'],
      ['physician', [7]],
    ] as const) {
      const token = await gateway.token(role, 'x', 600, { reach: reach as never });
      expect([role, reach, (await gateway.send('/fhir/Patient', { token })).status]).toEqual([role, reach, 401]);
    }
    expect(idsOf(await fhir('GET', '/Patient', { role: 'nurse' }))).toEqual(['ada', 'bea']);
  });

  it('is given, moved and lifted by the account, for physicians and nurses alone', async () => {
    const token = await gateway.token('operator');
    const staff = 'urn:medaccord:scim:staff';
    const add = (userName: string, role: string): Promise<Answer> =>
      gateway.send('/scim/v2/Users', { token, body: { userName, roles: [{ value: role }], [staff]: { reach: ['surgery'] } } });
    const patch = (...Operations: object[]): Promise<Answer> =>
      gateway.send('/scim/v2/Users/florence', { method: 'PATCH', token, body: { Operations } });
    expect((await add('florence', 'nurse')).status).toBe(201);
    expect((await gateway.send('/scim/v2/Users/florence', { token })).body[staff].reach).toEqual(['surgery']);
    expect((await add('clark', 'registrar')).body.code).toBe('REQUEST_INVALID');
    expect((await gateway.send('/scim/v2/Users/clark', { token })).status).toBe(404);
    expect((await patch({ op: 'replace', path: `${staff}:reach`, value: ['surgery', 'cardiology'] })).body[staff].reach).toHaveLength(2);
    expect((await patch({ op: 'replace', path: 'roles', value: [{ value: 'auditor' }] })).body.code).toBe('REQUEST_INVALID');
    expect((await patch({ op: 'replace', path: `${staff}:reach`, value: [] })).body.code).toBe('REQUEST_INVALID');
    expect((await patch({ op: 'remove', path: `${staff}:reach` })).body[staff]).toBeUndefined();
    expect((await patch({ op: 'replace', path: 'roles', value: [{ value: 'auditor' }] })).status).toBe(200);
  });
});
