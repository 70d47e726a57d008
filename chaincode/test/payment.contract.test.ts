import {
  claimKey,
  formatCanonical,
  implicitCollection,
  planKey,
  type ClaimId,
  type ConsentDocument,
  type Proof,
  type Purpose,
  type ReturnReason,
  type TransactionResponse,
  type TransientInput,
} from '../src/model';
import { claimFor, cover, lineOf, newClaim, PLAN, publish, submitted, type Cover, type SubmittedClaim } from './support/claim-story';
import { MVCC_READ_CONFLICT, OK, refusalOf, type ConsortiumTwin, type Endorsed } from './support/consortium-twin';
import { endorseDecision, endorseDelivery } from './support/release-steps';
import { ask, HOSPITAL, importRecords, INSURER, newConsortium, newRecord, openingOf, register, type TestRecord } from './support/story';
import { newRef, Patient } from './support/wallet';

type Request = TransactionResponse<'RequestAccess'>['request'];
type Payment = NonNullable<TransientInput<'DecideRelease'>['payment']>;

let twin: ConsortiumTwin;
let patient: Patient;
let of: Cover;
let document: ConsentDocument;
/** The line for surgery names both; the plan asks for a Procedure on it. */
let [procedure, observation]: TestRecord[] = [];
let claim: SubmittedClaim;

const proofBy = ({ body: { claimId } }: Pick<SubmittedClaim, 'body'>): Proof => ({ kind: 'claim', claimId });
const paymentOf = (change: Partial<Payment> = {}): Payment => ({
  claim: formatCanonical(claim.body),
  coverage: formatCanonical(of.terms),
  coverageVersion: 1,
  planVersion: 1,
  ...change,
});
const asks = (proof: Proof | null = proofBy(claim), purpose: Purpose = 'HPAYMT'): Promise<Request> =>
  ask(twin, of.relation, INSURER, { purpose, proof });
const decide = (request: Request, records: readonly TestRecord[], payment = paymentOf()): Promise<Endorsed> => {
  const opening = { ...openingOf(of.relation, document, records, request), payment };
  return endorseDecision(twin, request, opening, { endorsers: [HOSPITAL, INSURER] });
};
/** 'released', or the code against it with what it tells. */
const outcomeOf = async (records: readonly TestRecord[], request?: Request, payment?: Payment): Promise<string> => {
  const deciding = decide(request ?? (await asks()), records, payment);
  try {
    expect(twin.commit(await deciding)).toBe(OK);
    return 'released';
  } catch {
    const { code, details } = await refusalOf(deciding);
    const { at, reason, of: what = reason ?? at } = details as Record<string, unknown>;
    return `${code} ${String(what)}`;
  }
};
const consentTo = async (version: number, base: 'permit' | 'deny'): Promise<void> => {
  document = of.relation.document(version, [{ base, exceptions: [] }]);
  await twin.submit(await twin.identity(INSURER), 'RecordConsent', { consent: of.relation.consent(version, { with: document }) });
};
const acknowledge = async (reason: ReturnReason | null): Promise<Endorsed> => {
  const { relationRef, claimId } = claim.body;
  const request = { relationRef, claims: [{ claimId, reason }] };
  return twin.endorse(await twin.identity(INSURER, 'gateway'), ['AcknowledgeClaims', formatCanonical(request)]);
};

beforeEach(async () => {
  twin = await newConsortium();
  patient = new Patient(HOSPITAL);
  await register(twin, patient);
  await publish(twin);
  of = await cover(twin, patient);
  await consentTo(2, 'permit');
  [procedure, observation] = [newRecord(patient, { type: 'Procedure' }), newRecord(patient)];
  await importRecords(twin, [procedure, observation]);
  const { recordId, version, subjectSalt } = observation;
  const line = lineOf(procedure, { code: 'surgery' });
  const beside = { recordId, version, type: 'Observation', subjectSalt };
  claim = await submitted(newClaim(of, [{ ...line, records: [...line.records, beside] }]));
});

