import {
  accumulatorKey,
  adjudicationKey,
  decisionKey,
  formatCanonical,
  planKey,
  type AdjudicationDocument,
  type BenefitPlan,
  type ClaimBodyLine,
  type ClaimId,
  type Day,
  type GroupId,
  type RequestId,
  type StaffRole,
} from '../src/model';
import {
  adjudicate,
  claimFor,
  cover,
  decideByRule,
  documentCommitment,
  lineOf,
  newClaim,
  PERSON,
  PLAN,
  prepare,
  publish,
  resultOf,
  SECOND,
  submitted,
  treat,
  usedCommitment,
  type Cover,
  type Deciding,
  type Prepared,
  type SubmittedClaim,
} from './support/claim-story';
import {
  ENDORSEMENT_POLICY_FAILURE,
  MVCC_READ_CONFLICT,
  OK,
  refusalOf,
  type ConsortiumTwin,
  type Endorsed,
} from './support/consortium-twin';
import { signStatus } from './support/delegates';
import {
  AUTHORITY,
  CLINIC,
  HOSPITAL,
  INSURER,
  newConsortium,
  newRecord,
  register,
  signingKeyOf,
  storeRecords,
  type TestRecord,
} from './support/story';
import { newRef, newSalt, Patient } from './support/wallet';

let twin: ConsortiumTwin;
let patient: Patient;
let covered: Cover;

const by = async (role: StaffRole, mspId = INSURER): ReturnType<typeof twin.identity> => twin.identity(mspId, role);
const endorse = async (prepared: Prepared, role: StaffRole = 'gateway', endorsers: readonly string[] = [INSURER]): Promise<Endorsed> =>
  twin.endorse(await by(role), ['AdjudicateClaims', formatCanonical(prepared.request)], { input: prepared.input, endorsers });
/** The problem that an adjudication is refused for, or the code of another refusal. */
const refusal = async (prepared: Prepared, role: StaffRole = 'gateway'): Promise<string> => {
  const { code, details } = await refusalOf(endorse(prepared, role));
  return code === 'ADJUDICATION_INVALID' ? (details as { problem: string }).problem : code;
};
const refusalOfOne = (deciding: Deciding): Promise<string> => refusal(prepare(covered, [deciding]));
const firstRecord = async (of = patient): Promise<TestRecord> => (await treat(twin, of))[0] as TestRecord;
const paid = (document: AdjudicationDocument | undefined): number => resultOf(document).totals.benefit;
const newest = ({ body }: SubmittedClaim): AdjudicationDocument | undefined => covered.documents.get(body.claimId)?.at(-1);
const changed = (prepared: Prepared, change: Partial<Prepared['request']> | { readonly input: Partial<Prepared['input']> }): Prepared =>
  'input' in change
    ? { ...prepared, input: { ...prepared.input, ...change.input } }
    : { ...prepared, request: { ...prepared.request, ...change } };

beforeEach(async () => {
  twin = await newConsortium();
  patient = new Patient(HOSPITAL);
  await register(twin, patient);
  await publish(twin);
  covered = await cover(twin, patient);
});

