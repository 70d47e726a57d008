import { randomUUID } from 'node:crypto';
import { formatInstant, type ConsentSet } from '@medaccord/chaincode/model';
import { closeRelation } from '../src/wallet';
import { declare, passHours } from './support/declare';
import { newChart, type ChartName, type TestChart } from './support/test-chart';
import { newPlan, TestCoverage } from './support/test-coverage';
import { TestConsortium, waitFor, type Answer, type Sent, type TestGateway } from './support/test-consortium';
import { ask, TestPatient } from './support/test-patient';
import { newVisitBundle } from './support/visit-bundle';

jest.setTimeout(30_000);

/** What was released in a relation, read as FHIR at the counterparty. */
const consortium = new TestConsortium();
let alpha: TestGateway;
let beta: TestGateway;
let gamma: TestGateway;
let patient: TestPatient;
let chart: TestChart;

beforeAll(async () => {
  await consortium.start({ heightsWithinMs: 600 });
  [alpha, beta, gamma] = ['AlphaMSP', 'BetaMSP', 'GammaMSP'].map((mspId) => consortium.gateway(mspId)) as [
    TestGateway,
    TestGateway,
    TestGateway,
  ];
});

afterEach(() => {
  jest.useRealTimers();
  consortium.heal();
});

afterAll(async () => {
  await consortium.stop();
});

const laboratory: readonly ConsentSet[] = [
  { base: 'deny', exceptions: [{ decision: 'permit', categories: ['laboratory'], purposes: ['TREAT'] }] },
];
const everything = ['laboratory', 'conditions', 'encounters', 'medications', 'demographics', 'psychiatry'] as const;
const openAll: readonly ConsentSet[] = [
  { base: 'permit', exceptions: [{ decision: 'permit', categories: ['psychiatry'], confidentiality: 'R' }] },
];

/** A patient with a chart at Alpha and a relation with Beta; nothing is released yet. */
async function newRelated(sets: readonly ConsentSet[] = laboratory): Promise<void> {
  patient = new TestPatient(consortium, 'AlphaMSP');
  chart = newChart();
  await patient.register();
  expect((await patient.import(chart.bundle)).status).toBe(201);
  await patient.checkIn('BetaMSP');
  expect((await patient.consentTo('BetaMSP', sets)).status).toBe(201);
}

async function release(categories: readonly (typeof everything)[number][] = everything, token?: string): Promise<Answer> {
  const answer = await ask(beta, patient.relationRef, categories, token === undefined ? {} : { token });
  expect(answer.body.status).toBe('released');
  return answer;
}

type Asked = Sent & { readonly role?: string; readonly at?: TestGateway; readonly relationRef?: string };

async function get(
  path: string,
  { role = 'physician', at = beta, relationRef = patient.relationRef, ...sent }: Asked = {},
): Promise<Answer> {
  return at.send(`/fhir/released/${relationRef}/${path}`, { token: await at.token(role), ...sent });
}

const pathOf = (name: ChartName): string => `${chart.entries[name].type}/${chart.entries[name].id}`;
const idsOf = ({ body }: Answer): string[] => (body.entry ?? []).map(({ resource }: { resource: { id: string } }) => resource.id);
const namesOf = (answer: Answer): string[] => idsOf(answer).map((id) => id.split('-')[0] ?? '');
const linkOf = ({ body }: Answer, relation: string): string | undefined =>
  body.link.find((link: { relation: string }) => link.relation === relation)?.url;
const follow = (url: string): string => url.slice(url.indexOf(patient.relationRef) + patient.relationRef.length + 1);
const codeOf = ({ status, body }: Answer): unknown => [status, body.issue?.[0].details.coding[0].code];
const untilFollowing = (): Promise<void> => consortium.untilFollowing();

