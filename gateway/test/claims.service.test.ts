import { createHmac, randomUUID } from 'node:crypto';
import { claimRef, parseClaimBody, parseJson, privateKey, type ClaimBody, type ClaimEntry } from '@medaccord/chaincode/model';
import { open } from '../src/crypto';
import type { Answer } from './support/door';
import { TestConsortium, waitFor, type TestGateway } from './support/test-consortium';
import { newPlan, TestCoverage } from './support/test-coverage';
import { TestPatient } from './support/test-patient';
import { newVisitBundle } from './support/visit-bundle';

/** A hospital bills what it holds, whatever fails on the way; what was billed twice is marked. */
const consortium = new TestConsortium();
let [alpha, beta, gamma]: TestGateway[] = [];
let patient: TestPatient;
let coverageId: string;
/** FHIR references of what was imported, by type. */
let held: Record<string, string>;

beforeAll(async () => {
  await consortium.start();
  [alpha, beta, gamma] = ['AlphaMSP', 'BetaMSP', 'GammaMSP'].map((mspId) => consortium.gateway(mspId));
}, 30_000);

beforeEach(async () => {
  patient = new TestPatient(consortium, 'AlphaMSP');
  await patient.register();
  held = byType((await patient.import(newVisitBundle())).body.resources as { reference: string }[]);
  await patient.checkIn('GammaMSP', 'GammaMSP', ['cover']);
  const coverage = new TestCoverage(patient);
  expect((await coverage.begin(newPlan())).status).toBe(201);
  coverageId = coverage.coverageId;
});

afterEach(() => {
  consortium.heal();
});

afterAll(async () => {
  await consortium.stop();
});

const byType = (resources: readonly { reference: string }[]): Record<string, string> =>
  Object.fromEntries(resources.map(({ reference }) => [reference.split('/')[0], reference]));

const bill = async (more: object = { claim: held['Claim'] }, key: string = randomUUID(), at: TestGateway = alpha!): Promise<Answer> =>
  at.send('/api/claims', {
    token: await at.token('records'),
    key,
    body: { relationRef: patient.relationRef, coverageId, ...more },
  });

const line = (more: object = {}): object => ({
  ...{ service: { system: 'http://snomed.info/sct', code: '390906007' }, day: '2026-03-01', charge: 12_500 },
  ...more,
});
const byLines = (...lines: object[]): object => ({ type: 'institutional', currency: 'USD', encounter: held['Encounter'], lines });

/** What a member has of a claim, once it has arrived there. */
const bodyAt = async (gateway: TestGateway, claimId: string): Promise<ClaimBody> => {
  const place = claimRef(patient.relationRef as never, claimId as never);
  const find = (): string | undefined => {
    const values = consortium.ledger.twin.world.collections.get(`_implicit_org_${gateway.mspId}`);
    return values?.get(privateKey(place))?.value.toString();
  };
  await waitFor(() => find() !== undefined, 10_000);
  const plain = await open(gateway.keys.sealing, { ...place, recipient: gateway.mspId }, find()!);
  return parseJson(parseClaimBody, Buffer.from(plain).toString('utf8'), 'body');
};
const claimsOf = (): readonly ClaimEntry[] => alpha!.store.facts.list<ClaimEntry>('claim', patient.relationRef).map(({ value }) => value);

