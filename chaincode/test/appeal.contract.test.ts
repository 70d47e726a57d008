import {
  appealDecisionKey,
  appealKey,
  appealNoticeRef,
  appealOpinionRef,
  appealRef,
  formatCanonical,
  type SealedRef,
  type StaffRole,
  type TransactionRequest,
} from '../src/model';
import { appeal, newAppeal, newDecision, paperEnvelope, sign } from './support/appeal-story';
import {
  adjudicate,
  claimFor,
  cover,
  decideByRule,
  newClaim,
  PERSON,
  prepare,
  publish,
  SECOND,
  submitted,
  type Cover,
  type SubmittedClaim,
} from './support/claim-story';
import { ENDORSEMENT_POLICY_FAILURE, OK, refusalOf, type ConsortiumTwin, type Endorsed } from './support/consortium-twin';
import { AUTHORITY, CLINIC, HOSPITAL, INSURER, newConsortium, register } from './support/story';
import { newKeyPair, Patient } from './support/wallet';

type Appealing = TransactionRequest<'AppealClaim'>;
type Deciding = TransactionRequest<'DecideAppeal'>;

let twin: ConsortiumTwin;
let of: Cover;
let claim: SubmittedClaim;

interface Sender {
  readonly by?: string;
  readonly role?: StaffRole;
  readonly endorsers?: readonly string[];
}
const send = async (request: Appealing, { by = HOSPITAL, role = 'records', endorsers }: Sender = {}): Promise<Endorsed> =>
  twin.endorse(await twin.identity(by, role), ['AppealClaim', formatCanonical(request)], endorsers && { endorsers });
const decide = async (request: Deciding, { by = INSURER, role = 'insurer-clerk', endorsers }: Sender = {}): Promise<Endorsed> =>
  twin.endorse(await twin.identity(by, role), ['DecideAppeal', formatCanonical(request)], endorsers && { endorsers });
const problemOf = async (sending: Promise<unknown>): Promise<unknown> => {
  const { code, details } = await refusalOf(sending);
  expect(code).toBe('APPEAL_NOT_OPEN');
  return (details as { problem: string }).problem;
};
const codeOf = async (sending: Promise<unknown>): Promise<string> => (await refusalOf(sending)).code;
const first = (change: Partial<Appealing> = {}): Appealing => newAppeal(claim.body, change);
const second = (change: Partial<Appealing> = {}): Appealing => newAppeal(claim.body, { level: 'authority', number: 2, ...change });
const signed = (request: Appealing): Appealing => sign(request, of.relation.keys.signing);
const listed = async (): Promise<readonly string[]> => {
  const { relationRef, claimId } = claim.body;
  const { appeals } = await twin.evaluate(await twin.identity(CLINIC), 'GetAppeals', { relationRef, claimId });
  return appeals.map(
    ({ appeal: { number, party, level }, decision }) => `${String(number)} ${party} ${level} ${decision?.outcome ?? 'open'}`,
  );
};
const onDay = (day: string): void => {
  twin.clock = `${day}T08:00:00.000Z`;
};

beforeEach(async () => {
  twin = await newConsortium();
  const patient = new Patient(HOSPITAL);
  await register(twin, patient);
  await publish(twin);
  of = await cover(twin, patient);
  claim = await claimFor(of);
  await decideByRule(of, claim);
});

