import {
  consentKey,
  delegationKey,
  delegationRef,
  formatCanonical,
  implicitCollection,
  parseSigned,
  privateKey,
  type AccessRequest,
  type ConsentDocument,
  type ConsentHeader,
  type Instant,
} from '../src/model';
import { declare, emergencyOpeningOf } from './support/break-glass-story';
import {
  ENDORSEMENT_POLICY_FAILURE,
  MVCC_READ_CONFLICT,
  OK,
  refusalOf,
  type ConsortiumTwin,
  type Endorsed,
} from './support/consortium-twin';
import { changeRules } from './support/rules-changes';
import { confirm, giveSigningKey, signEnd, signGrant, VALIDITY, type TestGrant } from './support/delegates';
import {
  ask,
  AUTHORITY,
  checkIn,
  CLINIC,
  HOSPITAL,
  INSURER,
  MEMBERS,
  newConsortium,
  newScene,
  openingOf,
  RULES,
  signingKeyOf,
  type Scene,
} from './support/story';
import { newKeyPair, otherForm, Patient, type KeyPair } from './support/wallet';

let twin: ConsortiumTwin;
let scene: Scene;
/** The delegate's. */
let key: KeyPair;

const bring = async (delegation: string): Promise<unknown> => twin.submit(await twin.identity(INSURER), 'RecordDelegation', { delegation });
const grant = async (wish: Parameters<typeof signGrant>[2] = {}): Promise<TestGrant> => {
  const signed = signGrant(scene.relation, key, wish);
  await bring(signed.jws);
  return signed;
};
const end = (wish: Parameters<typeof signEnd>[1]): Promise<unknown> => bring(signEnd(scene.relation, wish));
/** What the delegate signs as a version of the consent. */
const signed = (version: number, change: Partial<ConsentHeader> & { with?: ConsentDocument } = {}, by = key): string =>
  scene.relation.consent(version, { delegation: 1, ...change }, by);
const endorse = async (consent: string, at?: string): Promise<Endorsed> =>
  twin.endorse(await twin.identity(INSURER), ['RecordConsent', JSON.stringify({ consent })], at === undefined ? {} : { at });
const record = async (consent: string, at?: string): Promise<void> => {
  expect(twin.commit(await endorse(consent, at))).toBe(OK);
};
const revocation = { status: 'revoked', document: null, sealed: {} } as const;
const nameOf = ({ relationRef, requestId }: Pick<AccessRequest, 'relationRef' | 'requestId'>): object => ({ relationRef, requestId });
const notAllowed = (problem: string, delegation = 1): object => ({
  code: 'DELEGATE_NOT_ALLOWED',
  details: { relationRef: scene.relation.relationRef, delegation, problem },
});
/** What members that collude write past the rules, for whoever has a key. */
const forgeConsent = (jws: string, recordedAt: string = twin.clock): void => {
  const { payload } = parseSigned('consent', jws, 'consent');
  twin.forge(consentKey(payload.relationRef, payload.version), JSON.stringify({ ...payload, jws, recordedAt }));
};
const forgeDelegation = (jws: string, confirmation: string | null = null): void => {
  const { relationRef, n } = parseSigned('delegation', jws, 'delegation').payload;
  twin.forge(delegationKey(relationRef, n), JSON.stringify({ relationRef, n, jws, confirmation, recordedAt: twin.clock }));
};

beforeEach(async () => {
  twin = await newConsortium();
  scene = await newScene(twin, new Patient(HOSPITAL));
  key = newKeyPair();
});