describe('a claim', () => {
  it('of a Claim resource names the records of each line, and its body reaches the insurer', async () => {
    const { status, body } = await bill();
    expect([status, body]).toEqual([201, expect.objectContaining({ use: 'claim', related: null, duplicates: [] })]);
    expect(body.deliveries).toEqual([{ organisation: 'GammaMSP', kind: 'claim', status: 'delivered' }]);
    const billed = await bodyAt(gamma!, body.claimId);
    expect(await bodyAt(alpha!, body.claimId)).toEqual(billed);
    expect(billed.lines).toMatchObject([
      { sequence: 1, charge: 12_500, day: '2026-03-01', records: [{ type: 'Encounter', version: 1 }] },
      { sequence: 2, charge: 61_000, records: [{ type: 'Procedure', version: 1 }] },
    ]);
  });

  it('has a tag per line, by the salt of the first version of the record of the service, which tells the insurer and nobody else', async () => {
    const { body } = await bill();
    const { lines } = await bodyAt(gamma!, body.claimId);
    const tags = lines.map(({ item, service, day }) =>
      createHmac('sha256', Buffer.from(item.subjectSalt, 'base64url'))
        .update(`medaccord/billed-item\u0000${JSON.stringify({ code: service.code, day, system: service.system })}`)
        .digest('base64url'),
    );
    expect(claimsOf()[0]!.tags).toEqual(tags);
    const [type, id] = held['Procedure']!.split('/');
    const record = alpha!.store.index.findResource(type!, id!)!;
    expect(lines[1]!.item).toEqual({ recordId: record.recordId, subjectSalt: record.salts.subject });
  });

  it('by lines names their records by id or reference, and the encounter', async () => {
    const { recordId } = alpha!.store.index.findResource('Procedure', held['Procedure']!.split('/')[1]!)!;
    const { status, body } = await bill(byLines(line(), line({ records: [recordId], units: 2, unit: 'each' })));
    expect(status).toBe(201);
    const { lines } = await bodyAt(gamma!, body.claimId);
    expect(lines.map(({ units, records }) => [units, records.map(({ type }) => type)])).toEqual([
      [1, ['Encounter']],
      [2, ['Procedure', 'Encounter']],
    ]);
    expect(lines[1]!.item.recordId).toBe(recordId);
  });

  it('is one however often it is sent, also when the answer was lost and the gateway began anew', async () => {
    const key = randomUUID();
    const first = await bill(undefined, key);
    expect((await bill(undefined, key)).body).toEqual(first.body);
    const lost = randomUUID();
    alpha!.carrier.hook = (step, { transaction }) => {
      if (step === 'sent' && transaction === 'SubmitClaim') alpha!.carrier.faults.unreachable = true;
    };
    const cut = await bill(byLines(line({ day: '2026-03-02' })), lost);
    expect(cut.status).toBeGreaterThanOrEqual(500);
    alpha = await consortium.crashAndRestart(alpha!);
    const again = await bill(byLines(line({ day: '2026-03-02' })), lost);
    expect(again.status).toBe(201);
    expect(claimsOf().map(({ claimId }) => claimId)).toEqual([first.body.claimId, again.body.claimId]);
    expect((await bodyAt(gamma!, again.body.claimId)).lines).toHaveLength(1);
  }, 30_000);

  it('is made while the insurer is away, and its body arrives when that is back', async () => {
    alpha!.carrier.faults.down.add('GammaMSP');
    const { status, body } = await bill();
    expect([status, body.deliveries[0].status]).toEqual([201, 'pending']);
    alpha!.carrier.faults.down.clear();
    expect((await bodyAt(gamma!, body.claimId)).lines).toHaveLength(2);
  }, 30_000);

  it('for a service that was billed before is marked on the ledger; a correction of the first is not', async () => {
    const first = await bill();
    const second = await bill(byLines(line()));
    expect(second.body.duplicates).toEqual([0]);
    const related = { claimId: first.body.claimId, relationship: 'correction' };
    const corrected = await bill({ related, claim: held['Claim'] });
    expect([corrected.status, corrected.body.related]).toEqual([201, related]);
    const { body } = await alpha!.send(`/api/claims/${patient.relationRef}`, { token: await alpha!.token('registrar') });
    expect(body.claims.map(({ replacedBy }: { replacedBy: string | null }) => replacedBy)).toEqual([corrected.body.claimId, null, null]);
  });

  it('is taken back by one without lines', async () => {
    const first = await bill();
    const related = { claimId: first.body.claimId, relationship: 'reversal' };
    const reversal = await bill({ related, type: 'institutional', currency: 'USD', lines: [] });
    expect([reversal.status, reversal.body.related]).toEqual([201, related]);
    expect((await bill({ related, claim: held['Claim'] })).body.code).toBe('REQUEST_INVALID');
  });

  it('is not made of a Claim that is no bill: not finished, taken back by its author, or made to ask in advance', async () => {
    const claimLike = async (more: object): Promise<string> => {
      const token = await alpha!.token('records');
      const { body: resource } = await alpha!.send(`/fhir/${String(held['Claim'])}`, { token });
      const headers = { 'content-type': 'application/fhir+json' };
      const { id: _id, meta: _meta, ...rest } = resource;
      const made = await alpha!.send('/fhir/Claim', { token, method: 'POST', headers, body: { ...rest, ...more } });
      expect(made.status).toBe(201);
      return `Claim/${String(made.body.id)}`;
    };
    for (const more of [{ status: 'draft' }, { status: 'cancelled' }, { status: 'entered-in-error' }, { use: 'preauthorization' }])
      expect([more, (await bill({ claim: await claimLike(more) })).body.code]).toEqual([more, 'FHIR_CLAIM_INVALID']);
    expect((await bill({ claim: await claimLike({ use: 'preauthorization' }), use: 'preauthorization' })).status).toBe(201);
  });

  it('is not made of what is not held of this patient, is withdrawn, or is billed twice in it', async () => {
    const other = new TestPatient(consortium, 'AlphaMSP');
    await other.register();
    const hers = byType((await other.import(newVisitBundle())).body.resources as { reference: string }[]);
    expect((await bill({ claim: hers['Claim'] })).body.code).toBe('RESOURCE_NOT_FOUND');
    for (const name of [hers['Procedure'], 'Procedure/nobody', 'x'.repeat(43), held['Patient']?.replace('Patient', 'Organization')])
      expect((await bill(byLines(line({ records: [name] })))).body.code).toBe('RESOURCE_NOT_FOUND');
    expect((await bill(byLines(line(), line()))).body).toMatchObject({ code: 'REQUEST_INVALID', details: { place: 'body.lines[1]' } });
    const dear = byLines(line({ charge: 100_000_000_000 }), line({ day: '2026-02-02', charge: 1 }));
    expect((await bill(dear)).body).toMatchObject({ code: 'REQUEST_INVALID', details: { place: 'body.lines' } });
    expect((await bill({ type: 'institutional', currency: 'USD', lines: [line()] })).body.code).toBe('REQUEST_INVALID');
    await alpha!.send(`/fhir/${held['Procedure']!}`, { method: 'DELETE', token: await alpha!.token('records') });
    expect((await bill()).body.code).toBe('RESOURCE_NOT_FOUND');
    expect(claimsOf()).toEqual([]);
  });

  it("is made by the relation's custodian alone, for a coverage that is there", async () => {
    const elsewhere = await bill({ claim: held['Claim'] }, undefined, beta);
    expect([elsewhere.status, elsewhere.body.code]).toEqual([403, 'NOT_THE_CUSTODIAN']);
    coverageId = 'x'.repeat(43);
    expect((await bill()).body.code).toBe('COVERAGE_NOT_FOUND');
    expect((await bill({ claim: held['Encounter'] })).body.code).toBe('REQUEST_INVALID');
  });
});

