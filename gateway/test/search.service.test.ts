import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { findCanaries, readFolder } from './support/find-canaries';
import { TestConsortium, type Answer, type TestGateway } from './support/test-consortium';
import { TestPatient } from './support/test-patient';

const consortium = new TestConsortium();
const ada = new TestPatient(consortium, 'AlphaMSP');
let gateway: TestGateway;

const coding = (system: string, code: string, more: object = {}): object => ({ coding: [{ system, code }], ...more });
const mark = 'cnrz';
/** Of every kind of parameter one value that nobody else has, in several forms of Unicode. */
const canaries = [
  `${mark}-family-Müller`,
  `${mark}-given-Zoë`,
  `${mark}-code`,
  `${mark}-system`,
  `${mark}-mrn`,
  `${mark}-city`,
  `${mark}-phone`,
];
const [family, given, code, system, mrn, city, phone] = canaries as [string, string, string, string, string, string, string];
const born = '1867-11-07';
const seen = '1923-04-19T07:41:23Z';

const resources: Record<string, object> = {
  'Patient/ada': {
    resourceType: 'Patient',
    id: 'ada',
    identifier: [{ system: 'urn:mrn', value: mrn }],
    name: [{ family, given: [given] }],
    address: [{ city, state: 'MA' }],
    telecom: [{ system: 'phone', value: phone }],
    birthDate: born,
    gender: 'female',
  },
  'Encounter/e1': {
    resourceType: 'Encounter',
    id: 'e1',
    status: 'finished',
    class: { system: 'urn:act', code: 'AMB' },
    type: [coding('urn:snomed', '185349003')],
    subject: { reference: 'Patient/ada' },
    period: { start: '2019-12-30', end: '2020-01-03' },
  },
  'Condition/c1': {
    resourceType: 'Condition',
    id: 'c1',
    clinicalStatus: coding('http://terminology.hl7.org/CodeSystem/condition-clinical', 'active'),
    category: [coding('http://terminology.hl7.org/CodeSystem/condition-category', 'problem-list-item')],
    code: coding(`urn:${system}`, code),
    subject: { reference: 'Patient/ada' },
    encounter: { reference: 'Encounter/e1' },
    onsetDateTime: seen,
  },
  ...Object.fromEntries(
    ['2020-01-01', '2020-01-02T10:00:00Z', '2020-02-03', '2021-03-04'].map((at, number) => [
      `Observation/o${String(number)}`,
      {
        resourceType: 'Observation',
        id: `o${String(number)}`,
        status: number === 3 ? 'amended' : 'final',
        category: [coding('http://terminology.hl7.org/CodeSystem/observation-category', number < 2 ? 'laboratory' : 'vital-signs')],
        code: coding('http://loinc.org', number % 2 === 0 ? '4548-4' : '8480-6'),
        subject: { reference: 'Patient/ada' },
        encounter: { reference: 'Encounter/e1' },
        effectiveDateTime: at,
      },
    ]),
  ),
};

const search = async (path: string, headers: Record<string, string> = {}): Promise<Answer> =>
  gateway.send(`/fhir/${path}`, { token: await gateway.token('physician'), headers });
const put = async (path: string, body: object): Promise<Answer> =>
  gateway.send(`/fhir/${path}`, {
    token: await gateway.token('records'),
    method: 'PUT',
    headers: { 'content-type': 'application/fhir+json', 'medaccord-subject': ada.subjectRef },
    body,
  });
const idsOf = ({ body }: Answer): string[] => (body.entry ?? []).map((one: { resource: { id: string } }) => one.resource.id);
const find = async (path: string): Promise<string> => {
  const answer = await search(path, { prefer: 'handling=strict' });
  return answer.status === 200 ? idsOf(answer).join() : String(answer.status);
};