describe('an adjudication', () => {
  test('is what the rule says of the claim, committed to, final, at the next place of its coverage', async () => {
    const claim = await claimFor(covered, { charge: 30_000 });
    const [entry] = await decideByRule(covered, claim);
    const document = newest(claim);
    expect(paid(document)).toBe(16_000);
    expect(entry).toMatchObject({
      ...{ n: 1, outcome: 'complete', status: 'final', manner: 'rule', isOverridden: false, persons: [], coverageVersion: 1 },
      document: document && documentCommitment(document),
      by: { mspId: INSURER, role: 'gateway' },
    });
    const { relationRef } = covered.relation;
    expect(twin.state(accumulatorKey(relationRef, covered.coverageId))).toMatchObject({ position: 1, used: usedCommitment(covered) });
    const { adjudication } = await twin.evaluate(await by('records', HOSPITAL), 'GetClaim', { relationRef, claimId: claim.body.claimId });
    expect(adjudication).toEqual(entry);
  });

  test('counts with the endorsement of the insurer alone: neither the hospital nor any two others write it', async () => {
    const prepared = prepare(covered, [{ claim: await claimFor(covered) }]);
    const endorsed = await endorse(prepared);
    for (const endorsers of [[HOSPITAL], [HOSPITAL, CLINIC], [CLINIC, AUTHORITY], [HOSPITAL, CLINIC, AUTHORITY]])
      expect(twin.validate(endorsed.simulation.rwset, endorsers)).toBe(ENDORSEMENT_POLICY_FAILURE);
    const asHospital = twin.endorse(await by('gateway', HOSPITAL), ['AdjudicateClaims', formatCanonical(prepared.request)], {
      input: prepared.input,
    });
    expect(await refusalOf(asHospital)).toEqual({ code: 'CALLER_NOT_INSURER', details: { mspId: HOSPITAL } });
    expect((await refusalOf(endorse(prepared, 'gateway', [HOSPITAL]))).code).toBe('PEER_NOT_OWN');
    expect(twin.commit(endorsed)).toBe(OK);
  });

  test('leaves in the block neither patient nor record nor plan', async () => {
    const claim = await claimFor(covered);
    const { reads, hashedReads } = (await endorse(prepare(covered, [{ claim }]))).simulation.rwset;
    const names = JSON.stringify([reads, hashedReads]);
    expect(names).toContain(claim.body.claimId);
    for (const secret of [patient.subjectRef, claim.body.lines[0]?.item.recordId, PLAN.planId]) expect(names).not.toContain(secret);
  });

  test('has no other result than that of the rule', async () => {
    const claim = await claimFor(covered);
    const more = { ...resultOf(prepare(covered, [{ claim }]).documents[0]), planVersion: 1 };
    const generous = { ...more, totals: { ...more.totals, benefit: more.totals.benefit + 1 } };
    expect(await refusalOfOne({ claim, decided: { result: formatCanonical(generous) } })).toBe('has another result than the rule');
    expect(await refusalOfOne({ claim, plan: { ...PLAN, deductible: 0 } })).toBe('has another result than the rule');
    expect(await refusalOfOne({ claim, elsewhere: { 'year/2026-01-01/deductible': 5 }, change: { elsewhere: {} } })).toBe(
      'has another result than the rule',
    );
  });

  test('is told the facts of claim and coverage, and no others', async () => {
    const claim = await claimFor(covered);
    const settled = 'states other facts than claim, coverage and preauthorizations';
    expect(await refusalOfOne({ claim, facts: { at: '2026-03-05T00:00:00.000Z' as never } })).toBe(settled);
    expect(await refusalOfOne({ claim, facts: { coverage: { from: '2026-02-25' as Day, until: null } } })).toBe(settled);
    expect(await refusalOfOne({ claim, facts: { isInNetwork: false } })).toBe(settled);
    expect(await refusalOfOne({ claim, facts: { duplicates: [1] } })).toBe(settled);
    const unasked = { id: 'any', service: { system: 'urn:s', code: 'visit' }, days: { from: '2026-01-01' as Day, until: null }, units: 1 };
    expect(await refusalOfOne({ claim, facts: { authorizations: [unasked] } })).toBe(settled);
    expect(await refusalOfOne({ claim, facts: { deceasedOn: '2026-01-05' as Day } })).toBe(
      "states another death than the patient's custodian",
    );
  });

  test('knows a duplicate by the header, and a death by what the custodian recorded', async () => {
    const record = await firstRecord();
    await submitted(newClaim(covered, [lineOf(record)]));
    const second = await submitted(newClaim(covered, [lineOf(record)]));
    expect(await refusalOfOne({ claim: second, facts: { duplicates: [] } })).toBe(
      'states other facts than claim, coverage and preauthorizations',
    );
    const [entry] = await decideByRule(covered, second);
    expect(entry).toMatchObject({ outcome: 'queued' });
    expect(resultOf(newest(second)).lines[0]).toMatchObject({ outcome: 'review', adjustments: [{ reason: 'duplicate' }] });
    const status = signStatus(patient.subjectRef, { n: 1, status: 'deceased', confirmedBy: null }, signingKeyOf(HOSPITAL));
    await twin.submit(await by('registrar', HOSPITAL), 'SetPatientStatus', { status, confirmation: null });
    const late = await claimFor(covered);
    expect(await refusalOfOne({ claim: late })).toBe("states another death than the patient's custodian");
    await adjudicate(covered, prepare(covered, [{ claim: late, facts: { deceasedOn: '2026-02-01' as Day } }]));
    expect(resultOf(newest(late)).lines[0]).toMatchObject({ outcome: 'review', adjustments: [{ reason: 'after-death' }] });
  });

  test('begins with what is used, at the next place, and follows the adjudication that stands', async () => {
    const [one, other] = [await claimFor(covered), await claimFor(covered)];
    const early = prepare(covered, [{ claim: other }]);
    await decideByRule(covered, one);
    expect(await refusal(early)).toBe('REQUEST_INVALID');
    expect(await refusal(changed(early, { input: { used: covered.used } }))).toBe('ADJUDICATION_NOT_NEXT');
    expect(await refusalOfOne({ claim: other, change: { position: 3 } })).toBe('ADJUDICATION_NOT_NEXT');
    expect(await refusalOfOne({ claim: other, change: { n: 2 } })).toBe('ADJUDICATION_NOT_NEXT');
    expect(await refusalOfOne({ claim: other, change: { before: {} } })).toBe('does not begin with what is used');
    const lie = { used: { 'year/2026-01-01/deductible': 1 }, salt: newSalt() };
    expect(await refusal(changed(prepare(covered, [{ claim: other }]), { input: { used: lie } }))).toBe('COMMITMENT_MISMATCH');
    expect(await refusal(changed(prepare(covered, [{ claim: other }]), { input: { used: null } }))).toBe('REQUEST_INVALID');
  });

  test('cannot commit beside another one of its coverage', async () => {
    const [one, other] = [await claimFor(covered), await claimFor(covered)];
    const flying = [await endorse(prepare(covered, [{ claim: one }])), await endorse(prepare(covered, [{ claim: other }]))];
    expect(flying.map((endorsed) => twin.commit(endorsed))).toEqual([OK, MVCC_READ_CONFLICT]);
  });

  test('opens exactly what was claimed', async () => {
    const claim = await claimFor(covered);
    const body = { ...claim.body, lines: claim.body.lines.map((line) => ({ ...line, charge: 1 })) };
    expect(await refusalOfOne({ claim: { ...claim, body } })).toBe('COMMITMENT_MISMATCH');
    const prepared = prepare(covered, [{ claim }]);
    const sent = prepared.input.claims[0];
    if (sent === undefined) throw new Error('a claim');
    expect(await refusal(changed(prepared, { input: { claims: [{ ...sent, body: `${sent.body} ` }] } }))).toBe('REQUEST_INVALID');
    expect(await refusal(changed(prepared, { input: { claims: [sent, sent] } }))).toBe('REQUEST_INVALID');
    expect(await refusal(changed(prepared, { input: { coverage: formatCanonical({ ...covered.terms, isInNetwork: false }) } }))).toBe(
      'COMMITMENT_MISMATCH',
    );
    expect(await refusalOfOne({ claim, change: { claimId: newRef() } })).toBe('is of another claim');
  });
});

