import {
  askingRolesOf,
  askPreimage,
  consentDocumentPreimage,
  formatCanonical,
  type AccessRequest,
  type Ask,
  type ConsentDocument,
  type Decision,
  type RequestId,
} from '../src/model';
import { OK, refusalOf, type ConsortiumTwin, type Endorsed } from './support/consortium-twin';
import { signStatus } from './support/delegates';
import * as steps from './support/release-steps';
import { changeRules, type RulesChange } from './support/rules-changes';
import {
  askOf,
  AUTHORITY,
  checkIn,
  CLINIC,
  HOSPITAL,
  importRecords,
  newConsortium,
  newRecord,
  openingOf,
  register,
  RULES,
  signingKeyOf,
  type TestRecord,
} from './support/story';
import { commit, newRef, Patient, type PatientRelation } from './support/wallet';

/** Infections are reported to the authority, whatever the patient consents to. */
const REPORTING: RulesChange = {
  ...RULES,
  version: 2,
  legalBases: [{ purpose: 'PUBHLTH', roles: ['authority'], categories: ['laboratory', 'hiv'], confidentiality: 'N' }],
};
const BOTH = [HOSPITAL, AUTHORITY];

describe('a release on a legal basis', () => {
  let twin: ConsortiumTwin;
  let patient: Patient;
  let relation: PatientRelation;
  let laboratory: TestRecord;
  let medication: TestRecord;
  let document: ConsentDocument | undefined;
  let version: number;
  let requestId: RequestId;

  const askFor = async (purpose: Ask['purpose']): Promise<{ asked: Ask; request: AccessRequest }> => {
    const asked: Ask = { ...askOf(relation), purpose };
    requestId = newRef<RequestId>();
    const request = { relationRef: relation.relationRef, requestId, purpose, proof: null, ask: commit(askPreimage(asked)) };
    return { asked, ...(await twin.submit(await twin.identity(AUTHORITY, askingRolesOf(purpose)[0]), 'RequestAccess', request)) };
  };
  const endorseDecision = async (records: readonly TestRecord[], purpose: Ask['purpose'] = 'THREAT'): Promise<Endorsed> => {
    const { asked, request } = await askFor(purpose);
    const { version: rulesVersion } = await twin.evaluate(await twin.identity(HOSPITAL), 'GetRules', {});
    const change = {
      rulesVersion,
      consent: { version, document: document === undefined ? null : commit(consentDocumentPreimage(document)), validity: null },
    };
    const { document: _, ...opening } = openingOf(relation, document ?? relation.document(2, []), records, request, { change });
    const input = { ...opening, ask: formatCanonical(asked), ...(document && { document: formatCanonical(document) }) };
    return steps.endorseDecision(twin, request, input, { version, endorsers: BOTH });
  };
  const decide = async (records: readonly TestRecord[], purpose: Ask['purpose'] = 'THREAT'): Promise<Decision> => {
    const endorsed = await endorseDecision(records, purpose);
    expect(twin.commit(endorsed)).toBe(OK);
    return JSON.parse(endorsed.simulation.payload) as Decision;
  };
  const endorseDelivery = async (): Promise<Endorsed> =>
    steps.endorseDelivery(twin, { relationRef: relation.relationRef, requestId }, { endorsers: BOTH });
  const sign = async (next: ConsentDocument | 'revoked' | 'closed'): Promise<void> => {
    version += 1;
    document = typeof next === 'string' ? undefined : next;
    const change = typeof next === 'string' ? { status: next, document: null } : { with: next };
    await twin.submit(await twin.identity(CLINIC), 'RecordConsent', { consent: relation.consent(version, change) });
  };

  beforeEach(async () => {
    twin = await newConsortium();
    await changeRules(twin, REPORTING);
    patient = new Patient(HOSPITAL);
    relation = patient.relateTo(AUTHORITY);
    [laboratory, medication] = [newRecord(patient), newRecord(patient, { type: 'MedicationRequest', category: 'medications' })];
    await register(twin, patient);
    await importRecords(twin, [laboratory, medication]);
    await checkIn(twin, relation);
    version = 1;
    await sign(relation.document(2, [{ base: 'deny', exceptions: [] }]));
  });

  test('needs no consent, and its entry says that it rests on none', async () => {
    const decision = await decide([laboratory]);
    expect(decision).toMatchObject({ outcome: 'released', basis: 'legal-basis', purpose: 'THREAT', rulesVersion: 2, consentVersion: 2 });
    expect(twin.commit(await endorseDelivery())).toBe(OK);
  });

  test.each(['revoked', 'closed'] as const)('goes on when the relation is %s, decided and delivered', async (status) => {
    await sign(status);
    expect(await decide([laboratory])).toMatchObject({ basis: 'legal-basis', consentVersion: 3 });
    expect(twin.commit(await endorseDelivery())).toBe(OK);
  });

  test('goes on after her death, which ends what she permitted', async () => {
    await changeRules(twin, { ...REPORTING, version: 3, purposes: ['TREAT', 'PUBHLTH'] });
    await sign(relation.document(3, [{ base: 'permit', exceptions: [] }]));
    const death = signStatus(patient.subjectRef, { n: 1, status: 'deceased', confirmedBy: null }, signingKeyOf(HOSPITAL));
    const status = { status: death, confirmation: null };
    await twin.submit(await twin.identity(HOSPITAL, 'registrar'), 'SetPatientStatus', status);
    expect(await refusalOf(endorseDecision([medication]))).toMatchObject({ details: { reason: 'deceased' } });
    expect(await decide([laboratory])).toMatchObject({ basis: 'legal-basis' });
    expect(twin.commit(await endorseDelivery())).toBe(OK);
  });

  test('releases nothing but what the rules name', async () => {
    expect(await refusalOf(endorseDecision([medication]))).toMatchObject({ code: 'RELEASE_NOT_PERMITTED', details: { at: 0 } });
    expect((await refusalOf(endorseDecision([laboratory, medication]))).details).toMatchObject({ at: 1 });
    expect((await refusalOf(endorseDecision([laboratory], 'TREAT'))).code).toBe('RELEASE_NOT_PERMITTED');
    const restricted = newRecord(patient, { labels: ['R'] });
    await importRecords(twin, [restricted]);
    expect((await refusalOf(endorseDecision([restricted]))).code).toBe('RELEASE_NOT_PERMITTED');
  });

  test('is open to the roles that the rules name alone', async () => {
    const roles = { ...RULES.roles, [AUTHORITY]: 'insurer' as const };
    await changeRules(twin, { ...REPORTING, version: 3, roles });
    expect((await refusalOf(endorseDecision([laboratory]))).code).toBe('RELEASE_NOT_PERMITTED');
  });

  test('is withdrawn when the rules drop the legal basis before its delivery', async () => {
    await decide([laboratory]);
    await changeRules(twin, { ...RULES, version: 3 });
    expect(await refusalOf(endorseDelivery())).toEqual({ code: 'RELEASE_NOT_PERMITTED', details: { reason: 'no-permit', at: 0 } });
  });

  test('is open to no member that is suspended', async () => {
    await decide([laboratory]);
    await changeRules(twin, { ...REPORTING, version: 3, suspended: [AUTHORITY] });
    const refusal = { code: 'ORGANISATION_NOT_ACTIVE', details: { mspId: AUTHORITY } };
    expect(await refusalOf(endorseDelivery())).toEqual(refusal);
  });

  test('counts as one by consent where the consent permits it too, or a part of it: its end withdraws all', async () => {
    await changeRules(twin, { ...REPORTING, version: 3, purposes: ['TREAT', 'PUBHLTH'] });
    const exception = { decision: 'permit' as const, categories: ['medications' as const] };
    await sign(relation.document(3, [{ base: 'deny', exceptions: [exception] }]));
    expect(await decide([medication])).toMatchObject({ basis: 'consent' });
    expect(await decide([laboratory, medication])).toMatchObject({ basis: 'consent' });
    await sign('revoked');
    expect((await refusalOf(endorseDelivery())).code).toBe('CONSENT_NOT_CURRENT');
  });

  test('does not do without the document of a consent in force', async () => {
    document = undefined;
    expect((await refusalOf(endorseDecision([laboratory]))).code).toBe('REQUEST_INVALID');
  });
});