describe('an appeal', () => {
  test('is made by the hospital, from its records office or its gateway, with a witness, and says until when it is decided', async () => {
    expect(await codeOf(send(first(), { by: INSURER, role: 'gateway' }))).toBe('CALLER_NOT_CUSTODIAN');
    expect(await codeOf(send(first(), { role: 'physician' }))).toBe('CALLER_NOT_ALLOWED');
    for (const endorsers of [[HOSPITAL], [CLINIC, INSURER, AUTHORITY]])
      expect(twin.commit(await send(first(), { role: 'gateway', endorsers }))).toBe(ENDORSEMENT_POLICY_FAILURE);
    const endorsed = await send(first(), { role: 'gateway', endorsers: [HOSPITAL, CLINIC] });
    expect(twin.commit(endorsed)).toBe(OK);
    expect(JSON.parse(endorsed.simulation.payload)).toMatchObject({ party: 'hospital', decideBy: '2026-03-31T08:00:00.000Z', jws: null });
    expect(await listed()).toEqual(['1 hospital insurer open']);
  });

  test('is made by the patient with her signature, through any member, and neither hospital nor insurer keeps it out', async () => {
    const endorsed = await send(signed(first()), { by: CLINIC, role: 'gateway', endorsers: [CLINIC, AUTHORITY] });
    expect(twin.commit(endorsed)).toBe(OK);
    expect(await listed()).toEqual(['1 patient insurer open']);
  });

  test("takes the relation's key, and a statement of this very appeal", async () => {
    for (const key of [newKeyPair(), of.relation.keys.recovery]) expect(await codeOf(send(sign(first(), key)))).toBe('SIGNATURE_INVALID');
    const { statement } = signed(first());
    for (const change of [{ number: 2 }, { n: 2 }, { level: 'authority', authority: AUTHORITY } as const])
      expect(await refusalOf(send(first({ statement, ...change })))).toMatchObject({ details: { place: 'request.statement' } });
  });

  test('is against the adjudication that stands, of a claim that does', async () => {
    const open = await claimFor(of);
    expect(await problemOf(send(newAppeal(open.body)))).toBe('is against an adjudication that does not stand');
    expect(await problemOf(send(first({ n: 2 })))).toBe('is against an adjudication that does not stand');
    await submitted(newClaim(of, [], { related: { claimId: claim.body.claimId, relationship: 'reversal' } }));
    expect(await problemOf(send(first()))).toBe('is against an adjudication that does not stand');
  });

  test('is made in the time of the rules', async () => {
    onDay('2026-08-28');
    const onTime = await send(first());
    twin.clock = '2026-08-28T08:00:00.001Z';
    expect(await problemOf(send(first()))).toBe('comes too late');
    expect(twin.commit(onTime)).toBe(OK);
  });

  test('has its whole time from when a second person agreed, where one had to: an insurer that waits with that takes none of it', async () => {
    const dear = await claimFor(of, { code: 'spa', charge: 50_000 });
    const clearing = { decisions: [{ line: 1, reason: 'own-rule', decision: 'clear' }] } as const;
    await adjudicate(of, prepare(of, [{ claim: dear, facts: clearing, manner: 'person' }], { person: PERSON }));
    const { relationRef, claimId } = dear.body;
    const against = newAppeal(dear.body);
    onDay('2026-08-29');
    expect(await problemOf(send(against))).toBe('is against an adjudication that does not stand');
    const clerk = await twin.identity(INSURER, 'insurer-clerk');
    await twin.submit(clerk, 'ConfirmAdjudication', { relationRef, claimId, n: 1, person: SECOND });
    onDay('2027-02-25');
    const onTime = await send(against);
    onDay('2027-02-26');
    expect(await problemOf(send(against))).toBe('comes too late');
    expect(twin.commit(onTime)).toBe(OK);
  });

  test('is made once by each of the two, under numbers without a gap; a repeat is answered and writes nothing', async () => {
    expect(await codeOf(send(first({ number: 2 })))).toBe('APPEAL_NUMBER_SKIPPED');
    const entry = await appeal(twin, first());
    const again = await send(first());
    expect([JSON.parse(again.simulation.payload), again.simulation.rwset.writes]).toEqual([entry, {}]);
    expect(await codeOf(send(signed(first())))).toBe('APPEAL_NUMBER_TAKEN');
    expect(await problemOf(send(first({ number: 2 })))).toBe('was made already');
    await appeal(twin, signed(first({ number: 2 })));
    expect(await listed()).toEqual(['1 hospital insurer open', '2 patient insurer open']);
  });

  test('is sealed to hospital and insurer, and to nobody whom it does not name', async () => {
    for (const change of [{ sealed: {} }, { sealed: second().sealed }])
      expect(await refusalOf(send(first(change)))).toMatchObject({ details: { place: 'request.sealed' } });
    for (const authority of [AUTHORITY, CLINIC])
      expect(await refusalOf(send(first({ authority })))).toMatchObject({ details: { place: 'request.authority' } });
  });

  test('counts by the signature or attestation of whoever made it: what two others wrote stops its number only', async () => {
    const { relationRef, claimId } = claim.body;
    const key = (number: number): string => appealKey(relationRef, claimId, number);
    const genuine = await appeal(twin, first());
    twin.forge(key(2), formatCanonical({ ...genuine, number: 2, party: 'patient', jws: signed(first({ number: 3 })).statement }));
    twin.forge(key(3), formatCanonical({ ...genuine, number: 3 }));
    twin.forge(key(4), 'junk');
    expect(await listed()).toEqual(['1 hospital insurer open']);
    expect(await codeOf(send(signed(first({ number: 2 }))))).toBe('APPEAL_NUMBER_TAKEN');
    await appeal(twin, signed(first({ number: 5 })));
    expect(await listed()).toEqual(['1 hospital insurer open', '5 patient insurer open']);
  });
});