describe('a delegate', () => {
  test('consents and revokes in the name of the patient who let them, and every entry says who it was', async () => {
    await grant();
    await record(signed(3));
    await record(signed(4, revocation));
    const { consents } = await twin.evaluate(await twin.identity(CLINIC), 'GetConsents', { relationRef: scene.relation.relationRef });
    expect(consents.map(({ version, status, delegation }) => [version, status, delegation])).toEqual([
      [1, 'in-force', undefined],
      [2, 'in-force', undefined],
      [3, 'in-force', 1],
      [4, 'revoked', 1],
    ]);
  });

  test('does what the powers say and no more: a support person reads, and neither consents nor revokes', async () => {
    await grant({ powers: ['history'], kind: 'support-person' });
    expect(await refusalOf(endorse(signed(3)))).toEqual(notAllowed('power'));
    expect(await refusalOf(endorse(signed(3, revocation)))).toEqual(notAllowed('power'));
  });

  test('with the power to revoke cannot widen, with the power to consent cannot revoke, and none closes', async () => {
    await grant({ powers: ['revoke'] });
    expect(await refusalOf(endorse(signed(3)))).toEqual(notAllowed('power'));
    await record(signed(3, revocation));
    await grant({ n: 2, powers: ['consent'] });
    expect(await refusalOf(endorse(signed(4, { ...revocation, delegation: 2 })))).toEqual(notAllowed('power', 2));
    await grant({ n: 3 });
    expect(await refusalOf(endorse(signed(4, { ...revocation, status: 'closed', delegation: 3 })))).toEqual(notAllowed('power', 3));
  });

  test('acts from the first instant of the validity until before its last, to the millisecond', async () => {
    await grant();
    const [from, until] = [Date.parse(VALIDITY.from), Date.parse(VALIDITY.until)];
    const at = (ms: number): string => new Date(ms).toISOString();
    expect(await refusalOf(endorse(signed(3), at(from - 1)))).toEqual(notAllowed('not-yet-valid'));
    expect(await refusalOf(endorse(signed(3), at(until)))).toEqual(notAllowed('expired'));
    expect(twin.validate((await endorse(signed(3), at(from))).simulation.rwset, MEMBERS)).toBe(OK);
    await record(signed(3), at(until - 1));
  });

  test('comes to an end by itself: at the coming of age the patient alone signs, and what a guardian signed stands until she does', async () => {
    const { opening } = await grant({ majority: VALIDITY.until });
    await record(signed(3, { with: scene.relation.document(3, [{ base: 'permit', exceptions: [] }]) }));
    twin.clock = VALIDITY.until;
    expect(await refusalOf(endorse(signed(4)))).toEqual(notAllowed('expired'));
    expect(opening.majority).toBe(VALIDITY.until);
    const { consents } = await twin.evaluate(await twin.identity(CLINIC), 'GetConsents', { relationRef: scene.relation.relationRef });
    expect(consents.at(-1)).toMatchObject({ version: 3, status: 'in-force' });
    await record(scene.relation.consent(4, revocation));
  });

  test('passes no powers on', async () => {
    await grant();
    const other = newKeyPair();
    const passedOn = signGrant(scene.relation, other, { n: 2 }, key).jws;
    expect((await refusalOf(bring(passedOn))).code).toBe('SIGNATURE_INVALID');
    expect((await refusalOf(bring(signEnd(scene.relation, { n: 2, of: 1, after: 2 }, key)))).code).toBe('SIGNATURE_INVALID');
    forgeDelegation(passedOn);
    expect(await refusalOf(endorse(signed(3, { delegation: 2 }, other)))).toEqual(notAllowed('unknown', 2));
  });

  test('does not sign under another number, nor with another key, nor as the patient', async () => {
    await grant();
    expect(await refusalOf(endorse(signed(3, { delegation: 2 })))).toEqual(notAllowed('unknown', 2));
    expect((await refusalOf(endorse(signed(3, {}, newKeyPair())))).code).toBe('SIGNATURE_INVALID');
    expect((await refusalOf(endorse(signed(3, {}, scene.relation.keys.signing)))).code).toBe('SIGNATURE_INVALID');
    expect((await refusalOf(endorse(scene.relation.consent(3, {}, key)))).code).toBe('SIGNATURE_INVALID');
  });

  test('of one relation is nobody in another: neither the grant nor the consent can be replayed there', async () => {
    const { jws } = await grant();
    const other = scene.patient.relateTo(INSURER, ['cover']);
    await checkIn(twin, other);
    expect(await refusalOf(endorse(other.consent(2, { delegation: 1 }, key)))).toMatchObject({ details: { problem: 'unknown' } });
    const { relationRef } = other;
    twin.forge(delegationKey(relationRef, 1), JSON.stringify({ relationRef, n: 1, jws, confirmation: null, recordedAt: twin.clock }));
    expect(await refusalOf(endorse(other.consent(2, { delegation: 1 }, key)))).toMatchObject({ details: { problem: 'unknown' } });
  });

  test('that the patient ended signs nothing new; what was signed before stands', async () => {
    await grant();
    await record(signed(3));
    await end({ n: 2, of: 1, after: 3 });
    expect(await refusalOf(endorse(signed(4)))).toEqual(notAllowed('ended'));
    await record(signed(3));
    expect(twin.chain.at(-1)?.simulation.rwset.writes).toEqual({});
    await grant({ n: 3 });
    await record(signed(4, { delegation: 3 }));
  });

  test('whose end commits first has signed in vain: code 11', async () => {
    await grant();
    const late = await endorse(signed(3));
    await end({ n: 2, of: 1, after: 2 });
    expect(twin.commit(late)).toBe(MVCC_READ_CONFLICT);
  });

  test('stays ended when two members write the end alone, without its seal, and delete it', async () => {
    await grant();
    forgeDelegation(signEnd(scene.relation, { n: 2, of: 1, after: 2 }));
    twin.forge(delegationKey(scene.relation.relationRef, 2), null);
    expect(await refusalOf(endorse(signed(3)))).toEqual(notAllowed('ended'));
  });

  test('is ended past junk in a number, which stops that number only', async () => {
    await grant();
    twin.forge(delegationKey(scene.relation.relationRef, 2), 'junk');
    expect((await refusalOf(end({ n: 2, of: 1, after: 2 }))).code).toBe('DELEGATION_NUMBER_TAKEN');
    await end({ n: 3, of: 1, after: 2 });
    expect(await refusalOf(endorse(signed(3)))).toEqual(notAllowed('ended'));
  });
});