describe('the coverage of an adjudication', () => {
  test('is that of its newest version, and ends where the insurer ended or suspended it', async () => {
    const claim = await claimFor(covered, { day: '2026-02-28' as Day });
    const before = prepare(covered, [{ claim }]);
    await covered.record('suspended', { at: '2026-02-10T12:00:00.000Z' });
    expect(await refusal(before)).toBe('COVERAGE_NOT_CURRENT');
    const suspended = prepare(covered, [{ claim }]);
    expect(resultOf(suspended.documents[0]).lines[0]).toMatchObject({ outcome: 'denied', rule: 'coverage' });
    expect(await refusal(changed(suspended, { coverageVersion: 3 }))).toBe('COVERAGE_NOT_FOUND');
    await covered.record('active');
    await decideByRule(covered, claim);
    expect(resultOf(newest(claim)).lines[0]).toMatchObject({ outcome: 'paid' });
  });

  test('that ended before it began pays nothing', async () => {
    const early = await cover(twin, patient, INSURER, { period: { from: '2026-02-01' as Day, until: null } });
    const claim = await claimFor(early);
    await early.record('ended', { at: '2026-01-20T00:00:00.000Z' });
    await decideByRule(early, claim);
    expect(resultOf(early.documents.get(claim.body.claimId)?.[0]).lines[0]).toMatchObject({ outcome: 'denied' });
  });
});

