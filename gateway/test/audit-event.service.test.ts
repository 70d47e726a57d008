import { randomUUID } from 'node:crypto';
import { validateResource } from '../src/validation';
import { TestConsortium, type Answer, type Sent, type TestGateway } from './support/test-consortium';
import { ask, newBundle, TestPatient } from './support/test-patient';

const consortium = new TestConsortium();
const ada = new TestPatient(consortium, 'AlphaMSP');
const bea = new TestPatient(consortium, 'AlphaMSP');
const profiles = 'https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.';
let gateway: TestGateway;
let patientOf: Map<TestPatient, string>;
let observation: string;

beforeAll(async () => {
  await consortium.start();
  gateway = consortium.gateway('AlphaMSP');
  patientOf = new Map();
  for (const patient of [ada, bea]) {
    await patient.register();
    await patient.checkIn('BetaMSP', 'AlphaMSP');
    await patient.consent('BetaMSP', ['laboratory']);
    const { body } = await patient.import(newBundle(1));
    const references: string[] = body.resources.map(({ reference }: { reference: string }) => reference);
    patientOf.set(patient, references.find((one) => one.startsWith('Patient/')) ?? '');
    observation = references.find((one) => one.startsWith('Observation/')) ?? '';
  }
  await send(`/fhir/${observation}`, 'physician');
  await send(`/fhir/${observation}`, 'ethics-officer');
  await send(`/fhir/Observation?patient=${patientOf.get(bea) ?? ''}`, 'physician');
  await send('/fhir/Observation', 'physician');
  await send('/fhir/Organization', 'records', { body: { resourceType: 'Organization', name: 'x' }, headers: fhirBody });
  await send(`/fhir/${observation}`, 'records', { method: 'DELETE' });
  await ask(consortium.gateway('BetaMSP'), ada.relationRef, ['laboratory']);
}, 30_000);

afterAll(async () => {
  await consortium.stop();
});

const fhirBody = { 'content-type': 'application/fhir+json' };
const send = async (path: string, role: string, sent: Sent = {}): Promise<Answer> =>
  gateway.send(path, { token: await gateway.token(role, `${role}-7`, 600, { department: 'ward 3' }), ...sent });
const search = (query: string, role = 'auditor'): Promise<Answer> => send(`/fhir/AuditEvent?${query}`, role);

interface Event {
  readonly id: string;
  readonly meta: { readonly profile?: readonly string[] };
  readonly action: string;
  readonly outcome: string;
  readonly outcomeDesc?: string;
  readonly recorded: string;
  readonly subtype: readonly { readonly code: string }[];
  readonly agent: readonly object[];
  readonly entity: readonly object[];
}
const eventsOf = ({ body }: Answer): Event[] => (body.entry ?? []).map(({ resource }: { resource: Event }) => resource);
const find = async (query: string): Promise<Event[]> => {
  const answer = await search(`${query}&_count=100`);
  expect(answer.status).toBe(200);
  return eventsOf(answer);
};
const profilesOf = (events: readonly Event[]): (string | undefined)[] => events.map(({ meta }) => meta.profile?.[0]?.replace(profiles, ''));