describe('a delegation', () => {
  test('stands once written: the same again changes nothing, another one is refused, and only all members could change it', async () => {
    const { jws } = await grant();
    await bring(otherForm(jws));
    expect(twin.chain.at(-1)?.simulation.rwset.writes).toEqual({});
    expect((await refusalOf(grant())).code).toBe('DELEGATION_NUMBER_TAKEN');
    expect((await refusalOf(grant({ n: 3 }))).code).toBe('DELEGATION_NUMBER_SKIPPED');
    const takeBack = {
      reads: {},
      writes: { [delegationKey(scene.relation.relationRef, 1)]: null },
      policies: {},
      hashedReads: {},
      privateWrites: {},
    };
    expect(twin.validate(takeBack, [HOSPITAL, CLINIC, INSURER])).toBe(ENDORSEMENT_POLICY_FAILURE);
  });

  test('has a key of its own, an end, and is brought in time', async () => {
    const { relation } = scene;
    const problemOf = async (jws: string): Promise<unknown> => ((await refusalOf(bring(jws))).details as { problem: string }).problem;
    expect(await problemOf(signGrant(relation, relation.keys.recovery).jws)).toBe("names one of the relation's own keys");
    expect(await problemOf(signGrant(relation, key, { submitBy: '2026-03-01T07:59:59.999Z' as Instant }).jws)).toMatch(/submitted earlier/);
    const past = { from: '2026-01-01T00:00:00.000Z' as Instant, until: twin.clock as Instant };
    expect(await problemOf(signGrant(relation, key, { validity: past }).jws)).toBe('is over already');
    const endless = signGrant(relation, key, { validity: { from: VALIDITY.from } as never }).jws;
    expect((await refusalOf(bring(endless))).code).toBe('REQUEST_INVALID');
    const passing = signGrant(relation, key, { powers: ['delegate' as never] }).jws;
    expect((await refusalOf(bring(passing))).code).toBe('REQUEST_INVALID');
  });

  test('is ended with a version of the consent that stands, and only where there is one', async () => {
    await grant();
    expect((await refusalOf(end({ n: 2, of: 1, after: 9 }))).code).toBe('CONSENT_NOT_FOUND');
    await end({ n: 2, of: 1, after: 2 });
    expect(await refusalOf(end({ n: 3, of: 2, after: 2 }))).toMatchObject({ details: { problem: 'ends one that is not there' } });
  });

  test('shows the public neither what the delegate is to the patient nor what is withheld nor when she comes of age', async () => {
    const { envelope } = await grant({ kind: 'guardian', withheld: ['sexual-health'], majority: VALIDITY.until });
    const entry = JSON.stringify(twin.state(delegationKey(scene.relation.relationRef, 1)));
    const payload = Buffer.from((JSON.parse(entry) as { jws: string }).jws.split('.')[1] ?? '', 'base64url').toString();
    for (const text of ['guardian', 'sexual-health', 'majority']) expect(entry + payload).not.toContain(text);
    const ref = delegationRef(scene.relation.relationRef, 1);
    const store = async (text: string): Promise<unknown> =>
      twin.submit(
        await twin.identity(CLINIC),
        'StoreSealed',
        { organisation: HOSPITAL, keys: [{ ...ref, kind: 'delegation' }] },
        { input: { envelopes: [text] }, endorsers: [HOSPITAL] },
      );
    expect((await refusalOf(store('{}'))).code).toBe('COMMITMENT_MISMATCH');
    await store(envelope);
    expect(twin.world.collections.get(implicitCollection(HOSPITAL))?.get(privateKey(ref))?.value.toString()).toBe(envelope);
  });
});