describe('the plan of an adjudication', () => {
  const next: BenefitPlan = { ...PLAN, version: 2, deductible: 0 };

  test('is the version that was published when the claim came', async () => {
    const old = await claimFor(covered);
    twin.clock = '2026-03-02T08:00:00.000Z';
    await publish(twin, next);
    twin.clock = '2026-03-03T08:00:00.000Z';
    const young = await claimFor(covered);
    expect(await refusalOfOne({ claim: old, plan: next })).toBe('PLAN_NOT_CURRENT');
    expect(await refusalOfOne({ claim: young })).toBe('PLAN_NOT_CURRENT');
    await adjudicate(covered, prepare(covered, [{ claim: old }, { claim: young, plan: next }]));
  });

  test('is no version that two others put in its place, and none of another plan', async () => {
    const claim = await claimFor(covered);
    const genuine = twin.state(planKey(INSURER, PLAN.planId, 1)) as object;
    twin.forge(planKey(INSURER, PLAN.planId, 2), formatCanonical({ ...genuine, version: 2, plan: { ...next, deductible: 9 } }));
    twin.forge(planKey(INSURER, PLAN.planId, 1), formatCanonical({ ...genuine, plan: { ...PLAN, deductible: 9 } }));
    expect(await refusalOfOne({ claim, change: { planId: 'other' } })).toBe('goes by another plan than the coverage');
    await decideByRule(covered, claim);
  });
});