beforeAll(async () => {
  await consortium.start();
  gateway = consortium.gateway('AlphaMSP');
  await ada.register();
  const entry = Object.entries(resources).map(([url, resource]) => ({ resource, request: { method: 'PUT', url } }));
  const imported = await ada.import({ resourceType: 'Bundle', type: 'transaction', entry });
  expect([imported.status, imported.text]).toEqual([201, expect.anything()]);
}, 30_000);

afterAll(async () => {
  await consortium.stop();
});

const searches: [string, string][] = [
  ['Patient?name=cnrz', 'ada'],
  ['Patient?family=CNRZ-FAMILY-MULLER&given=cnrz', 'ada'],
  ['Patient?family=muller', ''],
  [`Patient?birthdate=${born}&gender=female`, 'ada'],
  ['Patient?birthdate=1867&gender=male', ''],
  ['Patient?address-city=cnrz-city&address-state=ma', 'ada'],
  [`Patient?phone=${phone}`, 'ada'],
  [`Patient?identifier=urn:mrn|${mrn}&family=cnrz`, 'ada'],
  [`Patient?identifier=urn:mrn|${mrn}&family=other`, ''],
  ['Encounter?class=urn:act|AMB&status=finished&type=185349003', 'e1'],
  ['Encounter?date=2020-01-01', ''],
  ['Encounter?date=ge2020-01-01&date=lt2020-01-02', 'e1'],
  [`Condition?patient=ada&code=urn:${system}|${code}`, 'c1'],
  ['Condition?patient=ada&clinical-status=active&category=problem-list-item', 'c1'],
  ['Condition?encounter=Encounter/e1', 'c1'],
  ['Condition?onset-date=1923-04-19', 'c1'],
  ['Condition?onset-date=1923-04-19T07:41', 'c1'],
  ['Condition?onset-date=1923-04-19T07:42', ''],
  ['Observation?patient=ada&code=http://loinc.org|4548-4,http://loinc.org|8480-6', 'o0,o1,o2,o3'],
  ['Observation?patient=ada&category=laboratory', 'o0,o1'],
  ['Observation?patient=ada&category=laboratory&date=ge2020-01-02', 'o1'],
  ['Observation?patient=ada&code=4548-4&date=gt2020-01-01&date=le2020-12', 'o2'],
  ['Observation?status:not=final', 'o3'],
  ['Observation?date=ne2020&status=amended', 'o3'],
  ['Observation?code=4548-4&_id=o1,o2', 'o2'],
  ['Observation?code=4548-4&_sort=-_lastUpdated', 'o2,o0'],
  ['Observation?code=4548-4&_lastUpdated=lt2020', ''],
  ['Observation?code:text=x', '400'],
  ['Observation?patient.name=x', '400'],
  ['Patient?_has:Observation:patient:code=x', '400'],
];