describe('a batch', () => {
  it('is as many claims as are right in it, and says of the others why not', async () => {
    const { relationRef } = patient;
    const claims = [{ claim: held['Claim'] }, { claim: 'Claim/nobody' }, byLines(line({ day: '2026-03-05' }))].map((one) => ({
      ...{ relationRef, coverageId },
      ...one,
    }));
    const key = randomUUID();
    const send = async (): Promise<Answer> =>
      alpha!.send('/api/claims/batch', { token: await alpha!.token('records'), key, body: { claims } });
    const { status, body } = await send();
    expect([status, body.claims.map(({ code }: { code?: string }) => code)]).toEqual([200, [undefined, 'RESOURCE_NOT_FOUND', undefined]]);
    expect((await send()).body).toEqual(body);
    expect(claimsOf()).toHaveLength(2);
  });
});

describe('before treatment', () => {
  it('the hospital sees whether she is covered, by which plan', async () => {
    const path = `/api/coverages/${patient.relationRef}/${coverageId}/eligibility`;
    const { status, body } = await alpha!.send(path, { token: await alpha!.token('registrar') });
    expect([status, body]).toEqual([
      200,
      expect.objectContaining({ status: 'active', isInForce: true, isInNetwork: true, used: {}, isNewest: true }),
    ]);
    expect(body.plan).toEqual({ planId: 'demonstration', version: 1, title: 'Demonstration plan', currency: 'USD' });
    const unknown = await alpha!.send(path.replace(coverageId, 'x'.repeat(43)), { token: await alpha!.token('registrar') });
    expect(unknown.body.code).toBe('RESOURCE_NOT_FOUND');
  });

  it('the hospital estimates what the plan would pay, and what was billed before', async () => {
    const send = async (): Promise<Answer> =>
      alpha!.send('/api/claims/estimate', {
        token: await alpha!.token('records'),
        body: { relationRef: patient.relationRef, coverageId, claim: held['Claim'] },
      });
    const { status, body } = await send();
    expect([status, body.isEstimate, body.adjudication.outcome]).toEqual([200, true, 'complete']);
    // A visit with 25.00 copay; of 610.00 the deductible 500.00, then 20 %.
    expect(body.adjudication.totals).toMatchObject({
      submitted: 73_500,
      benefit: 10_000 + 8_800,
      copay: 2_500,
      deductible: 50_000,
      coinsurance: 2_200,
    });
    expect(claimsOf()).toEqual([]);
    await bill();
    expect((await send()).body.adjudication.outcome).toBe('queued');
  });
});