describe('an item of an adjudication', () => {
  const wrongLine = async (change: (line: ClaimBodyLine) => Partial<ClaimBodyLine>, tags?: 'as first'): Promise<SubmittedClaim> => {
    const line = lineOf(await firstRecord());
    const right = newClaim(covered, [line]);
    const wrong = newClaim(covered, [{ ...line, ...change(line) }], tags && { change: { tags: right.request.tags } });
    return submitted(wrong);
  };

  /** A decision to release for a claim, as far as an adjudication looks at it. */
  const release = (requestId: RequestId, claimId: ClaimId): void => {
    const { relationRef } = covered.relation;
    const decision = {
      ...{ relationRef, requester: INSURER, requestId, outcome: 'released', code: null, custodian: HOSPITAL, purpose: 'HPAYMT' },
      ...{ proof: { kind: 'claim', claimId }, consentVersion: 1, rulesVersion: 1, deadline: twin.clock, records: null, count: 1 },
      ...{ bound: 'custodian', basis: 'consent', receipt: 'a.b.c', at: twin.clock },
    };
    twin.forge(decisionKey(relationRef, INSURER, requestId), formatCanonical(decision));
  };

  test('has the tag of its service and day, under the salt of its own record', async () => {
    expect(await refusalOfOne({ claim: await wrongLine(() => ({ day: '2026-02-19' as Day }), 'as first') })).toBe('CLAIM_TAG_WRONG');
    const salt = newSalt();
    expect(await refusalOfOne({ claim: await wrongLine(({ item }) => ({ item: { ...item, subjectSalt: salt } })) })).toBe(
      'CLAIM_TAG_WRONG',
    );
    const other = new Patient(HOSPITAL);
    const foreign = await firstRecord(other);
    expect(await refusalOfOne({ claim: await submitted(newClaim(covered, [lineOf(foreign)])) })).toBe('CLAIM_TAG_WRONG');
    const two = newClaim(covered, [lineOf(await firstRecord()), lineOf(await firstRecord())]);
    const short = { ...two, request: { ...two.request, tags: two.request.tags.slice(0, 1) } };
    expect(await refusalOfOne({ claim: await submitted(short) })).toBe('CLAIM_TAG_WRONG');
  });

  test('that names a record of another patient, a withdrawn or an unknown one is stated as such', async () => {
    const own = lineOf(await firstRecord());
    const foreign = await firstRecord(new Patient(HOSPITAL));
    const withdrawn = await firstRecord();
    await twin.submit(await by('records', HOSPITAL), 'SetRecordStatus', { recordId: withdrawn.recordId, status: 'entered-in-error' });
    const unknown = newRecord(patient);
    const unclosed = newRecord(patient);
    await storeRecords(twin, [unclosed]);
    const group = { groupId: newRef<GroupId>(), whole: false, size: 1, records: [unclosed.anchoring] };
    await twin.submit(await by('gateway', HOSPITAL), 'AnchorRecords', { groups: [group] });
    for (const bad of [foreign, withdrawn, unknown, unclosed]) {
      const named = { recordId: bad.recordId, version: 1, type: 'Observation', subjectSalt: bad.subjectSalt };
      const claim = await submitted(newClaim(covered, [{ ...own, records: [...own.records, named] }]));
      expect(await refusalOfOne({ claim })).toBe('does not state that a record is not what the claim says');
      const evidence = [{ line: 1, recordType: 'Observation', isIntact: true }];
      expect(await refusalOfOne({ claim, facts: { evidence } })).toBe('states a record as intact that is not');
      const told = { evidence: [{ line: 1, recordType: 'Observation', isIntact: false }] };
      await adjudicate(covered, prepare(covered, [{ claim, facts: told }]));
      expect(resultOf(newest(claim)).lines[0]).toMatchObject({ outcome: 'review' });
    }
  });

  test('has evidence only of what it names, and by a release for this claim', async () => {
    const claim = await claimFor(covered, { code: 'surgery' });
    const evidence = [{ line: 1, recordType: 'Procedure', isIntact: true }];
    expect(await refusalOfOne({ claim, facts: { evidence: [{ line: 1, recordType: 'Encounter', isIntact: true }] } })).toBe(
      'states evidence that the line does not name',
    );
    expect(await refusalOfOne({ claim, facts: { evidence } })).toBe('states evidence without a release of it');
    expect(await refusalOfOne({ claim, facts: { evidence }, decided: { releases: [newRef<RequestId>()] } })).toBe(
      'names a release that is none for this claim',
    );
    const releases = [newRef<RequestId>()];
    release(releases[0] as RequestId, newRef<ClaimId>());
    expect(await refusalOfOne({ claim, facts: { evidence }, decided: { releases } })).toBe('names a release that is none for this claim');
    release(releases[0] as RequestId, claim.body.claimId);
    await adjudicate(covered, prepare(covered, [{ claim, facts: { evidence }, decided: { releases } }]));
    expect(resultOf(newest(claim)).lines[0]).toMatchObject({ outcome: 'paid' });
  });
});