/** Nothing at all, told as if there had never been anything. */
async function expectNothing(asked: Asked = {}): Promise<void> {
  const stranger = 'A'.repeat(22);
  for (const path of [
    pathOf('glucose'),
    `${pathOf('glucose')}/_history`,
    `${pathOf('glucose')}/_history/1`,
    `${pathOf('patient')}/$everything`,
  ]) {
    const [answer, absent] = [await get(path, asked), await get(path, { ...asked, relationRef: stranger })];
    expect([path, ...(codeOf(answer) as unknown[])]).toEqual([path, 404, 'RESOURCE_NOT_FOUND']);
    expect({ ...answer.body, id: '' }).toEqual({ ...absent.body, id: '' });
  }
  for (const path of ['Observation?_total=accurate', 'Patient?_summary=count', 'Patient/$everything']) {
    const [answer, absent] = [await get(path, asked), await get(path, { ...asked, relationRef: stranger })];
    expect([path, answer.status, answer.text.replaceAll(patient.relationRef, stranger)]).toEqual([path, 200, absent.text]);
    expect(answer.body.entry).toBeUndefined();
  }
}

describe('what was released', () => {
  beforeAll(async () => {
    await newRelated();
    await release();
  });

  it('is read as it was anchored, by the names that it has at its custodian', async () => {
    const read = await get(pathOf('sodium'));
    expect([read.status, read.headers.get('content-type'), read.headers.get('etag')]).toEqual([
      200,
      'application/fhir+json; charset=utf-8',
      'W/"1"',
    ]);
    expect(read.headers.get('content-location')).toBe(`${beta.url}/fhir/released/${patient.relationRef}/${pathOf('sodium')}/_history/1`);
    const own = await alpha.send(`/fhir/${pathOf('sodium')}`, { token: await alpha.token('records') });
    expect(read.body).toEqual(own.body);
    expect((await get(`${pathOf('sodium')}/_history/1`)).text).toBe(read.text);
    const history = await get(`${pathOf('sodium')}/_history`);
    expect(history.body).toMatchObject({ type: 'history', total: 1, entry: [{ resource: { id: chart.entries.sodium.id } }] });
  });

  it('is found by search, GET and POST, and counts only what is shown', async () => {
    const found = await get('Observation?_total=accurate');
    expect([namesOf(found), found.body.total]).toEqual([['glucose', 'sodium'], 2]);
    expect(linkOf(found, 'self')).toBe(`${beta.url}/fhir/released/${patient.relationRef}/Observation?_total=accurate`);
    expect(namesOf(await get(`Observation?identifier=urn:lab%7C${chart.entries.glucose.id}`))).toEqual(['glucose']);
    expect(namesOf(await get(`Observation?patient=${chart.entries.patient.id}&_id=${chart.entries.sodium.id},x`))).toEqual(['sodium']);
    expect(namesOf(await get('Observation?patient=somebody'))).toEqual([]);
    expect(namesOf(await get('Observation?_lastUpdated=gt2000&_sort=-_lastUpdated'))).toHaveLength(2);
    expect(namesOf(await get('Observation?_lastUpdated=lt2000'))).toEqual([]);
    const posted = await get('Observation/_search', {
      method: 'POST',
      body: `_id=${chart.entries.glucose.id}`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(namesOf(posted)).toEqual(['glucose']);
    expect((await get('Observation?_summary=count')).body).toMatchObject({ total: 2 });
    expect((await get('Condition?_summary=count')).body).toMatchObject({ total: 0 });
    const part = await get('Observation?_elements=status');
    expect(part.body.entry[1].resource).toEqual({
      ...{ resourceType: 'Observation', id: chart.entries.sodium.id, status: 'final' },
      meta: expect.objectContaining({ tag: [expect.objectContaining({ code: 'SUBSETTED' })] }),
    });
  });

  it('is found by the search parameters of its type, in what the reader gets', async () => {
    const { encounter, sodium } = chart.entries;
    expect(namesOf(await get('Observation?status=final&category=laboratory'))).toEqual(['glucose', 'sodium']);
    expect(namesOf(await get('Observation?status:not=final'))).toEqual([]);
    expect(namesOf(await get('Observation?category=vital-signs'))).toEqual([]);
    expect(namesOf(await get('Observation?date=ge2026-03&date=lt2026-04'))).toEqual(['sodium']);
    expect(namesOf(await get('Observation?date=gt2026-03-04'))).toEqual([]);
    expect(namesOf(await get(`Observation?has-member=${beta.url}/fhir/released/${patient.relationRef}/${pathOf('sodium')}`))).toEqual([
      'glucose',
    ]);
    expect(namesOf(await get(`Observation?has-member=Observation/${sodium.id}&_count=1`))).toEqual(['glucose']);
    // The glucose names the encounter, which its reader does not see.
    expect(namesOf(await get(`Observation?encounter=${encounter.id}`))).toEqual([]);
  });

  it('is told page by page, by links that are good for this list of this relation only', async () => {
    const first = await get('Patient/$everything?_count=1');
    const next = follow(linkOf(first, 'next') ?? '');
    expect(next).not.toContain('sodium');
    const second = await get(next);
    expect([...namesOf(first), ...namesOf(second)]).toEqual(['glucose', 'sodium']);
    expect(linkOf(second, 'next')).toBeUndefined();
    expect(codeOf(await get(next, { relationRef: 'A'.repeat(22) }))).toEqual([400, 'REQUEST_INVALID']);
    expect(codeOf(await get(next.replace('Patient/$everything', 'Observation')))).toEqual([400, 'REQUEST_INVALID']);
  });

  it('tells which parameters it does not know, and refuses them where the client is strict', async () => {
    const loose = await get('Observation?status=final&flavour=salty');
    expect(loose.body.entry.at(-1)).toMatchObject({
      search: { mode: 'outcome' },
      resource: { issue: [{ diagnostics: 'Not applied: flavour' }] },
    });
    expect(codeOf(await get('Observation?flavour=salty', { headers: { prefer: 'handling=strict' } }))).toEqual([
      400,
      'SEARCH_PARAMETER_UNKNOWN',
    ]);
  });

  it('leads nowhere that the reader does not see: references to other records of hers are masked, and marked', async () => {
    const { body, text } = await get(pathOf('glucose'));
    expect(body.encounter).toEqual({
      extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'masked' }],
    });
    expect(body.hasMember).toEqual([{ reference: pathOf('sodium') }]);
    expect(body.subject).toEqual({ reference: pathOf('patient') });
    expect(body.meta).toMatchObject({ security: [{ code: 'REDACTED' }], tag: [{ code: 'SUBSETTED' }] });
    for (const canary of chart.entries.encounter.canaries) expect(text).not.toContain(canary);
  });

  it('is told by what it can do, the same for every relation', async () => {
    const { status, text, body } = await beta.send(`/fhir/released/${patient.relationRef}/metadata`);
    const other = await beta.send(`/fhir/released/${'A'.repeat(22)}/metadata`);
    expect([status, text.replaceAll(patient.relationRef, '')]).toEqual([200, other.text.replaceAll('A'.repeat(22), '')]);
    expect(body.rest[0].resource[0].interaction.map(({ code }: { code: string }) => code)).toEqual([
      ...['read', 'vread', 'history-instance', 'search-type'],
    ]);
  });

  it('does not answer what was withheld otherwise than what never was', async () => {
    for (const name of ['diagnosis', 'psychosis', 'encounter', 'patient'] as const) {
      const [withheld, absent] = [await get(pathOf(name)), await get(`${chart.entries[name].type}/never-was`)];
      expect([withheld.status, { ...withheld.body, id: '' }]).toEqual([404, { ...absent.body, id: '' }]);
      const query = `?_id=${chart.entries[name].id}&_total=accurate`;
      const found = await get(chart.entries[name].type + query);
      const none = await get(`${chart.entries[name].type}?_id=never-was&_total=accurate`);
      expect(found.text.replaceAll(chart.entries[name].id, 'never-was')).toBe(none.text);
    }
  });

  it('is nothing to other roles, other members and the custodian', async () => {
    await expectNothing({ role: 'insurer-clerk' });
    await expectNothing({ role: 'researcher' });
    await expectNothing({ at: gamma });
    await expectNothing({ at: alpha });
    expect(codeOf(await get('Observation', { role: 'records' }))).toEqual([403, 'ROLE_NOT_ALLOWED']);
  });

  it('is kept back while it is not known that no newer block is missing', async () => {
    consortium.unreachable.add('GammaMSP');
    await waitFor(async () => (await get(pathOf('glucose'))).status === 503, 5_000);
    for (const relationRef of [patient.relationRef, 'A'.repeat(22)])
      expect(codeOf(await get('Observation', { relationRef }))).toEqual([503, 'HEIGHT_NOT_PROVEN']);
    consortium.unreachable.clear();
    await waitFor(async () => (await get(pathOf('glucose'))).status === 200, 5_000);
  });
});