describe('a release on what a delegate signed', () => {
  let document: ConsentDocument;

  /** What the custodian sends for the document that stands, with the opening of a delegation. */
  const decide = async (delegation: TestGrant['opening'] | undefined, records = [scene.laboratory]): Promise<Endorsed> => {
    const request = await ask(twin, scene.relation);
    const opened = delegation && { delegation: formatCanonical(delegation) };
    const input = { ...openingOf(scene.relation, document, records, request), ...opened };
    const args = ['DecideRelease', JSON.stringify({ ...nameOf(request), consentVersion: document.version })];
    return twin.endorse(await twin.identity(HOSPITAL, 'gateway'), args, { input, endorsers: [HOSPITAL, CLINIC] });
  };

  beforeEach(() => {
    document = scene.relation.document(3, [{ base: 'permit', exceptions: [] }]);
  });

  test('is decided as on her own consent, also after the delegation has ended', async () => {
    const { opening: delegation } = await grant();
    await record(signed(3, { with: document }));
    expect(twin.commit(await decide(delegation))).toBe(OK);
    await end({ n: 2, of: 1, after: 3 });
    expect(twin.commit(await decide(delegation))).toBe(OK);
  });

  test('is not decided on what was signed after the end, though members that collude wrote it with an earlier date', async () => {
    const { opening: delegation } = await grant();
    await end({ n: 2, of: 1, after: 2 });
    forgeConsent(signed(3, { with: document }), VALIDITY.from);
    expect((await refusalOf(decide(delegation))).code).toBe('CONSENT_INVALID');
  });

  test('is not decided on what a delegate without the power signed, though members that collude wrote it', async () => {
    const { opening: delegation } = await grant({ powers: ['revoke'] });
    forgeConsent(signed(3, { with: document }));
    expect((await refusalOf(decide(delegation))).code).toBe('CONSENT_INVALID');
    forgeConsent(signed(4, { ...revocation, status: 'closed' }));
    await record(scene.relation.consent(5));
  });

  test('never covers what is withheld from the delegate', async () => {
    const { opening: delegation } = await grant({ withheld: ['laboratory'] });
    await record(signed(3, { with: document }));
    expect(await refusalOf(decide(delegation))).toMatchObject({ details: { reason: 'withheld-from-delegate', at: 0 } });
    expect(twin.commit(await decide(delegation, [scene.medication]))).toBe(OK);
    const lying = { ...delegation, withheld: [] };
    expect(await refusalOf(decide(lying))).toEqual({ code: 'COMMITMENT_MISMATCH', details: { of: 'opening of the delegation' } });
    expect(await refusalOf(decide(undefined))).toMatchObject({ code: 'COMMITMENT_MISMATCH' });
  });

  test('is not decided on a grant that its opening forbids: a support person with more than the history, a guardian of an adult', async () => {
    const { opening: support } = await grant({ kind: 'support-person' });
    await record(signed(3, { with: document }));
    expect(await refusalOf(decide(support))).toMatchObject({
      code: 'DELEGATION_INVALID',
      details: { problem: expect.stringContaining('support person') as string },
    });
    const { opening: guardian } = await grant({ n: 2, majority: '2026-03-14T23:59:59.999Z' as Instant });
    document = scene.relation.document(4, document.sets);
    await record(signed(4, { with: document, delegation: 2 }));
    expect(await refusalOf(decide(guardian))).toMatchObject({ details: { problem: 'outlasts the coming of age' } });
  });
});

