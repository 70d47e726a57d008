import { randomUUID } from 'node:crypto';
import { ordinaryCategories, type AdjudicatedLine, type ClaimReason } from '@medaccord/chaincode/model';
import { newPlan, TestCoverage } from '../support/test-coverage';
import { TestPatient } from '../support/test-patient';
import { newVisitBundle } from '../support/visit-bundle';
import { CommandedNetwork, until, type CommandedGateway } from './support/commanded-network';
import { newTwoInsurers, type ScratchTopology } from './support/scratch-topology';

jest.setTimeout(240_000);

const system = 'http://snomed.info/sct';
/** By the demonstration plan the documentation of a check-up is part of it. */
const [VISIT, CHECK_UP, DOCUMENTATION] = ['390906007', '185349003', '428191000124101'];

/** What was imported of one visit. */
interface Visit {
  readonly encounter: string;
  readonly procedure: string;
  readonly claim: string;
}

interface Cover {
  readonly at: CommandedGateway;
  readonly relationRef: string;
  readonly coverageId: string;
}

interface Decided {
  readonly claimId: string;
  readonly status: string;
  readonly claim: { readonly duplicates: readonly number[] };
  readonly lines: readonly (readonly [outcome: string, ...reasons: ClaimReason[]])[];
  readonly verdict: string;
}

let topology: ScratchTopology;
let network: CommandedNetwork;
let hospital: CommandedGateway;
let patient: TestPatient;
/** In force at either insurer; in force from 30 to 10 days ago; ended by the insurer today. */
let cover: Record<'own' | 'other' | 'bounded' | 'revoked', Cover>;

const now = Date.now();
const day = (days: number): string => new Date(now + days * 24 * 3_600_000).toISOString().slice(0, 10);

beforeAll(async () => {
  topology = newTwoInsurers();
  network = await CommandedNetwork.create(topology.name);
  await network.up();
  const [own, , insurer, , otherInsurer] = network.gateways as [CommandedGateway, unknown, CommandedGateway, unknown, CommandedGateway];
  hospital = own;
  await until('the members know each other', async () => {
    const { body } = await hospital.send('/api/organisations');
    return (body as { organisations: object[] }).organisations.length === network.gateways.length;
  });
  patient = new TestPatient(network, hospital.mspId);
  expect((await patient.register()).status).toBe(201);
  const other = await joinInsurer(otherInsurer);
  const ownCover = await joinInsurer(insurer);
  const bounded = await takeOutCover(insurer, { period: { from: day(-30), until: day(-10) } });
  const ended = new TestCoverage(patient, insurer.mspId);
  expect((await ended.begin()).status).toBe(201);
  expect((await ended.change('ended')).status).toBe(200);
  cover = { own: ownCover, other, bounded, revoked: { ...ownCover, coverageId: ended.coverageId } };
});

afterAll(async () => {
  await network.remove();
  topology.remove();
});

async function joinInsurer(at: CommandedGateway): Promise<Cover> {
  expect((await patient.checkIn(at.mspId, at.mspId, ['cover'])).status).toBe(201);
  const exceptions = [{ decision: 'permit' as const, categories: ordinaryCategories, purposes: ['HPAYMT' as const] }];
  expect((await patient.consentTo(at.mspId, [{ base: 'deny', exceptions }])).status).toBe(201);
  expect((await new TestCoverage(patient, at.mspId).publish(newPlan())).status).toBe(201);
  return takeOutCover(at);
}

/** In her newest relation. */
async function takeOutCover(at: CommandedGateway, terms?: object): Promise<Cover> {
  const coverage = new TestCoverage(patient, at.mspId);
  expect((await coverage.begin(undefined, terms)).status).toBe(201);
  return { at, relationRef: patient.relationRef, coverageId: coverage.coverageId };
}

