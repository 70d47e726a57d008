import { formatCanonical, implicitCollection, paymentKey, privateKey, settlementKey, settlementRef } from '../src/model';
import {
  adjudicate,
  claimFor,
  cover,
  decideByRule,
  newClaim,
  PERSON,
  prepare,
  publish,
  submitted,
  type Cover,
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
import { countersign, newPayment, newStatement, pay, propose, settle, type Statement } from './support/settlement-story';
import { AUTHORITY, CLINIC, HOSPITAL, INSURER, newConsortium, register, signingKeyOf } from './support/story';
import { Patient } from './support/wallet';

let twin: ConsortiumTwin;
let patient: Patient;
let covered: Cover;
let claim: SubmittedClaim;

const name = (number = 1): { hospital: typeof HOSPITAL; insurer: typeof INSURER; number: number } => ({
  hospital: HOSPITAL,
  insurer: INSURER,
  number,
});
const read = async (number = 1): ReturnType<typeof twin.evaluate<'GetSettlement'>> =>
  twin.evaluate(await twin.identity(AUTHORITY), 'GetSettlement', name(number));
const adjudicationOf = async ({ body: { relationRef, claimId } }: SubmittedClaim): Promise<unknown> =>
  (await twin.evaluate(await twin.identity(AUTHORITY), 'GetClaim', { relationRef, claimId })).adjudication;
const decided = async (charge = 20_000): Promise<SubmittedClaim> => {
  const made = await claimFor(covered, { charge });
  await decideByRule(covered, made);
  return made;
};
/** The problem that a statement is refused for, or the code of another refusal. */
const refusal = async (sent: Promise<unknown>): Promise<string> => {
  const { code, details } = await refusalOf(sent);
  return code === 'SETTLEMENT_INVALID' ? (details as { problem: string }).problem : code;
};
const endorseProposal = async ({ jws, input }: Statement, endorsers: readonly string[]): Promise<Endorsed> =>
  twin.endorse(await twin.identity(INSURER, 'gateway'), ['ProposeSettlement', formatCanonical({ statement: jws })], { input, endorsers });

beforeEach(async () => {
  twin = await newConsortium();
  patient = new Patient(HOSPITAL);
  await register(twin, patient);
  await publish(twin);
  covered = await cover(twin, patient);
  claim = await decided();
});

describe('a statement of what an insurer owes', () => {
  test('is proposed by the insurer, signed by the hospital, and then settles its adjudications', async () => {
    const other = await decided();
    const statement = newStatement([{ claim }, { claim: other }]);
    expect(statement.document.totals).toEqual({ USD: 24_000 });
    const proposed = await propose(twin, statement);
    expect(proposed).toMatchObject({ number: 1, proposal: statement.jws, signature: null, by: { mspId: INSURER } });
    expect(await adjudicationOf(claim)).not.toHaveProperty('settled');
    const signed = await countersign(twin, statement);
    expect(signed).toMatchObject({
      ...proposed,
      signature: expect.any(String),
      signedBy: { mspId: HOSPITAL, role: 'records' },
      signedAt: twin.clock,
    });
    expect(await read()).toEqual({ settlement: signed, payment: null });
    for (const one of [claim, other]) expect(await adjudicationOf(one)).toMatchObject({ n: 1, settled: { n: 1, number: 1 } });
  });

  test('tells no amount in public, and is sealed to both in the same transaction', async () => {
    const statement = newStatement([{ claim }]);
    await settle(twin, statement);
    const text = JSON.stringify([twin.state(settlementKey(HOSPITAL, INSURER, 1)), twin.chain.map(({ proposal }) => proposal.args)]);
    expect(text).not.toContain('8000');
    for (const mspId of [HOSPITAL, INSURER]) {
      const key = privateKey(settlementRef(statement.document.settlementId));
      expect(twin.world.collections.get(implicitCollection(mspId))?.has(key)).toBe(true);
    }
  });

  test('counts with both, who each check it: neither alone writes it, nor any two others', async () => {
    const statement = newStatement([{ claim }]);
    for (const endorsers of [[INSURER], [HOSPITAL], [INSURER, CLINIC], [HOSPITAL, AUTHORITY], [CLINIC, AUTHORITY]])
      expect(twin.commit(await endorseProposal(statement, endorsers))).toBe(ENDORSEMENT_POLICY_FAILURE);
    const proposed = await propose(twin, statement);
    twin.forge(settlementKey(HOSPITAL, INSURER, 2), formatCanonical({ ...proposed, number: 2 }));
    expect((await refusalOf(read(2))).code).toBe('SETTLEMENT_NOT_FOUND');
    await countersign(twin, statement);
    const key = settlementKey(HOSPITAL, INSURER, 1);
    const writes = { reads: {}, writes: { [key]: 'e30=' }, policies: {}, hashedReads: {}, privateWrites: {} };
    expect(twin.validate(writes, [HOSPITAL, CLINIC, AUTHORITY])).toBe(ENDORSEMENT_POLICY_FAILURE);
    expect(twin.validate(writes, [INSURER, CLINIC, AUTHORITY])).toBe(ENDORSEMENT_POLICY_FAILURE);
  });

  test('is signed with the key of each organisation, over the same bytes', async () => {
    const [hospitalKey, insurerKey] = [signingKeyOf(HOSPITAL), signingKeyOf(INSURER)];
    expect(await refusal(propose(twin, newStatement([{ claim }], undefined, { key: hospitalKey })))).toBe('SIGNATURE_INVALID');
    const statement = newStatement([{ claim }]);
    const asHospital = twin.endorse(
      await twin.identity(HOSPITAL, 'gateway'),
      ['ProposeSettlement', formatCanonical({ statement: statement.jws })],
      {
        input: statement.input,
      },
    );
    expect(await refusal(asHospital)).toBe('CALLER_NOT_INSURER');
    await propose(twin, statement);
    expect(await refusal(countersign(twin, statement, { key: insurerKey }))).toBe('SIGNATURE_INVALID');
    const later = { issuedAt: '2026-03-01T07:59:01.000Z' as never };
    expect(await refusal(countersign(twin, statement, { said: later }))).toBe('is another one than was proposed');
    const asInsurer = twin.endorse(
      await twin.identity(INSURER, 'gateway'),
      ['SignSettlement', formatCanonical({ statement: statement.jws })],
      {
        input: { document: statement.input.document },
      },
    );
    expect(await refusal(asInsurer)).toBe('CALLER_NOT_CUSTODIAN');
  });

  test('says what the newest final adjudication pays, of claims of the two, each once', async () => {
    const problem = (...settlings: Parameters<typeof newStatement>[0][number][]): Promise<string> =>
      refusal(propose(twin, newStatement(settlings)));
    expect(await problem({ claim, change: { benefit: 8_001 } })).toBe('says another benefit than the adjudication');
    expect(await problem({ claim }, { claim })).toBe('REQUEST_INVALID');
    expect(await problem({ claim, change: { n: 2 } })).toBe('names an adjudication that is not the newest, or not final');
    const wrongTotal = newStatement([{ claim }], undefined, { change: { totals: { USD: 1 } } });
    expect(await refusal(propose(twin, wrongTotal))).toBe('REQUEST_INVALID');
    const asked = await claimFor(covered, {}, { use: 'predetermination' });
    await decideByRule(covered, asked);
    expect(await problem({ claim: asked })).toBe('names a claim that bills nothing');
    const proposed = await claimFor(covered, { code: 'spa', charge: 90_000 });
    const cleared = { decisions: [{ line: 1, reason: 'own-rule', decision: 'clear' }] } as const;
    await adjudicate(covered, prepare(covered, [{ claim: proposed, facts: cleared, manner: 'person' }], { person: PERSON }));
    expect(await problem({ claim: proposed })).toBe('names an adjudication that is not the newest, or not final');
    const other = await decided();
    const good = newStatement([{ claim }]);
    const swapped = { ...good, input: { ...good.input, claims: newStatement([{ claim: other }]).input.claims } };
    expect(await refusal(propose(twin, swapped))).toBe('opens another adjudication than it names');
    expect(await refusal(propose(twin, { ...good, input: { ...good.input, claims: [...good.input.claims, ...good.input.claims] } }))).toBe(
      'REQUEST_INVALID',
    );
    const foreign = { ...good, input: { ...good.input, document: newStatement([{ claim }]).input.document } };
    expect(await refusal(propose(twin, foreign))).toBe('COMMITMENT_MISMATCH');
    const elsewhere = { ...good, input: { ...good.input, sealed: { ...good.input.sealed, hospital: 'another' } } };
    expect(await refusal(propose(twin, elsewhere))).toBe('COMMITMENT_MISMATCH');
  });

  test('settles an adjudication once, and later only what has changed since', async () => {
    const first = await settle(twin, newStatement([{ claim }]));
    expect(await refusal(propose(twin, newStatement([{ claim }], first)))).toBe('does not follow what was settled of a claim before');
    expect(await refusal(propose(twin, newStatement([{ claim, after: 1 }], first)))).toBe('settles an adjudication twice');
    const reversal = await submitted(newClaim(covered, [], { related: { claimId: claim.body.claimId, relationship: 'reversal' } }));
    await adjudicate(covered, prepare(covered, [{ claim, reversedBy: reversal.body.claimId }]));
    expect(await refusal(propose(twin, newStatement([{ claim, change: { after: 1 } }], first)))).toBe(
      'does not open what was settled of a claim before',
    );
    const taken = newStatement([{ claim, after: 1 }], first);
    const [sent] = taken.input.claims;
    const falsely = { ...taken, input: { ...taken.input, claims: [{ document: sent?.document ?? '', after: sent?.document ?? '' }] } };
    expect(await refusal(propose(twin, falsely))).toBe('opens another adjudication than was settled before');
    expect(taken.document.totals).toEqual({ USD: -8_000 });
    await settle(twin, taken);
    expect(await adjudicationOf(claim)).toMatchObject({ outcome: 'reversed', settled: { n: 2, number: 2 } });
  });

  test('that two proposals name at once is settled by one of them alone', async () => {
    const first = await settle(twin, newStatement([{ claim: await decided() }]));
    const one = newStatement([{ claim }], first);
    await propose(twin, one);
    const again = newStatement([{ claim }], first);
    await propose(twin, again);
    expect(await refusal(countersign(twin, one))).toBe('is another one than was proposed');
    await countersign(twin, again);
    expect(await refusal(propose(twin, newStatement([{ claim }], first)))).toBe('SETTLEMENT_ALREADY_SIGNED');
  });

  test('follows the one before it, which both have signed, without a gap', async () => {
    const statement = newStatement([{ claim }]);
    const first = await propose(twin, statement);
    expect(await propose(twin, statement)).toEqual(first);
    const other = await decided();
    expect(await refusal(propose(twin, newStatement([{ claim: other }], first)))).toBe('SETTLEMENT_NOT_NEXT');
    const signed = await countersign(twin, statement);
    expect(await countersign(twin, statement)).toEqual(signed);
    expect(await refusal(propose(twin, newStatement([{ claim: other }], { ...signed, number: 2 })))).toBe('SETTLEMENT_NOT_NEXT');
    expect(await refusal(propose(twin, newStatement([{ claim: other }], signed, { change: { previous: null } })))).toBe(
      'SETTLEMENT_NOT_NEXT',
    );
    await settle(twin, newStatement([{ claim: other }], signed));
  });

  test('goes on with the next number where others wrote under one', async () => {
    twin.forge(settlementKey(HOSPITAL, INSURER, 1), '{"junk":true}');
    expect(await refusal(propose(twin, newStatement([{ claim }])))).toBe('SETTLEMENT_NOT_NEXT');
    const second = newStatement([{ claim }], undefined, { change: { number: 2 } });
    expect(await settle(twin, second)).toMatchObject({ number: 2, previous: null });
  });

  test('keeps what it settled while a claim is decided anew, and loses to a decision in between', async () => {
    const statement = newStatement([{ claim }]);
    const flying = await endorseProposal(statement, [INSURER, HOSPITAL]);
    await decideByRule(covered, claim);
    expect(twin.commit(flying)).toBe(MVCC_READ_CONFLICT);
    const renewed = newStatement([{ claim }]);
    expect(twin.commit(await endorseProposal(renewed, [INSURER, HOSPITAL]))).toBe(OK);
    await decideByRule(covered, claim);
    await countersign(twin, renewed);
    expect(await adjudicationOf(claim)).toMatchObject({ n: 3, settled: { n: 2, number: 1 } });
    await decideByRule(covered, claim);
    expect(await adjudicationOf(claim)).toMatchObject({ n: 4, settled: { n: 2, number: 1 } });
  });
});

describe('the payment of a statement', () => {
  const clear = async (as = HOSPITAL): Promise<unknown> => twin.submit(await twin.identity(as, 'records'), 'ClearPayment', name());

  test('is notified by the insurer with the amounts of the statement, and cleared by the hospital', async () => {
    const statement = newStatement([{ claim }]);
    await settle(twin, statement);
    expect(await refusal(clear())).toBe('PAYMENT_NOT_FOUND');
    const payment = newPayment(statement);
    const paid = await pay(twin, payment);
    expect(paid).toMatchObject({ status: 'paid', by: { mspId: INSURER }, clearedBy: null });
    expect(JSON.stringify(twin.state(paymentKey(HOSPITAL, INSURER, 1)))).not.toContain('RF18');
    expect(await pay(twin, payment)).toEqual(paid);
    expect(await refusal(clear(INSURER))).toBe('CALLER_NOT_CUSTODIAN');
    const cleared = await clear();
    expect(cleared).toMatchObject({ status: 'cleared', clearedBy: { mspId: HOSPITAL } });
    expect(await clear()).toEqual(cleared);
    expect((await read()).payment).toEqual(cleared);
  });

  test('is that of a statement that both signed, once, with its very totals', async () => {
    const statement = newStatement([{ claim }]);
    expect(await refusal(pay(twin, newPayment(statement)))).toBe('SETTLEMENT_NOT_FOUND');
    await propose(twin, statement);
    expect(await refusal(pay(twin, newPayment(statement)))).toBe('is not signed by both');
    await countersign(twin, statement);
    expect(await refusal(pay(twin, newPayment(statement, { amounts: { USD: 7_999 } })))).toBe('has other totals than are paid');
    const foreign = newPayment(statement, { number: 2 });
    expect(await refusal(pay(twin, { ...foreign, request: { ...foreign.request, number: 1 } }))).toBe('REQUEST_INVALID');
    await pay(twin, newPayment(statement));
    expect(await refusal(pay(twin, newPayment(statement)))).toBe('PAYMENT_ALREADY_NOTIFIED');
    const asClinic = twin.submit(await twin.identity(CLINIC, 'gateway'), 'NotifyPayment', newPayment(statement).request, {
      input: newPayment(statement).input,
    });
    expect(await refusal(asClinic)).toBe('CALLER_NOT_INSURER');
  });
});