describe('a refusal of emergencies', () => {
  const refusal = { decision: 'deny', purposes: ['ETREAT'] } as const;
  /** Of a declared emergency, on the document that the custodian opens. */
  const decide = async (document: ConsentDocument, consentVersion: number): Promise<Endorsed> => {
    const request = await declare(twin, scene.relation);
    const args = ['DecideRelease', JSON.stringify({ ...nameOf(request), consentVersion })];
    const input = emergencyOpeningOf(scene.relation, document, [scene.medication], request);
    return twin.endorse(await twin.identity(HOSPITAL, 'gateway'), args, { input, endorsers: [HOSPITAL, CLINIC] });
  };

  test('that the patient signed stands, whatever a delegate signs after it', async () => {
    const own = scene.relation.document(3, [{ base: 'permit', exceptions: [refusal] }]);
    await record(scene.relation.consent(3, { with: own }));
    await grant();
    const document = scene.relation.document(4, [{ base: 'permit', exceptions: [] }]);
    await record(signed(4, { with: document }));
    expect(await refusalOf(decide(own, 4))).toMatchObject({ details: { reason: 'denied' } });
    expect(await refusalOf(decide(document, 4))).toMatchObject({ code: 'COMMITMENT_MISMATCH' });
  });

  test('is hers alone: what a delegate refuses closes no emergency', async () => {
    await grant();
    await record(signed(3, { with: scene.relation.document(3, [{ base: 'permit', exceptions: [refusal] }]) }));
    expect(twin.commit(await decide(scene.document, 3))).toBe(OK);
  });
});