async function visit(): Promise<Visit> {
  const { resources } = (await patient.import(newVisitBundle(day(-5)))).body as { resources: { reference: string }[] };
  const of = (type: string): string => resources.find(({ reference }) => reference.startsWith(`${type}/`))?.reference ?? '';
  return { encounter: of('Encounter'), procedure: of('Procedure'), claim: of('Claim') };
}

const line = (more: object = {}): object => ({ service: { system, code: VISIT }, day: day(-5), charge: 12_500, ...more });
const lines = ({ encounter }: Pick<Visit, 'encounter'>, ...all: object[]): object => ({
  ...{ type: 'professional', currency: 'USD', encounter, lines: all },
});

async function bill({ relationRef, coverageId }: Cover, what: object): Promise<string> {
  const body = { relationRef, coverageId, ...what };
  const made = await hospital.send('/api/claims', { token: await hospital.token('records'), key: randomUUID(), body });
  expect([made.status, made.body]).toEqual([201, expect.anything()]);
  return (made.body as { claimId: string }).claimId;
}

/** What the insurer decided, as the hospital has it and worked it out again. */
async function untilDecided({ relationRef }: Cover, claimId: string): Promise<Decided> {
  let found: Decided | undefined;
  await until('the claim is decided', async () => {
    const sent = { token: await hospital.token('records'), headers: { prefer: 'wait=20' } };
    const { body } = await hospital.send(`/api/claims/${relationRef}/${claimId}`, sent);
    const [{ document, check } = { document: undefined, check: null }] = body.adjudications;
    if (check === null) return false;
    const decided = document.decided.result.lines as AdjudicatedLine[];
    const told = decided.map(({ outcome, adjustments }) => [outcome, ...adjustments.map(({ reason }) => reason)] as const);
    found = { claimId, status: body.status, claim: body.claim, lines: told, verdict: check.verdict };
    return true;
  });
  return found!;
}

const submit = async (at: Cover, what: object): Promise<Decided> => untilDecided(at, await bill(at, what));

/** What is flagged is on the work list of the insurer's clerks. */
async function expectFlagged({ at }: Cover, { claimId }: Decided): Promise<void> {
  const { body } = await at.send('/api/adjudications/worklist?count=100', { token: await at.token('insurer-clerk') });
  expect((body as { claims: { claimId: string }[] }).claims.map((one) => one.claimId)).toContain(claimId);
}