describe('the audit log as FHIR', () => {
  it('is valid FHIR R4, every entry of it, whatever it tells of', async () => {
    const events = await find('');
    expect(new Set(events.map(({ subtype }) => subtype[0]?.code)).size).toBeGreaterThan(7);
    for (const event of events) expect([event, validateResource(event as never)]).toEqual([event, []]);
  });

  it('tells reads, queries and writes by the patterns of IHE BALP', async () => {
    const [read] = await find(`entity=${observation}&subtype=read&outcome=0`);
    expect(read).toMatchObject({
      ...{ type: { code: 'rest' }, action: 'R', outcome: '0' },
      meta: { profile: [`${profiles}PatientRead`] },
      agent: [
        { type: { coding: [{ code: '110152' }] }, requestor: false, network: { type: '2' } },
        {
          type: { coding: [{ code: '110153' }] },
          who: { identifier: { system: 'urn:medaccord:member', value: 'AlphaMSP' } },
          network: { type: '5' },
        },
        {
          ...{ type: { coding: [{ code: 'IRCP' }] }, requestor: true },
          role: [{ coding: [{ system: 'urn:medaccord:role', code: 'physician' }] }, { text: 'ward 3' }],
          who: { identifier: { system: 'urn:medaccord:person', value: 'physician-7' } },
        },
      ],
      entity: [
        { type: { code: 'XrequestId' } },
        { type: { code: '1' }, role: { code: '1' }, what: { type: 'Patient', identifier: { value: bea.subjectRef } } },
        { type: { code: '2' }, role: { code: '4' }, what: { reference: expect.stringContaining(observation) } },
      ],
    });
    const query = (await find(`patient=${patientOf.get(bea) ?? ''}&subtype=search`)).at(-1);
    const { entity } = query ?? { entity: [] };
    expect(profilesOf(query === undefined ? [] : [query])).toEqual(['PatientQuery']);
    expect(entity.at(-1)).toMatchObject({
      role: { code: '24' },
      query: Buffer.from(`Observation?patient=${encodeURIComponent(patientOf.get(bea) ?? '')}`).toString('base64'),
    });
    expect(profilesOf(await find('subtype=create'))).toEqual(['Create']);
    expect(profilesOf(await find('subtype=delete'))).toEqual(['PatientDelete']);
  });

  it('tells a refusal with its outcome and reason, and what the agent decided and disclosed', async () => {
    const [refusal] = await find('agent=ethics-officer-7');
    expect(refusal).toMatchObject({ outcome: '4', outcomeDesc: 'ROLE_NOT_ALLOWED', action: 'R' });
    expect(refusal?.meta.profile).toBeUndefined();
    const disclosed = await find(`patient:identifier=urn:medaccord:relation|${ada.relationRef}&type=110106,110113`);
    expect(disclosed.map(({ subtype, outcomeDesc }) => [subtype[0]?.code, outcomeDesc])).toEqual([
      ['disclose', 'permit'],
      ['AuthZ-Consent', 'permit'],
    ]);
  });

  it('is searched by patient, agent, record, kind, result and time, and by several at once', async () => {
    const ofAda = await find(`patient=${patientOf.get(ada) ?? ''}`);
    expect(ofAda.length).toBeGreaterThan(2);
    for (const event of ofAda) expect(JSON.stringify(event)).not.toContain(bea.subjectRef);
    expect(await find('patient=Patient/nobody')).toEqual([]);
    const all = await find('_sort=date');
    const middle = all[Math.floor(all.length / 2)]?.recorded ?? '';
    const count = (test: (event: Event) => boolean): number => all.filter(test).length;
    const total = async (query: string): Promise<number> =>
      (await search(`${query}&date=le${all.at(-1)?.recorded ?? ''}&_summary=count`)).body.total;
    expect(await total(`date=ge${middle}`)).toBe(count(({ recorded }) => recorded >= middle));
    expect(await total('outcome=4')).toBe(count(({ outcome }) => outcome === '4'));
    expect(await total('action=R&outcome=4')).toBe(count(({ action, outcome }) => action === 'R' && outcome === '4'));
    expect(await total('agent:identifier=urn:medaccord:person|physician-7&subtype=search')).toBe(3);
    expect((await search(`_id=${all[0]?.id ?? ''}`)).body.entry).toHaveLength(1);
    expect((await send(`/fhir/AuditEvent/${all[0]?.id ?? ''}`, 'auditor')).body).toEqual(all[0]);
  });

  it('has pages that neither repeat nor leave out, whatever is written meanwhile', async () => {
    const until = (await find('_count=1'))[0]?.recorded ?? '';
    const whole = await find(`date=le${until}`);
    const seen: string[] = [];
    let path: string | undefined = `/fhir/AuditEvent?date=le${until}&_count=4`;
    while (path !== undefined) {
      const page: Answer = await send(path, 'auditor');
      seen.push(...eventsOf(page).map(({ id }) => id));
      const next: string | undefined = page.body.link.find(({ relation }: { relation: string }) => relation === 'next')?.url;
      path = next === undefined ? undefined : new URL(next).pathname + new URL(next).search;
      await send('/fhir/Observation', 'physician');
    }
    expect(seen).toEqual(whole.map(({ id }) => id));
  });

  it('is for auditors alone, written by nobody, and leaves an entry of each look at it', async () => {
    for (const role of ['physician', 'records', 'registrar']) expect((await search('', role)).status).toBe(403);
    const event = (await find('_count=1'))[0];
    for (const [method, path] of [
      ['POST', '/fhir/AuditEvent'],
      ['PUT', `/fhir/AuditEvent/${event?.id ?? ''}`],
      ['DELETE', `/fhir/AuditEvent/${event?.id ?? ''}`],
    ] as const) {
      const body = method === 'DELETE' ? {} : { body: event, headers: fhirBody };
      expect([method, (await send(path, 'records', { method, ...body })).status]).toEqual([method, 405]);
    }
    const entry = [{ fullUrl: `urn:uuid:${randomUUID()}`, resource: event, request: { method: 'POST', url: 'AuditEvent' } }];
    const bundle = await send('/fhir', 'records', { body: { resourceType: 'Bundle', type: 'transaction', entry }, headers: fhirBody });
    expect([bundle.status, bundle.body.issue[0].details.coding[0].code]).toEqual([400, 'BUNDLE_NOT_SUPPORTED']);
    const before = gateway.store.audit.length;
    await search('outcome=8');
    expect(gateway.store.audit.length).toBe(before + 1);
    const unknown = await search('altid=x');
    expect([unknown.status, unknown.body.issue[0].details.coding[0].code]).toEqual([400, 'SEARCH_PARAMETER_UNKNOWN']);
  });

  it('is told by the CapabilityStatement', async () => {
    const { body } = await gateway.send('/fhir/metadata');
    const told = body.rest[0].resource.find(({ type }: { type: string }) => type === 'AuditEvent');
    expect(told.interaction).toEqual([{ code: 'read' }, { code: 'search-type' }]);
    expect(told.searchParam.map(({ name }: { name: string }) => name)).toContain('patient');
  });
});