describe('payment', () => {
  test('is proved by a claim of the hospital to the insurer in this relation', async () => {
    expect(await outcomeOf([procedure!])).toBe('released');
    expect(await outcomeOf([procedure!], await asks(null))).toBe('RELEASE_NOT_PERMITTED purpose-not-proved');
    expect(await outcomeOf([procedure!], await asks({ kind: 'claim', claimId: newRef<ClaimId>() }))).toBe(
      'RELEASE_NOT_PERMITTED purpose-not-proved',
    );
    expect(await outcomeOf([procedure!], await asks(proofBy(claim), 'ELIGVER'))).toBe('released');
  });

  test('is not proved by a claim in another relation of the same patient', async () => {
    const elsewhere = await claimFor(await cover(twin, patient), { code: 'surgery' });
    expect(await outcomeOf([procedure!], await asks(proofBy(elsewhere)))).toBe('RELEASE_NOT_PERMITTED purpose-not-proved');
  });

  test('is not proved by a claim that two members wrote without the hospital', async () => {
    const { relationRef, claimId } = claim.body;
    const forged = newRef<ClaimId>();
    twin.forge(
      claimKey(relationRef, forged),
      formatCanonical({ ...(twin.state(claimKey(relationRef, claimId)) as object), claimId: forged }),
    );
    expect(await outcomeOf([procedure!], await asks({ kind: 'claim', claimId: forged }))).toBe('RELEASE_NOT_PERMITTED purpose-not-proved');
  });

  test('is proved by a claim that the insurer received, and no longer once it gave it back', async () => {
    expect(twin.commit(await acknowledge(null))).toBe(OK);
    expect(await outcomeOf([procedure!])).toBe('released');
    expect(twin.commit(await acknowledge('tag-mismatch'))).toBe(OK);
    expect(await outcomeOf([procedure!])).toBe('RELEASE_NOT_PERMITTED proof-ended');
  });

  test.each(['reversal', 'correction'] as const)('is proved no longer by a claim after its %s', async (relationship) => {
    const lines = relationship === 'reversal' ? [] : claim.body.lines;
    const later = await submitted(newClaim(of, lines, { related: { claimId: claim.body.claimId, relationship } }));
    expect(await outcomeOf([procedure!])).toBe('RELEASE_NOT_PERMITTED proof-ended');
    const payment = paymentOf({ claim: formatCanonical(later.body) });
    const expected = relationship === 'reversal' ? 'RECORD_NOT_OF_CLAIM 0' : 'released';
    expect(await outcomeOf([procedure!], await asks(proofBy(later)), payment)).toBe(expected);
  });

  test('that ends while a decision or a delivery is under way withdraws it', async () => {
    const decided = await decide(await asks(), [procedure!]);
    const request = await asks();
    expect(twin.commit(await decide(request, [procedure!]))).toBe(OK);
    expect(twin.commit(await acknowledge('body-mismatch'))).toBe(OK);
    expect(twin.commit(decided)).toBe(MVCC_READ_CONFLICT);
    const delivering = endorseDelivery(twin, request, { endorsers: [HOSPITAL, INSURER] });
    expect(await refusalOf(delivering)).toMatchObject({ code: 'RELEASE_NOT_PERMITTED', details: { reason: 'proof-ended' } });
  });

  test('is for what the consent permits all the same', async () => {
    await consentTo(3, 'deny');
    const request = await asks();
    const opening = { ...openingOf(of.relation, document, [procedure!], request), payment: paymentOf() };
    const deciding = endorseDecision(twin, request, opening, { endorsers: [HOSPITAL, INSURER], version: 3 });
    expect(await refusalOf(deciding)).toMatchObject({ code: 'RELEASE_NOT_PERMITTED', details: { reason: 'no-permit' } });
  });
});

