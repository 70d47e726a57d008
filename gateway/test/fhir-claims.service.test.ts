import { randomUUID } from 'node:crypto';
import { parseFhirClaim } from '../src/claims';
import { parseLosslessJson, type JsonObject } from '../src/fhir';
import { validateResource } from '../src/validation';
import { TestConsortium, waitFor, type Answer, type Sent, type TestGateway } from './support/test-consortium';
import { newPlan, TestCoverage } from './support/test-coverage';
import { TestPatient } from './support/test-patient';
import { newVisitBundle } from './support/visit-bundle';

jest.setTimeout(60_000);

/** Hospital, insurer and patient read coverages and claims of the ledger as FHIR, each as far as it is theirs. */
const consortium = new TestConsortium();
let [alpha, beta, gamma]: TestGateway[] = [];
const [ada, bea] = [new TestPatient(consortium, 'AlphaMSP'), new TestPatient(consortium, 'AlphaMSP')];
/** FHIR ids: claims of Ada's, the older one first, and one of Bea's; and by what Ada's are billed. */
const made = { ada: [] as string[], bea: [] as string[], coverage: '', beas: '', coverageId: '', encounter: '' };

const fhirId = (id: string): string => id.replaceAll('_', '.');
const ledgerId = (id: string): string => id.replaceAll('.', '_');
let beasCoverage: TestCoverage;

async function cover(
  patient: TestPatient,
  plan?: object,
): Promise<{ coverage: TestCoverage; coverageId: string; claim: string; encounter: string }> {
  await patient.register();
  const { body } = await patient.import(newVisitBundle());
  const references = (body.resources as { reference: string }[]).map(({ reference }) => reference);
  await patient.checkIn('GammaMSP', 'GammaMSP', ['cover']);
  const coverage = new TestCoverage(patient);
  expect((await coverage.begin(plan)).status).toBe(201);
  const named = (type: string): string => references.find((one) => one.startsWith(`${type}/`)) ?? '';
  return { coverage, coverageId: coverage.coverageId, claim: named('Claim'), encounter: named('Encounter') };
}

async function bill(patient: TestPatient, body: object): Promise<string> {
  const sent = { token: await alpha!.token('records'), key: randomUUID(), body: { relationRef: patient.relationRef, ...body } };
  const answer = await alpha!.send('/api/claims', sent);
  expect([answer.status, answer.body.code]).toEqual([201, undefined]);
  const claimId = String(answer.body.claimId);
  const isTold = async (): Promise<boolean> => {
    const read = await get(`ClaimResponse/${fhirId(claimId)}`);
    return read.body.item !== undefined;
  };
  await waitFor(isTold, 20_000);
  return fhirId(claimId);
}

beforeAll(async () => {
  await consortium.start();
  [alpha, beta, gamma] = ['AlphaMSP', 'BetaMSP', 'GammaMSP'].map((mspId) => consortium.gateway(mspId));
  const hers = await cover(ada, newPlan({ evidence: [], quantities: [] }));
  const { coverageId } = hers;
  Object.assign(made, { coverageId, coverage: fhirId(coverageId), encounter: hers.encounter });
  made.ada.push(await bill(ada, { coverageId, claim: hers.claim }));
  const line = { service: { system: 'http://snomed.info/sct', code: '390906007' }, day: '2026-03-05', charge: 12_500 };
  const asked = { use: 'preauthorization', type: 'institutional', currency: 'USD', encounter: hers.encounter, lines: [line] };
  made.ada.push(await bill(ada, { coverageId, ...asked }));
  const others = await cover(bea);
  made.beas = fhirId(others.coverageId);
  beasCoverage = others.coverage;
  made.bea.push(await bill(bea, { coverageId: others.coverageId, claim: others.claim }));
}, 60_000);

afterAll(async () => {
  await consortium.stop();
});

/** As the hospital's billing unless somebody else is said. */
async function get(
  path: string,
  { at = alpha!, role = 'records', ...sent }: Sent & { at?: TestGateway; role?: string } = {},
): Promise<Answer> {
  return at.send(`/fhir/claims/${path}`, { token: await at.token(role), ...sent });
}