describe('a decision by the insurer', () => {
  beforeEach(async () => {
    await appeal(twin, first());
  });

  test('is of a clerk of the insurer, with a witness', async () => {
    const decision = newDecision(first());
    expect(await codeOf(decide(decision, { by: HOSPITAL }))).toBe('CALLER_NOT_INSURER');
    expect(await codeOf(decide(decision, { role: 'ethics-officer' }))).toBe('CALLER_NOT_ALLOWED');
    for (const endorsers of [[INSURER], [HOSPITAL, CLINIC, AUTHORITY]])
      expect(twin.commit(await decide(decision, { endorsers }))).toBe(ENDORSEMENT_POLICY_FAILURE);
    expect(twin.commit(await decide(decision, { endorsers: [INSURER, CLINIC] }))).toBe(OK);
    expect(await listed()).toEqual(['1 hospital insurer upheld']);
    expect(await codeOf(decide(newDecision(first({ number: 2 }))))).toBe('APPEAL_NOT_FOUND');
  });

  test('that grants it makes the insurer adjudicate again, in a time that stands there', async () => {
    const endorsed = await decide(newDecision(first(), { outcome: 'granted' }));
    expect(twin.commit(endorsed)).toBe(OK);
    expect(JSON.parse(endorsed.simulation.payload)).toMatchObject({ outcome: 'granted', adjudicateBy: '2026-03-31T08:00:00.000Z' });
    await adjudicate(of, prepare(of, [{ claim, manner: 'person' }], { person: PERSON }));
    await appeal(twin, first({ number: 2, n: 2 }));
  });

  test('is made once, and a repeat is answered', async () => {
    const decision = newDecision(first());
    expect(twin.commit(await decide(decision))).toBe(OK);
    expect((await decide(decision)).simulation.rwset.writes).toEqual({});
    expect(await codeOf(decide({ ...decision, outcome: 'granted' }))).toBe('APPEAL_ALREADY_DECIDED');
  });

  test('is not of the person who adjudicated', async () => {
    await adjudicate(of, prepare(of, [{ claim, manner: 'person' }], { person: PERSON }));
    const again = first({ number: 2, n: 2 });
    await appeal(twin, again);
    expect(await codeOf(decide(newDecision(again, { person: PERSON })))).toBe('APPEAL_BY_SAME_PERSON');
    expect(await problemOf(decide(newDecision(first())))).toBe('is against an adjudication that does not stand');
    expect(twin.commit(await decide(newDecision(again)))).toBe(OK);
  });

  test('counts with its attestation: one that two others wrote holds up none', async () => {
    const { relationRef, claimId } = claim.body;
    const by = { mspId: INSURER, role: 'insurer-clerk', actor: PERSON };
    const forged = { ...newDecision(first(), { outcome: 'granted' }), by, at: twin.clock, adjudicateBy: twin.clock };
    twin.forge(appealDecisionKey(relationRef, claimId, 1), formatCanonical(forged));
    expect(await listed()).toEqual(['1 hospital insurer open']);
    expect(twin.commit(await decide(newDecision(first())))).toBe(OK);
    expect(await listed()).toEqual(['1 hospital insurer upheld']);
  });
});