describe('for payment', () => {
  test('a record is released that a line names and whose type the plan asks for on that line, and no other', async () => {
    const unnamed = newRecord(patient, { type: 'Procedure' });
    const next = { ...newRecord(patient, { type: 'Procedure' }, 2), recordId: procedure!.recordId };
    const later = { ...next, anchoring: { ...next.anchoring, recordId: procedure!.recordId } };
    await importRecords(twin, [unnamed, later]);
    expect(await outcomeOf([observation!])).toBe('RECORD_NOT_OF_CLAIM 0');
    expect(await outcomeOf([procedure!, unnamed])).toBe('RECORD_NOT_OF_CLAIM 1');
    expect(await outcomeOf([later])).toBe('RECORD_NOT_OF_CLAIM 0');
    expect(await outcomeOf([procedure!])).toBe('released');
  });

  test('nothing is released of a line for which the plan asks for nothing', async () => {
    claim = await submitted(newClaim(of, [lineOf(procedure!, { code: 'visit' })]));
    expect(await outcomeOf([procedure!])).toBe('RECORD_NOT_OF_CLAIM 0');
  });

  test('the type is that of the anchored details, whatever the claim says of it', async () => {
    const { recordId, version, subjectSalt } = observation!;
    const line = lineOf(procedure!, { code: 'surgery' });
    claim = await submitted(newClaim(of, [{ ...line, records: [...line.records, { recordId, version, type: 'Procedure', subjectSalt }] }]));
    expect(await outcomeOf([observation!])).toBe('RECORD_NOT_OF_CLAIM 0');
  });

  test('nothing is released unless claim, terms and plan are those of the ledger', async () => {
    const request = await asks();
    expect(await refusalOf(endorseDecision(twin, request, openingOf(of.relation, document, [procedure!], request), both))).toEqual({
      code: 'RECORD_NOT_OF_CLAIM',
      details: { at: 0 },
    });
    const other = formatCanonical({ ...claim.body, currency: 'EUR' });
    expect(await outcomeOf([procedure!], request, paymentOf({ claim: other }))).toBe('COMMITMENT_MISMATCH body of the claim');
    const terms = formatCanonical({ ...of.terms, planId: 'other' });
    expect(await outcomeOf([procedure!], request, paymentOf({ coverage: terms }))).toBe('COMMITMENT_MISMATCH terms of the coverage');
    expect(await outcomeOf([procedure!], request, paymentOf({ planVersion: 2 }))).toContain('PLAN_NOT_CURRENT');
    await of.record('suspended');
    expect(await outcomeOf([procedure!], request)).toContain('COVERAGE_NOT_CURRENT');
    expect(await outcomeOf([procedure!], request, paymentOf({ coverageVersion: 2 }))).toBe('released');
  });

  test('a plan that is published after the claim asks for nothing more', async () => {
    const wider = [{ ...PLAN.evidence[0]!, recordTypes: ['Procedure', 'Observation'] }];
    twin.clock = '2026-03-01T09:00:00.000Z';
    await publish(twin, { ...PLAN, version: 2, evidence: wider });
    expect(await outcomeOf([observation!])).toBe('RECORD_NOT_OF_CLAIM 0');
    expect(await outcomeOf([observation!], undefined, paymentOf({ planVersion: 2 }))).toContain('PLAN_NOT_CURRENT');
  });

  test('the decision says neither which plan she has nor what was treated', async () => {
    const { simulation } = await decide(await asks(), [procedure!]);
    const { reads, hashedReads } = simulation.rwset;
    const types = new Set(Object.keys(reads).map((key) => key.split('\u0000')[1]));
    expect([types.has('plan'), types.has('claim'), types.has('coverage')]).toEqual([false, true, true]);
    expect(Object.keys(hashedReads)).not.toContain(`${implicitCollection(INSURER)}|${planKey(INSURER, PLAN.planId, 1)}`);
    for (const secret of ['surgery', claim.body.salt, of.terms.salt, of.terms.planId])
      expect(JSON.stringify(simulation)).not.toContain(secret);
  });
});

const both = { endorsers: [HOSPITAL, INSURER] };