describe('a sensitive record', () => {
  it('carries its obligations, and comes with the reference that names it', async () => {
    await newRelated(openAll);
    await release();
    const { body } = await get(pathOf('psychosis'));
    expect(body.meta.security.map(({ code }: { code: string }) => code)).toEqual(['PSY', 'R', 'PRIVMARK', 'NORDSCLCD']);
    expect(body.meta.tag).toBeUndefined();
    expect((await get(pathOf('medication'))).body.reasonReference[0].reference).toBe(pathOf('psychosis'));
    expect(namesOf(await get(`${pathOf('patient')}/$everything`))).toHaveLength(7);
    await patient.consentTo('BetaMSP', laboratory);
    await untilFollowing();
    expect(['glucose', 'sodium']).toEqual(expect.arrayContaining(namesOf(await get('Patient/$everything'))));
  });
});

describe('the consent of the moment decides', () => {
  beforeEach(async () => {
    await newRelated();
  });

  it.each(['revoked', 'closed'])('nothing is answered once it is %s', async (how) => {
    await release();
    expect((await get(pathOf('glucose'))).status).toBe(200);
    if (how === 'revoked') await patient.revoke('GammaMSP');
    else {
      const signed = await closeRelation(patient.wallet, patient.relationRef as never);
      patient.wallet = signed.wallet;
      expect((await gamma.send('/api/consents', { body: signed.request })).status).toBe(201);
    }
    await untilFollowing();
    await expectNothing();
  });

  it('nothing is answered while she is held, and everything once she is not', async () => {
    await release();
    const act = { token: await alpha.token('registrar'), key: randomUUID(), body: {} };
    expect((await alpha.send(`/api/patients/${patient.subjectRef}/hold`, act)).status).toBe(201);
    await untilFollowing();
    await expectNothing();
  });

  it('nothing is answered from the end of its validity on', async () => {
    const validity = { from: formatInstant(Date.now() - 60_000), until: formatInstant(Date.now() + 1_500) };
    expect((await patient.sign('BetaMSP', { sets: laboratory, validity })).status).toBe(201);
    await release();
    await waitFor(async () => (await get(pathOf('glucose'))).status === 404, 5_000);
    expect(formatInstant(Date.now()) >= validity.until).toBe(true);
    await expectNothing();
  });

  it('decides for whoever reads, not for whoever asked', async () => {
    const departments = ['cardiology'];
    await patient.consentTo('BetaMSP', [{ base: 'deny', exceptions: [{ decision: 'permit', categories: ['laboratory'], departments }] }]);
    const lee = await beta.token('physician', 'lee', 600, { department: 'cardiology' });
    await release(['laboratory'], lee);
    expect((await get(pathOf('glucose'), { token: lee })).status).toBe(200);
    await expectNothing({ token: await beta.token('physician', 'kim', 600, { department: 'dentistry' }) });
    await expectNothing({ token: await beta.token('physician', 'nobody') });
  });

  it('decides record by record when it is narrowed', async () => {
    const kept = chart.entries.glucose;
    await release();
    const { body } = await alpha.send(`/api/records?subject=${patient.subjectRef}`, { token: await alpha.token('records') });
    const { recordId } = body.records.find(({ reference }: { reference: string }) => reference === pathOf('glucose'));
    await patient.consentTo('BetaMSP', [
      { base: 'deny', exceptions: [{ decision: 'permit', categories: ['laboratory'], records: [recordId], purposes: ['TREAT'] }] },
    ]);
    await untilFollowing();
    await waitFor(async () => !idsOf(await get('Observation')).includes(chart.entries.sodium.id), 5_000);
    expect(idsOf(await get('Observation')).every((id) => id === kept.id)).toBe(true);
  });

  it('shows the newest version that was released, and those before it', async () => {
    await release();
    const next = { ...chart.entries.sodium.resource, note: [{ text: 'second' }] };
    const put = await alpha.send(`/fhir/${pathOf('sodium')}`, {
      ...{ method: 'PUT', token: await alpha.token('records'), body: next, headers: { 'content-type': 'application/fhir+json' } },
    });
    expect(put.status).toBe(200);
    expect((await get(pathOf('sodium'))).body.meta.versionId).toBe('1');
    await release();
    expect((await get(pathOf('sodium'))).body).toMatchObject({ meta: { versionId: '2' }, note: [{ text: 'second' }] });
    expect((await get(`${pathOf('sodium')}/_history`)).body).toMatchObject({
      total: 2,
      entry: [{}, { resource: { meta: { versionId: '1' } } }],
    });
    expect(namesOf(await get('Observation'))).toEqual(['glucose', 'sodium']);
  });

  it('shows nothing that its custodian marked as entered in error', async () => {
    await release();
    const gone = await alpha.send(`/fhir/${pathOf('glucose')}`, { method: 'DELETE', token: await alpha.token('records') });
    expect(gone.status).toBe(204);
    await untilFollowing();
    expect(namesOf(await get('Observation'))).toEqual(['sodium']);
    expect((await get(pathOf('glucose'))).status).toBe(404);
  });
});