describe('an authority', () => {
  const uphold = async (): Promise<void> => {
    await appeal(twin, first());
    expect(twin.commit(await decide(newDecision(first())))).toBe(OK);
  };

  test('is appealed to after the insurer upheld its adjudication, in the time of the rules', async () => {
    expect(await problemOf(send(second({ number: 1 })))).toBe('goes to the insurer first');
    await uphold();
    expect(await problemOf(send(signed(second())))).toBe('goes to the insurer first');
    onDay('2026-08-29');
    expect(await problemOf(send(second()))).toBe('comes too late');
    onDay('2026-08-28');
    await appeal(twin, second());
    expect(await listed()).toEqual(['1 hospital insurer upheld', '2 hospital authority open']);
  });

  test('is appealed to where the insurer does not decide in time, and then the insurer decides no more', async () => {
    await appeal(twin, first());
    onDay('2026-03-31');
    expect(await problemOf(send(second()))).toBe('waits for the insurer');
    onDay('2026-04-01');
    await appeal(twin, second());
    expect(await problemOf(decide(newDecision(first())))).toBe('is before an authority');
  });

  test('is not appealed to where the insurer granted the appeal, unless it does not adjudicate again in time', async () => {
    await appeal(twin, first());
    expect(twin.commit(await decide(newDecision(first(), { outcome: 'granted' })))).toBe(OK);
    onDay('2026-03-31');
    expect(await problemOf(send(second()))).toBe('was granted already');
    onDay('2026-04-01');
    await appeal(twin, second());
  });

  test.each(['granted', 'open'] as const)('is appealed to at once where the insurer decided anew after an appeal: %s', async (outcome) => {
    await appeal(twin, first());
    if (outcome === 'granted') expect(twin.commit(await decide(newDecision(first(), { outcome })))).toBe(OK);
    await adjudicate(of, prepare(of, [{ claim, manner: 'person' }], { person: PERSON }));
    expect(await problemOf(send(signed(second({ n: 2 }))))).toBe('goes to the insurer first');
    onDay('2026-08-29');
    expect(await problemOf(send(second({ n: 2 })))).toBe('comes too late');
    onDay('2026-08-28');
    await appeal(twin, second({ n: 2 }));
    const committee = { by: AUTHORITY, role: 'ethics-officer' } as const;
    expect(twin.commit(await decide(newDecision(second({ n: 2 }), { outcome: 'granted' }), committee))).toBe(OK);
  });

  test('is a member that the rules name so', async () => {
    await uphold();
    for (const authority of [null, CLINIC])
      expect(await refusalOf(send(second({ authority })))).toMatchObject({ details: { place: 'request.authority' } });
  });

  test('decides by its committee, with a witness, and no other authority or insurer for it', async () => {
    await uphold();
    await appeal(twin, second());
    const decision = newDecision(second(), { outcome: 'granted' });
    const committee = { by: AUTHORITY, role: 'ethics-officer' } as const;
    expect(await codeOf(decide(decision))).toBe('CALLER_NOT_AUTHORITY');
    expect(await codeOf(decide(decision, { by: CLINIC, role: 'ethics-officer' }))).toBe('CALLER_NOT_AUTHORITY');
    expect(await codeOf(decide(decision, { by: AUTHORITY }))).toBe('CALLER_NOT_ALLOWED');
    for (const endorsers of [[AUTHORITY], [HOSPITAL, INSURER]])
      expect(twin.commit(await decide(decision, { ...committee, endorsers }))).toBe(ENDORSEMENT_POLICY_FAILURE);
    expect(twin.commit(await decide(decision, { ...committee, endorsers: [AUTHORITY, CLINIC] }))).toBe(OK);
    expect(await listed()).toEqual(['1 hospital insurer upheld', '2 hospital authority granted']);
  });

  test('hears hospital and patient apart: each goes its own way', async () => {
    await uphold();
    await appeal(twin, signed(first({ number: 2 })));
    expect(await problemOf(send(signed(second({ number: 3 }))))).toBe('waits for the insurer');
    await appeal(twin, second({ number: 3 }));
    expect(twin.commit(await decide(newDecision(first({ number: 2 }))))).toBe(OK);
    await appeal(twin, signed(second({ number: 4 })));
  });
});

describe('sealed', () => {
  const store = async (ref: SealedRef, organisation: string, envelope: string): Promise<Endorsed> =>
    twin.endorse(await twin.identity(CLINIC), ['StoreSealed', JSON.stringify({ organisation, keys: [ref] })], {
      ...{ input: { envelopes: [envelope] }, endorsers: [organisation] },
    });

  test('grounds and opinion are stored at those who decide and are concerned, and what the patient is told at the hospital', async () => {
    const { relationRef, claimId } = claim.body;
    expect(await codeOf(store(appealRef(relationRef, claimId, 1), HOSPITAL, 'x'))).toBe('APPEAL_NOT_FOUND');
    await appeal(twin, first());
    const opinion = appealOpinionRef(relationRef, claimId, 1);
    // Not there yet, rather than not the one: a courier asks a peer that lags again.
    expect(await codeOf(store(opinion, HOSPITAL, paperEnvelope('opinion', HOSPITAL)))).toBe('APPEAL_NOT_FOUND');
    expect(twin.commit(await decide(newDecision(first())))).toBe(OK);
    await appeal(twin, second());
    const offers = [
      ...[HOSPITAL, INSURER].map((mspId) => [appealRef(relationRef, claimId, 1), mspId, paperEnvelope('grounds', mspId)] as const),
      ...[HOSPITAL, INSURER].map((mspId) => [opinion, mspId, paperEnvelope('opinion', mspId)] as const),
      [appealNoticeRef(relationRef, claimId, 1), HOSPITAL, paperEnvelope('notice', HOSPITAL)] as const,
      [appealRef(relationRef, claimId, 2), AUTHORITY, paperEnvelope('grounds', AUTHORITY)] as const,
    ];
    for (const [ref, mspId, envelope] of offers) {
      expect(await codeOf(store(ref, mspId, 'another'))).toBe('COMMITMENT_MISMATCH');
      expect(await codeOf(store(ref, CLINIC, envelope))).toBe('COMMITMENT_MISMATCH');
      expect(twin.commit(await store(ref, mspId, envelope))).toBe(OK);
    }
  });
});