describe('a search by the elements of resources', () => {
  it.each(searches)('%s finds [%s]', async (path, expected) => {
    expect(await find(path)).toBe(expected);
  });

  it('goes on from page to page by its link, and counts', async () => {
    const first = await search('Observation?patient=ada&code=4548-4,8480-6&_count=3&_total=accurate');
    const { url } = first.body.link.find((link: { relation: string }) => link.relation === 'next');
    const second = await search(String(url).slice(String(url).indexOf('/fhir/') + 6));
    expect([first.body.total, idsOf(first), idsOf(second), second.body.link.length]).toEqual([4, ['o0', 'o1', 'o2'], ['o3'], 1]);
    const counted = await search('Observation?status=final&_summary=count');
    expect([counted.body.total, counted.body.entry]).toEqual([3, undefined]);
  });

  it('finds what a resource is now, not what it was, and nothing of what is deleted', async () => {
    const next = { ...resources['Observation/o3'], status: 'corrected', effectiveDateTime: '1999-09-09' };
    expect((await put('Observation/o3', next)).status).toBe(200);
    expect(
      await Promise.all(
        ['Observation?status=amended', 'Observation?status=corrected', 'Observation?date=2021', 'Observation?date=1999-09'].map(find),
      ),
    ).toEqual(['', 'o3', '', 'o3']);
    await gateway.send('/fhir/Observation/o3', { token: await gateway.token('records'), method: 'DELETE' });
    expect(await find('Observation?status=corrected')).toBe('');
    expect((await put('Observation/o4', { ...resources['Observation/o3'], id: 'o4' })).status).toBe(201);
    expect(await find('Observation?status=amended')).toBe('o4');
  });

  it('tells which parameters a type has in the CapabilityStatement, and reads each of them', async () => {
    const { body } = await search('metadata');
    const { resource: types } = body.rest[0];
    for (const { type, searchParam } of types as { type: string; searchParam: { name: string; type: string }[] }[]) {
      const values: Record<string, string> = { date: '2020', string: 'a', token: 'a', reference: 'Patient/ada' };
      const query = searchParam.filter(({ name }) => name !== '_id').map(({ name, type: kind }) => `${name}=${values[kind] ?? ''}`);
      const token = await gateway.token(type === 'AuditEvent' ? 'auditor' : 'records');
      const answer = await gateway.send(`/fhir/${type}?${query.join('&')}`, { token, headers: { prefer: 'handling=strict' } });
      expect([type, answer.status]).toEqual([type, 200]);
    }
    const ofPatient = types.find(({ type }: { type: string }) => type === 'Patient').searchParam.map(({ name }: { name: string }) => name);
    expect(ofPatient).toEqual(expect.arrayContaining(['_id', '_lastUpdated', 'identifier', 'birthdate', 'family', 'name']));
  });
});

describe('what comes along with a search', () => {
  const modesOf = ({ body }: Answer): string[] =>
    (body.entry ?? []).map((one: { resource: { resourceType: string; id: string }; search: { mode: string } }) =>
      [one.search.mode, one.resource.resourceType, one.resource.id].join(' '),
    );

  it('is what the matches refer to, each once, and nothing that is deleted or not held', async () => {
    const found = await search(
      'Observation?code=4548-4&_id=o0,o2&_include=Observation:patient&_include=Observation:encounter&_include=Observation:performer',
    );
    expect(modesOf(found)).toEqual(['match Observation o0', 'match Observation o2', 'include Patient ada', 'include Encounter e1']);
    expect(modesOf(await search('Observation?_id=o0&_include=Observation:subject:Group'))).toEqual(['match Observation o0']);
  });

  it('is what refers to the matches', async () => {
    const found = await search(
      'Encounter?_id=e1&_revinclude=Condition:encounter&_revinclude=Observation:encounter&_include=Encounter:patient',
    );
    expect(modesOf(found).slice(0, 3)).toEqual(['match Encounter e1', 'include Patient ada', 'include Condition c1']);
    expect(modesOf(found)).toContain('include Observation o0');
    expect(modesOf(found)).not.toContain('include Observation o3');
    expect(modesOf(await search('Patient?_id=ada&_revinclude=Condition:patient'))).toEqual(['match Patient ada', 'include Condition c1']);
    const provenance = { resourceType: 'Provenance', id: 'v1', recorded: '2020-01-01T00:00:00Z', agent: [{ who: { display: 'x' } }] };
    expect((await put('Provenance/v1', { ...provenance, target: [{ reference: 'Condition/c1' }] })).status).toBe(201);
    expect(modesOf(await search('Condition?_revinclude=Provenance:target'))).toEqual(['match Condition c1', 'include Provenance v1']);
  });

  it.each([
    '_include=*',
    '_include:iterate=Observation:encounter',
    '_include=Encounter:patient',
    '_include=Observation:code',
    '_revinclude=Observation:nothing',
  ])('is refused or named where it is not implemented: %s', async (include) => {
    expect(await find(`Observation?${include}`)).toBe('400');
    const lenient = await search(`Observation?_id=o0&${include}`);
    expect(lenient.body.entry.at(-1).resource.issue[0].diagnostics).toBe(`Not applied: ${include.split('=')[0] ?? ''}`);
  });
});