describe('a declared emergency', () => {
  it('shows what it opened until the end of its time box, whatever the consent says', async () => {
    await newRelated();
    await patient.revoke('BetaMSP');
    expect((await declare(beta, patient.relationRef)).body.status).toBe('released');
    expect(namesOf(await get('Observation'))).toEqual(['glucose', 'sodium']);
    passHours(24);
    await waitFor(async () => (await get('Observation')).status === 200, 5_000);
    await expectNothing();
  });
});

describe('a relation for something else', () => {
  /** Bills at the hospital; answers the claim's id. */
  const bill = async (of: object): Promise<string> => {
    const { status, body } = await alpha.send('/api/claims', {
      token: await alpha.token('records'),
      key: randomUUID(),
      body: { relationRef: patient.relationRef, ...of },
    });
    expect(status).toBe(201);
    return body.claimId as string;
  };
  const totals = async (role: string): Promise<readonly unknown[]> => {
    const found = ['Encounter', 'Procedure', 'Claim'].map((type) => get(`${type}?_summary=count`, { at: gamma, role }));
    return (await Promise.all(found)).map(({ body }) => body.total as unknown);
  };

  it('shows payment what the claim needs, to those who ask for it, until the claim is taken back', async () => {
    patient = new TestPatient(consortium, 'AlphaMSP');
    await patient.register();
    const { body } = await patient.import(newVisitBundle());
    const claim = (body.resources as { reference: string }[]).find(({ reference }) => reference.startsWith('Claim/'))?.reference;
    await patient.checkIn('GammaMSP', 'GammaMSP', ['cover']);
    await patient.consentTo('GammaMSP', [{ base: 'permit', exceptions: [] }]);
    const coverage = new TestCoverage(patient);
    expect((await coverage.begin(newPlan({ filingDays: null }))).status).toBe(201);
    const { coverageId } = coverage;
    const claimId = await bill({ coverageId, claim });
    const proof = { kind: 'claim', claimId } as never;
    const asked = await ask(gamma, patient.relationRef, ['encounters', 'procedures', 'claims'], { purpose: 'HPAYMT', proof });
    expect(asked.body.status).toBe('released');
    expect(await totals('insurer-clerk')).toEqual([1, 1, 0]);
    expect(await totals('physician')).toEqual([0, 0, 0]);
    await bill({ coverageId, type: 'institutional', currency: 'USD', lines: [], related: { claimId, relationship: 'reversal' } });
    await waitFor(async () => (await totals('insurer-clerk')).every((total) => total === 0), 5_000);
  });
});