describe('a hospital that bills', () => {
  test('the parts of a service beside it is paid for the whole alone', async () => {
    const both = [line({ service: { system, code: CHECK_UP } }), line({ service: { system, code: DOCUMENTATION } })];
    const decided = await submit(cover.own, lines(await visit(), ...both));
    expect(decided).toMatchObject({ status: 'complete', lines: [['paid'], ['denied', 'bundled']], verdict: 'agrees' });
  });

  test('a part first, and the whole in a later claim, has the second put before a person', async () => {
    const [first, second] = [await visit(), await visit()];
    const on = { day: day(-6) };
    await submit(cover.own, lines(first, line({ ...on, service: { system, code: DOCUMENTATION } })));
    const decided = await submit(cover.own, lines(second, line({ ...on, service: { system, code: CHECK_UP } })));
    expect(decided).toMatchObject({ status: 'queued', lines: [['review', 'bundled-reversed']], verdict: 'agrees' });
    await expectFlagged(cover.own, decided);
  });

  test('more of a service than a day holds has it put before a person', async () => {
    const decided = await submit(cover.own, lines(await visit(), line({ day: day(-7), units: 4 })));
    expect(decided).toMatchObject({ status: 'queued', lines: [['review', 'units-implausible']], verdict: 'agrees' });
    await expectFlagged(cover.own, decided);
  });

  test('a visit without its encounter has it put before a person', async () => {
    const { procedure } = await visit();
    const decided = await submit(cover.own, { type: 'professional', currency: 'USD', lines: [line({ records: [procedure] })] });
    expect(decided).toMatchObject({ status: 'queued', lines: [['review', 'encounter-missing']], verdict: 'agrees' });
    await expectFlagged(cover.own, decided);
  });

  test.each<[string, 'own' | 'bounded' | 'revoked', number, ClaimReason]>([
    ['from before the coverage', 'bounded', -31, 'coverage-not-begun'],
    ['from after the coverage', 'bounded', -10, 'coverage-ended'],
    ['on the day on which the insurer ended the coverage', 'revoked', 0, 'coverage-ended'],
    ['from longer ago than the plan allows', 'own', -366, 'filed-late'],
    ['that is still to come', 'own', 1, 'not-yet-served'],
  ])('a service %s is paid nothing for it', async (_, name, days, reason) => {
    const decided = await submit(cover[name], lines(await visit(), line({ day: day(days) })));
    expect(decided).toMatchObject({ status: 'complete', lines: [['denied', reason]], verdict: 'agrees' });
  });

  test('with a record that it takes back before the insurer has looked at it has it put before a person', async () => {
    const { procedure, claim } = await visit();
    const agent = `gateway-${cover.own.at.connection.organisation.name}`;
    network.signal(agent, 'SIGSTOP');
    const claimId = await bill(cover.own, { claim });
    const gone = await hospital.send(`/fhir/${procedure}`, { method: 'DELETE', token: await hospital.token('records') });
    network.signal(agent, 'SIGCONT');
    expect(gone.status).toBe(204);
    const decided = await untilDecided(cover.own, claimId);
    expect(decided).toMatchObject({
      status: 'partial',
      lines: [
        ['paid', 'copay'],
        ['review', 'evidence-tampered'],
      ],
      verdict: 'agrees',
    });
    await expectFlagged(cover.own, decided);
  });

  test('one visit twice has the second claim put before a person', async () => {
    const { claim } = await visit();
    expect(await submit(cover.own, { claim })).toMatchObject({ status: 'complete', claim: { duplicates: [] } });
    const again = await submit(cover.own, { claim });
    const twice = [
      ['review', 'duplicate'],
      ['review', 'duplicate'],
    ];
    expect(again).toMatchObject({ status: 'queued', claim: { duplicates: [0, 1] }, lines: twice, verdict: 'agrees' });
    await expectFlagged(cover.own, again);
  });

  test('one visit to two insurers has the second claim put before a person, and neither learns of the other', async () => {
    const { claim } = await visit();
    const first = await submit(cover.own, { claim });
    const readFirst = async (): Promise<string> => {
      const { at, relationRef } = cover.own;
      return (await at.send(`/api/adjudications/${relationRef}/${first.claimId}`, { token: await at.token('insurer-clerk') })).text;
    };
    const before = await readFirst();
    const second = await submit(cover.other, { claim });
    expect(second).toMatchObject({ status: 'queued', claim: { duplicates: [0, 1] }, verdict: 'agrees' });
    await expectFlagged(cover.other, second);
    const { at, relationRef } = cover.other;
    const path = `/api/adjudications/${relationRef}/${second.claimId}`;
    const { status, text } = await at.send(path, { token: await at.token('insurer-clerk') });
    expect(status).toBe(200);
    for (const secret of [first.claimId, cover.own.relationRef, cover.own.coverageId, cover.own.at.mspId])
      expect(text).not.toContain(secret);
    expect(await readFirst()).toBe(before);
  });

  // The last one: nothing is released on her consents from then on.
  test('a service after her death has it put before a person', async () => {
    const seen = await visit();
    const token = await hospital.token('registrar');
    expect((await hospital.send(`/api/patients/${patient.subjectRef}/death`, { token, body: {} })).status).toBe(201);
    const decided = await submit(cover.own, lines(seen, line({ day: day(2) })));
    expect(decided).toMatchObject({ status: 'queued', lines: [['review', 'after-death']], verdict: 'agrees' });
    await expectFlagged(cover.own, decided);
  });
});