async function getHers(path: string, sent: Sent = {}): Promise<Answer> {
  return alpha!.send(`/fhir/own-claims/${ada.relationRef}/${path}`, { token: await ada.token('AlphaMSP'), ...sent });
}

const clerk = () => ({ at: gamma!, role: 'insurer-clerk' });
const idsOf = ({ body }: Answer): string[] => (body.entry ?? []).map(({ resource }: { resource: { id: string } }) => resource.id);
const codeOf = ({ status, body }: Answer): unknown => [status, body.issue?.[0].details.coding[0].code];
const isValid = ({ text }: Answer): void => expect(validateResource(parseLosslessJson(text) as JsonObject)).toEqual([]);
const nextOf = ({ body }: Answer): string | undefined => {
  const url = body.link.find(({ relation }: { relation: string }) => relation === 'next')?.url as string | undefined;
  return url?.replace(/^.*\/fhir\/claims\//, '');
};

describe('hospital and insurer', () => {
  it('read a claim and what was answered alike, and FHIR R4 takes it', async () => {
    const [first = ''] = made.ada;
    for (const type of ['Claim', 'ClaimResponse', 'ExplanationOfBenefit']) {
      const own = await get(`${type}/${first}`);
      isValid(own);
      expect([own.status, own.text]).toEqual([200, (await get(`${type}/${first}`, clerk())).text]);
    }
    const claim = await get(`Claim/${first}`);
    expect(parseFhirClaim(parseLosslessJson(claim.text)).lines.map(({ charge }) => charge)).toEqual([12_500, 61_000]);
    const { body } = await get(`ClaimResponse/${first}`);
    expect(body).toMatchObject({ outcome: 'complete', status: 'active', disposition: 'demonstration, version 1' });
    expect(body.item).toHaveLength(2);
    expect((await get(`ExplanationOfBenefit/${first}`)).body.benefitBalance[0].category.coding[0].code).toBe('30');
  });

  it('read a coverage with the terms that she signed', async () => {
    for (const who of [{}, clerk()]) {
      const coverage = await get(`Coverage/${made.coverage}`, who);
      isValid(coverage);
      expect(coverage.body).toMatchObject({
        status: 'active',
        period: { start: '2020-01-01' },
        class: [{ value: 'demonstration' }],
        order: 1,
      });
    }
    expect(idsOf(await get(`Coverage?patient=${ada.relationRef}`))).toEqual([made.coverage]);
    expect(idsOf(await get(`Coverage?_id=${made.coverage},${made.beas}`))).toEqual([made.coverage, made.beas]);
    expect(idsOf(await get(`Coverage?patient=${ada.relationRef}&status=cancelled`))).toEqual([]);
    expect(codeOf(await get('Coverage'))).toEqual([422, 'SEARCH_TOO_WIDE']);
  });

  it('find claims by what the ledger tells of them', async () => {
    const [first = '', second = ''] = made.ada;
    const all = [...made.ada, ...made.bea].reverse();
    const found = async (query: string): Promise<string[]> => idsOf(await get(query, clerk()));
    expect(await found('Claim')).toEqual(all);
    expect(await found(`Claim?patient=${ada.relationRef}`)).toEqual([second, first]);
    expect(await found(`ClaimResponse?patient:identifier=urn:medaccord:relation%7C${bea.relationRef}`)).toEqual(made.bea);
    expect(await found(`ExplanationOfBenefit?coverage=Coverage/${made.coverage}&use=claim`)).toEqual([first]);
    expect(await found(`ClaimResponse?use=preauthorization,predetermination`)).toEqual([second]);
    expect(await found(`ClaimResponse?request=Claim/${first}`)).toEqual([first]);
    expect(await found(`Claim?_id=${first},${second}&use=claim`)).toEqual([first]);
    expect(await found(`Claim?identifier=urn:medaccord:claim%7C${ledgerId(first)},urn:other%7C${ledgerId(second)}`)).toEqual([first]);
    expect(await found(`Coverage?identifier=${ledgerId(made.coverage)}`)).toEqual([made.coverage]);
    const decided = (n: number): string => `urn:medaccord:adjudication%7C${ledgerId(first)}.${String(n)}`;
    expect(await found(`ExplanationOfBenefit?identifier=${decided(1)},${decided(2)}`)).toEqual([first]);
    expect(await found(`ClaimResponse?identifier=${decided(2)}`)).toEqual([]);
    expect(await found(`Claim?_id=${first},${first}`)).toEqual([first]);
    isValid(await get('Claim'));
    isValid(await get('ExplanationOfBenefit', clerk()));
    expect(await found('ClaimResponse?outcome=queued,error')).toEqual([]);
    expect(await found('ClaimResponse?outcome=complete&status=active')).toEqual(all);
    expect(await found('Claim?created=lt2020')).toEqual([]);
    expect(await found(`ClaimResponse?created=ge2020&_lastUpdated=ge${new Date(Date.now() - 3_600_000).toISOString()}`)).toEqual(all);
    for (const query of ['Claim?weather=fair', 'Claim?outcome=complete', 'Coverage?use=claim'])
      expect(codeOf(await get(query))).toEqual([400, 'SEARCH_PARAMETER_UNKNOWN']);
    for (const query of ['Claim?_count=0', 'Claim?use=claim&use=preauthorization', 'Claim?created=soon'])
      expect(codeOf(await get(query))).toEqual([400, 'REQUEST_INVALID']);
    const form = { method: 'POST', body: `_id=${first}`, headers: { 'content-type': 'application/x-www-form-urlencoded' } };
    expect(idsOf(await get('Claim/_search', form))).toEqual([first]);
  });

  it('read long lists page by page, nothing twice and nothing left out', async () => {
    const seen: string[] = [];
    for (let query: string | undefined = 'Claim?_count=1'; query !== undefined;) {
      const page: Answer = await get(query);
      expect(idsOf(page)).toHaveLength(1);
      seen.push(...idsOf(page));
      query = nextOf(page);
    }
    expect(seen).toEqual([...made.ada, ...made.bea].reverse());
    const other = nextOf(await get('Claim?_count=1'))?.replace('Claim', 'ClaimResponse');
    expect(codeOf(await get(other ?? ''))).toEqual([400, 'REQUEST_INVALID']);
  });

  it('are told whether a coverage is in force, and what is left of it', async () => {
    const ask = async (who: Parameters<typeof get>[1], more: object = {}, wrap = (request: object): object => request): Promise<Answer> => {
      const request = {
        ...{ resourceType: 'CoverageEligibilityRequest', status: 'active', purpose: ['benefits', 'validation'], created: '2026-03-06' },
        patient: { identifier: { system: 'urn:medaccord:relation', value: ada.relationRef } },
        insurer: { identifier: { system: 'urn:medaccord:member', value: 'GammaMSP' } },
        insurance: [{ coverage: { reference: `Coverage/${made.coverage}` } }],
        ...{ servicedDate: '2026-03-06', ...more },
      };
      const headers = { 'content-type': 'application/fhir+json' };
      return get('CoverageEligibilityRequest/$submit', { ...who, method: 'POST', body: wrap(request), headers });
    };
    for (const who of [{}, clerk()]) {
      const answer = await ask(who);
      isValid(answer);
      expect(answer.body).toMatchObject({ outcome: 'complete', insurance: [{ inforce: true }] });
      // 610.00, of which the plan looks at all: the deductible of 500.00 is used up.
      expect(answer.text).toContain('"allowedMoney":{"value":500.00,"currency":"USD"},"usedMoney":{"value":500.00,"currency":"USD"}');
    }
    expect((await ask({}, { servicedDate: '2019-12-31' })).body.insurance[0].inforce).toBe(false);
    const parameters = (resource: object): object => ({ resourceType: 'Parameters', parameter: [{ name: 'resource', resource }] });
    expect((await ask({}, {}, parameters)).body).toMatchObject({ resourceType: 'CoverageEligibilityResponse', outcome: 'complete' });
    const named = (system: string, value: string): object => ({ identifier: { system, value } });
    expect(codeOf(await ask({}, { patient: named('urn:medaccord:relation', bea.relationRef) }))).toEqual([400, 'REQUEST_INVALID']);
    expect(codeOf(await ask({}, { insurer: named('urn:medaccord:member', 'BetaMSP') }))).toEqual([400, 'REQUEST_INVALID']);
    expect(codeOf(await ask({}, { status: 'cancelled' }))).toEqual([400, 'REQUEST_INVALID']);
    expect(codeOf(await ask({}, { insurance: undefined }))).toEqual([400, 'REQUEST_INVALID']);
    expect(codeOf(await ask({}, { purpose: ['discovery'] }))).toEqual([400, 'REQUEST_INVALID']);
    expect(codeOf(await ask({}, { status: 'fair' }))).toEqual([422, 'FHIR_INVALID']);
    expect(codeOf(await ask({ at: beta! }))).toEqual([404, 'RESOURCE_NOT_FOUND']);
  });
});

describe('what has not arrived', () => {
  it('is left out: the insurer reads the header of a claim until its body is there', async () => {
    alpha!.carrier.faults.down.add('GammaMSP');
    const line = { service: { system: 'http://snomed.info/sct', code: '390906007' }, day: '2026-03-07', charge: 12_500 };
    const wish = { type: 'institutional', currency: 'USD', encounter: made.encounter, lines: [line] };
    const body = { relationRef: ada.relationRef, coverageId: made.coverageId, ...wish };
    const sent = { token: await alpha!.token('records'), key: randomUUID(), body };
    const { claimId } = (await alpha!.send('/api/claims', sent)).body as { claimId: string };
    await consortium.untilFollowing();
    const read = await get(`Claim/${fhirId(claimId)}`, clerk());
    isValid(read);
    expect([read.status, read.body.item, read.body.use]).toEqual([200, undefined, 'claim']);
    expect((await get(`Claim/${fhirId(claimId)}`)).body.item).toHaveLength(1);
    const answer = await get(`ClaimResponse/${fhirId(claimId)}`, clerk());
    isValid(answer);
    expect(answer.body).toMatchObject({ outcome: 'queued', type: { extension: [{ valueCode: 'masked' }] } });
    consortium.heal();
    await waitFor(async () => (await get(`ClaimResponse/${fhirId(claimId)}`)).body.item !== undefined, 20_000);
    made.ada.push(fhirId(claimId));
  });
});

describe('nobody else', () => {
  it('of another organisation finds or reads any of them', async () => {
    const [first = ''] = made.ada;
    expect(idsOf(await get('Claim', { at: beta! }))).toEqual([]);
    expect(idsOf(await get(`ExplanationOfBenefit?patient=${ada.relationRef}`, { at: beta! }))).toEqual([]);
    for (const path of [`Claim/${first}`, `ClaimResponse/${first}`, `ExplanationOfBenefit/${first}`, `Coverage/${made.coverage}`])
      expect(codeOf(await get(path, { at: beta! }))).toEqual([404, 'RESOURCE_NOT_FOUND']);
    expect(idsOf(await get(`Coverage?patient=${ada.relationRef}`, { at: beta! }))).toEqual([]);
  });

  it('without a role that bills or decides reads them', async () => {
    expect(codeOf(await get('Claim', { role: 'physician' }))).toEqual([403, 'ROLE_NOT_ALLOWED']);
    expect(codeOf(await get('Claim', { token: await ada.token('AlphaMSP') }))).toEqual([403, 'ROLE_NOT_ALLOWED']);
  });
});

describe('the patient', () => {
  it('reads hers at her hospital, and hers alone', async () => {
    const [first = ''] = made.ada;
    expect(idsOf(await getHers('Claim'))).toEqual(made.ada.toReversed());
    expect(idsOf(await getHers(`Claim?patient=${bea.relationRef}`))).toEqual(made.ada.toReversed());
    expect((await getHers(`ExplanationOfBenefit/${first}`)).text).toBe((await get(`ExplanationOfBenefit/${first}`)).text);
    expect(idsOf(await getHers('Coverage'))).toEqual([made.coverage]);
    for (const path of [`Claim/${made.bea[0]}`, `Coverage/${made.beas}`])
      expect(codeOf(await getHers(path))).toEqual([404, 'RESOURCE_NOT_FOUND']);
    expect(idsOf(await getHers(`Claim?_id=${made.bea[0]}`))).toEqual([]);
    expect(codeOf(await getHers('Claim', { token: await bea.token('AlphaMSP') }))).toEqual([403, 'ROLE_NOT_ALLOWED']);
  });

  it('sees who looked at them', async () => {
    const { body } = await alpha!.send(`/api/relations/${ada.relationRef}/audit`, { token: await ada.token('AlphaMSP') });
    expect(JSON.stringify(body)).toContain(`ExplanationOfBenefit/${made.ada[0]}`);
  });
});

describe('what has changed', () => {
  it('is found by the time of the change: a claim that another one takes back, and the answer to it', async () => {
    const [old = ''] = made.bea;
    const before = (await get(`Claim/${old}`)).body.meta.lastUpdated as string;
    const related = { claimId: ledgerId(old), relationship: 'reversal' };
    const body = {
      relationRef: bea.relationRef,
      coverageId: ledgerId(made.beas),
      related,
      type: 'institutional',
      currency: 'USD',
      lines: [],
    };
    const { status, body: reversal } = await alpha!.send('/api/claims', { token: await alpha!.token('records'), key: randomUUID(), body });
    expect(status).toBe(201);
    const isTold = async (): Promise<boolean> => (await get(`ClaimResponse/${old}`)).body.status === 'cancelled';
    await waitFor(isTold, 20_000);
    const claim = (await get(`Claim/${old}`)).body;
    expect(claim).toMatchObject({ status: 'cancelled', meta: { lastUpdated: expect.any(String) } });
    expect(claim.meta.lastUpdated > before).toBe(true);
    const since = `patient=${bea.relationRef}&_lastUpdated=ge${String(claim.meta.lastUpdated)}`;
    expect(idsOf(await get(`Claim?${since}`))).toEqual([fhirId(String(reversal.claimId)), old]);
    expect(idsOf(await get(`Claim?${since}&created=lt${String(claim.meta.lastUpdated)}`))).toEqual([old]);
    expect(idsOf(await get(`Claim?patient=${bea.relationRef}&_lastUpdated=lt${String(claim.meta.lastUpdated)}`))).toEqual([]);
    const answered = await get(`ClaimResponse?${since}&outcome=complete`);
    expect(idsOf(answered)).toEqual([fhirId(String(reversal.claimId)), old]);
    isValid(answered);
  });

  it('ends the period of a coverage that the insurer ended', async () => {
    expect((await get(`Coverage/${made.beas}`)).body.period).toEqual({ start: '2020-01-01' });
    expect((await beasCoverage.change('ended')).status).toBe(200);
    await consortium.untilFollowing();
    const coverage = await get(`Coverage/${made.beas}`);
    isValid(coverage);
    expect(coverage.body).toMatchObject({
      status: 'cancelled',
      period: { start: '2020-01-01', end: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) },
    });
  });
});