describe('an appointed delegate', () => {
  let hospitalKey: KeyPair;
  let authorityKey: KeyPair;

  const appoint = async (
    delegation: string,
    confirmation: string,
    mspId = AUTHORITY,
    role: 'registrar' | 'physician' = 'registrar',
  ): Promise<unknown> => twin.submit(await twin.identity(mspId, role), 'AppointDelegate', { delegation, confirmation });
  const appointment = (wish: Parameters<typeof signGrant>[2] = {}, by = hospitalKey): string =>
    signGrant(scene.relation, key, { confirmedBy: AUTHORITY, ...wish }, by).jws;
  const confirmed = (jws: string, by = authorityKey): string => confirm(jws, 'delegation', by);

  beforeEach(() => {
    hospitalKey = signingKeyOf(HOSPITAL);
    authorityKey = signingKeyOf(AUTHORITY);
  });

  test('acts for a patient who cannot sign, once custodian and authority have signed and endorsed it', async () => {
    const jws = appointment();
    await appoint(jws, confirmed(jws));
    expect(twin.endorsements.at(-1)?.endorsers).toEqual(expect.arrayContaining([HOSPITAL, AUTHORITY]));
    await record(signed(3));
  });

  test('stays one when an organisation takes a new signing key', async () => {
    const jws = appointment();
    await appoint(jws, confirmed(jws));
    await giveSigningKey(twin, HOSPITAL);
    await record(signed(3));
  });

  test.each([
    ['the custodian alone', (jws: string) => confirm(jws, 'delegation', hospitalKey)],
    ['a stranger', (jws: string) => confirmed(jws, newKeyPair())],
    ['an authority that signed another statement', () => confirmed(appointment({ powers: ['history'] }))],
  ])('is not made by %s, and no member that writes it makes it so', async (_, confirmation) => {
    const jws = appointment();
    const text = confirmation(jws);
    expect((await refusalOf(appoint(jws, text))).code).toBe('SIGNATURE_INVALID');
    forgeDelegation(jws, text);
    expect(await refusalOf(endorse(signed(3)))).toEqual(notAllowed('unknown'));
  });

  test('is confirmed by a member that the rules call an authority, and not by the custodian itself', async () => {
    const clinicKey = signingKeyOf(CLINIC);
    const byClinic = appointment({ confirmedBy: CLINIC });
    expect((await refusalOf(appoint(byClinic, confirmed(byClinic, clinicKey), CLINIC))).code).toBe('SIGNATURE_INVALID');
    const byItself = appointment({ confirmedBy: HOSPITAL });
    expect((await refusalOf(appoint(byItself, confirmed(byItself, hospitalKey), HOSPITAL))).code).toBe('SIGNATURE_INVALID');
  });

  test('is confirmed by who is an authority now, and not suspended; what one confirmed stands when it is none any more', async () => {
    const before = appointment();
    await appoint(before, confirmed(before));
    const again = appointment({ n: 2 });
    await changeRules(twin, { ...RULES, version: 2, suspended: [AUTHORITY] });
    expect((await refusalOf(appoint(again, confirmed(again)))).code).toBe('ORGANISATION_NOT_ACTIVE');
    await changeRules(twin, { ...RULES, version: 3, roles: { ...RULES.roles, [AUTHORITY]: 'insurer' } });
    expect((await refusalOf(appoint(again, confirmed(again)))).code).toBe('SIGNATURE_INVALID');
    await record(signed(3));
  });

  test('is brought by a registrar of one of the two; the patient, and nobody else, signs what RecordDelegation takes', async () => {
    const jws = appointment();
    expect((await refusalOf(appoint(jws, confirmed(jws), AUTHORITY, 'physician'))).code).toBe('CALLER_NOT_ALLOWED');
    expect((await refusalOf(appoint(jws, confirmed(jws), INSURER))).code).toBe('DELEGATION_INVALID');
    expect((await refusalOf(bring(jws))).code).toBe('SIGNATURE_INVALID');
    const own = signGrant(scene.relation, key).jws;
    expect((await refusalOf(appoint(own, own))).code).toBe('DELEGATION_INVALID');
  });

  test('is ended by the patient at any time, and by custodian and authority, who end none that she chose herself', async () => {
    const jws = appointment();
    await appoint(jws, confirmed(jws));
    await end({ n: 2, of: 1, after: 2 });
    expect(await refusalOf(endorse(signed(3)))).toEqual(notAllowed('ended'));
    const again = appointment({ n: 3 });
    await appoint(again, confirmed(again));
    const ending = signEnd(scene.relation, { n: 4, of: 3, after: 2, confirmedBy: AUTHORITY }, hospitalKey);
    await appoint(ending, confirmed(ending));
    expect(await refusalOf(endorse(signed(3, { delegation: 3 })))).toEqual(notAllowed('ended', 3));
    await grant({ n: 5 });
    const foreign = signEnd(scene.relation, { n: 6, of: 5, after: 2, confirmedBy: AUTHORITY }, hospitalKey);
    expect(await refusalOf(appoint(foreign, confirmed(foreign)))).toMatchObject({
      details: { problem: "ends one that is the patient's own to end" },
    });
    forgeDelegation(foreign, confirmed(foreign));
    await record(signed(3, { delegation: 5 }));
  });
});