describe('the shape of an answer', () => {
  it('is in the order of a date of the resources, page by page; what has none comes last', async () => {
    const undated = {
      resourceType: 'Observation',
      id: 'undated',
      status: 'final',
      code: { text: 'x' },
      subject: { reference: 'Patient/ada' },
    };
    expect((await put('Observation/undated', undated)).status).toBe(201);
    const idsBy = async (sort: string): Promise<string[]> => {
      const first = await search(`Observation?patient=ada&_sort=${sort}&_count=3`);
      const { url } = first.body.link.at(-1);
      return [...idsOf(first), ...idsOf(await search(String(url).slice(String(url).indexOf('/fhir/') + 6)))];
    };
    expect([await idsBy('date'), await idsBy('-date')]).toEqual([
      ['o0', 'o1', 'o2', 'o4', 'undated'],
      ['o4', 'o2', 'o1', 'o0', 'undated'],
    ]);
    expect(await find('Observation?patient=ada&_sort=code')).toBe('400');
  });

  it.each([
    ['true', ['resourceType', 'id', 'meta', 'identifier', 'active', 'name', 'telecom', 'gender', 'birthDate', 'address']],
    ['text', ['resourceType', 'id', 'meta', 'text']],
    ['data', ['resourceType', 'id', 'meta', 'identifier', 'name', 'telecom', 'gender', 'birthDate', 'address', 'maritalStatus']],
  ])('is the summary asked for, marked as a part: %s', async (summary, allowed) => {
    const text = { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">x</div>' };
    await put('Patient/ada', { ...resources['Patient/ada'], text, maritalStatus: { text: 'married' } });
    const { body } = await search(`Patient?_id=ada&_summary=${summary}`);
    const { resource } = body.entry[0];
    expect(Object.keys(resource).filter((name) => !allowed.includes(name))).toEqual([]);
    expect([resource.meta.tag, 'text' in resource, 'name' in resource]).toEqual([
      [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', code: 'SUBSETTED' }],
      summary === 'text',
      summary !== 'text',
    ]);
  });

  it('tells what may come along in the CapabilityStatement', async () => {
    const { body } = await search('metadata');
    const of = (type: string): { searchInclude: string[]; searchRevInclude: string[] } =>
      body.rest[0].resource.find((one: { type: string }) => one.type === type);
    expect(of('MedicationRequest').searchInclude).toEqual(
      expect.arrayContaining(['MedicationRequest:medication', 'MedicationRequest:patient']),
    );
    expect(of('Patient').searchRevInclude).toEqual(expect.arrayContaining(['Observation:patient', 'Provenance:target']));
    expect(of('Observation').searchRevInclude).toEqual(['Provenance:target']);
  });
});

describe('the files of the search index', () => {
  it('show a thief none of the values that it finds, in no form, forwards or backwards', () => {
    const variants = [...canaries, born, seen, '1867', '1923-04'].flatMap((one) =>
      [
        one,
        one.normalize('NFD'),
        one.normalize('NFKC'),
        one.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase(),
        one.replaceAll('-', ' '),
      ].flatMap((form) => [form, Array.from(form).reverse().join('')]),
    );
    const files = [...readFolder(join(consortium.folder, 'alpha'))].filter(([name]) => name.includes('.sqlite'));
    expect(files.map(([name]) => name).some((name) => name.endsWith('index.sqlite'))).toBe(true);
    expect(
      findCanaries(
        [...new Set(variants)].filter((one) => one.length > 4),
        files,
      ),
    ).toEqual([]);
  });

  it('are made again from the ledger and the sealed values when they are lost, and find the same', async () => {
    // The order of creation begins anew.
    const findAll = (): Promise<string[]> => Promise.all(searches.map(async ([path]) => (await find(path)).split(',').sort().join()));
    const before = await findAll();
    await gateway.stop();
    for (const name of ['index.sqlite', 'index.sqlite-wal', 'index.sqlite-shm']) rmSync(join(gateway.data, name), { force: true });
    await gateway.start();
    expect(await findAll()).toEqual(before);
  });
});