describe('a patient who is held', () => {
  it('reads nothing, for the key may be in other hands', async () => {
    const sent = { token: await alpha!.token('registrar'), key: randomUUID(), body: {} };
    expect((await alpha!.send(`/api/patients/${ada.subjectRef}/hold`, sent)).status).toBe(201);
    await consortium.untilFollowing();
    for (const path of ['Claim', `Claim/${made.ada[0]}`, 'Coverage'])
      expect(codeOf(await getHers(path))).toEqual([403, 'ROLE_NOT_ALLOWED']);
  });
});

describe('the statements', () => {
  it('say what can be done at either base', async () => {
    for (const path of ['/fhir/claims/metadata', `/fhir/own-claims/${ada.relationRef}/metadata`]) {
      const statement = await alpha!.send(path);
      isValid(statement);
      // FHIR's word for a service whose resources have no meta.versionId.
      expect(new Set(statement.body.rest[0].resource.flatMap(({ versioning }: { versioning?: string }) => versioning ?? []))).toEqual(
        new Set(['no-version']),
      );
      expect(statement.body.rest[0].resource.map(({ type }: { type: string }) => type)).toEqual(
        expect.arrayContaining(['Coverage', 'Claim', 'ClaimResponse', 'ExplanationOfBenefit']),
      );
    }
  });
});