describe('a person of the insurer', () => {
  const clearing = { decisions: [{ line: 1, reason: 'own-rule', decision: 'clear' }] } as const;
  const flagged = (charge = 49_998): Promise<SubmittedClaim> => claimFor(covered, { code: 'spa', charge });
  const prepared = (deciding: Deciding, person: typeof PERSON | null = PERSON): Prepared => prepare(covered, [deciding], { person });

  // The rules let one person pay up to 31999.
  test('decides what the rule puts before one, and says so', async () => {
    const claim = await flagged();
    expect(await refusalOfOne({ claim, facts: clearing })).toBe('ADJUDICATION_NEEDS_PERSON');
    expect(await refusal(prepared({ claim, facts: clearing }), 'insurer-clerk')).toBe('ADJUDICATION_NEEDS_PERSON');
    expect(await refusal(prepared({ claim, facts: clearing, manner: 'person' }), 'gateway')).toBe('ADJUDICATION_NEEDS_PERSON');
    expect(await refusal(prepared({ claim, facts: clearing, manner: 'person' }, null), 'insurer-clerk')).toBe('ADJUDICATION_NEEDS_PERSON');
    const { adjudications } = await adjudicate(covered, prepared({ claim, facts: clearing, manner: 'person' }));
    expect(adjudications).toMatchObject([{ manner: 'person', persons: [PERSON], outcome: 'complete', status: 'final' }]);
  });

  test('pays a line beside the rule, marked, and no more than it charges', async () => {
    const claim = await claimFor(covered, { code: 'cosmetic' });
    const beside = (...overrides: readonly { line: number; benefit: number }[]): Prepared =>
      prepared({ claim, manner: 'person', decided: { overrides: overrides.map((one) => ({ ...one, why: 'goodwill' })) } });
    expect(await refusalOfOne({ claim, decided: { overrides: [{ line: 1, benefit: 1, why: 'goodwill' }] } })).toBe(
      'ADJUDICATION_NEEDS_PERSON',
    );
    expect(await refusal(beside({ line: 1, benefit: 10_001 }), 'insurer-clerk')).toBe('pays more than a line charges');
    expect(await refusal(beside({ line: 2, benefit: 0 }), 'insurer-clerk')).toBe('pays more than a line charges');
    expect(await refusal(beside({ line: 1, benefit: 1 }, { line: 1, benefit: 2 }), 'insurer-clerk')).toBe(
      'pays a line twice beside the rule',
    );
    const { adjudications } = await adjudicate(covered, beside({ line: 1, benefit: 10_000 }));
    expect(adjudications).toMatchObject([{ isOverridden: true, outcome: 'complete' }]);
  });

  test('pays above the limit of the rules only with a second one, and not with herself', async () => {
    const claim = await flagged(50_000);
    const { adjudications } = await adjudicate(covered, prepared({ claim, facts: clearing, manner: 'person' }));
    expect(paid(newest(claim))).toBe(32_000);
    expect(adjudications).toMatchObject([{ status: 'proposed', persons: [PERSON] }]);
    const { relationRef, claimId } = claim.body;
    const clerk = await by('insurer-clerk');
    const confirm = (person: typeof PERSON, n = 1, as = clerk): Promise<unknown> =>
      twin.submit(as, 'ConfirmAdjudication', { relationRef, claimId, n, person });
    expect((await refusalOf(confirm(PERSON))).code).toBe('ADJUDICATION_BY_SAME_PERSON');
    expect((await refusalOf(confirm(SECOND, 2))).code).toBe('ADJUDICATION_NOT_PROPOSED');
    expect((await refusalOf(confirm(SECOND, 1, await by('insurer-clerk', CLINIC)))).code).toBe('CALLER_NOT_INSURER');
    const confirmed = await confirm(SECOND);
    expect(confirmed).toMatchObject({ status: 'final', persons: [PERSON, SECOND] });
    expect(await confirm(SECOND)).toEqual(confirmed);
    expect((await refusalOf(confirm(PERSON))).code).toBe('ADJUDICATION_NOT_PROPOSED');
    expect(twin.world.values.get(adjudicationKey(relationRef, claimId))?.policy).toBeDefined();
  });
});
