import { closingKey, consentKey, parseSigned, relationKey, type ConsentEntry, type ConsentHeader, type Instant } from '../src/model';
import { ENDORSEMENT_POLICY_FAILURE, MVCC_READ_CONFLICT, OK, refusalOf, type ConsortiumTwin } from './support/consortium-twin';
import type { WriteSet } from './support/peer-twin';
import { AUTHORITY, checkIn, CLINIC, HOSPITAL, INSURER, MEMBERS, newConsortium, register } from './support/story';
import { otherForm, Patient, type PatientRelation } from './support/wallet';

describe('a relation and its consents', () => {
  let twin: ConsortiumTwin;
  let relation: PatientRelation;
  const record = async (consent: string, mspId: string = INSURER): Promise<unknown> =>
    twin.submit(await twin.identity(mspId), 'RecordConsent', { consent });

  /** The entry of a version as two members can write it for whoever has a key of the relation. */
  const stolen = (version: number, change: Partial<ConsentHeader> = {}, key = relation.keys.signing): ConsentEntry => {
    const jws = relation.consent(version, change, key);
    return { ...parseSigned('consent', jws, 'consent').payload, jws, recordedAt: twin.clock as Instant };
  };

  const forge = (key: string, value: object): void => twin.forge(key, JSON.stringify(value));
  const mark = (number: number, version: number): void =>
    forge(closingKey(relation.relationRef, number), { relationRef: relation.relationRef, number, version });

  beforeEach(async () => {
    twin = await newConsortium();
    const patient = new Patient(HOSPITAL);
    await register(twin, patient);
    relation = patient.relateTo(CLINIC);
    await checkIn(twin, relation);
  });

  test('begin together, in force and permitting nothing', async () => {
    const { consents } = await twin.evaluate(await twin.identity(AUTHORITY), 'GetConsents', { relationRef: relation.relationRef });
    expect(consents.map(({ version, status }) => [version, status])).toEqual([[1, 'in-force']]);
    const entry = await twin.evaluate(await twin.identity(AUTHORITY), 'GetRelation', { relationRef: relation.relationRef });
    expect(entry).toMatchObject({ custodian: HOSPITAL, counterparty: CLINIC, kinds: ['care'] });
  });

  test('a relation cannot be registered again under other keys, or without registered organisations', async () => {
    const other = new Patient(HOSPITAL).relateTo(CLINIC);
    Object.assign(other, { relationRef: relation.relationRef });
    expect((await refusalOf(checkIn(twin, other))).code).toBe('RELATION_ALREADY_REGISTERED');
    const nobody = new Patient(HOSPITAL).relateTo('NobodyMSP' as never);
    expect((await refusalOf(checkIn(twin, nobody))).code).toBe('ORGANISATION_NOT_FOUND');
    const self = new Patient(HOSPITAL).relateTo(HOSPITAL);
    expect((await refusalOf(checkIn(twin, self))).code).toBe('RELATION_INVALID');
  });

  test('a repeated check-in is answered the same and writes nothing', async () => {
    const args = twin.chain.at(-1)?.proposal.args ?? [];
    const { simulation } = await twin.endorse(await twin.identity(INSURER), args);
    expect(simulation.payload).toBe(twin.chain.at(-1)?.simulation.payload);
    expect(simulation.rwset.writes).toEqual({});
  });

  test('a consent is recorded through any member, even when hospital and clinic endorse nothing', async () => {
    for (const [index, mspId] of MEMBERS.entries()) {
      const consent = relation.consent(index + 2);
      const args = ['RecordConsent', JSON.stringify({ consent })];
      const endorsed = await twin.endorse(await twin.identity(mspId), args, { endorsers: [INSURER, AUTHORITY] });
      expect(twin.commit(endorsed)).toBe(OK);
    }
  });

  test('a version needs two members to be written, and all of them to be changed', async () => {
    const args = ['RecordConsent', JSON.stringify({ consent: relation.consent(2, { status: 'revoked', document: null }) })];
    expect(twin.commit(await twin.endorse(await twin.identity(HOSPITAL), args, { endorsers: [HOSPITAL] }))).toBe(
      ENDORSEMENT_POLICY_FAILURE,
    );
    expect(twin.commit(await twin.endorse(await twin.identity(INSURER), args))).toBe(OK);
    const takeBack = (key: string): WriteSet => ({ reads: {}, writes: { [key]: null }, policies: {}, hashedReads: {}, privateWrites: {} });
    for (const key of [consentKey(relation.relationRef, 1), consentKey(relation.relationRef, 2), relationKey(relation.relationRef)]) {
      expect(twin.validate(takeBack(key), [HOSPITAL, CLINIC])).toBe(ENDORSEMENT_POLICY_FAILURE);
      expect(twin.validate(takeBack(key), [HOSPITAL, CLINIC, INSURER])).toBe(ENDORSEMENT_POLICY_FAILURE);
      expect(twin.validate(takeBack(key), MEMBERS)).toBe(OK);
    }
  });

  test('of two consents for one version the second to be ordered is void', async () => {
    const endorse = async (consent: string): ReturnType<ConsortiumTwin['endorse']> =>
      twin.endorse(await twin.identity(INSURER), ['RecordConsent', JSON.stringify({ consent })]);
    const permit = await endorse(relation.consent(2));
    const revoke = await endorse(relation.consent(2, { status: 'revoked', document: null }));
    // The key policy of the first is judged before the read conflict.
    expect([twin.commit(revoke), twin.commit(permit)]).toEqual([OK, ENDORSEMENT_POLICY_FAILURE]);
  });

  test('versions follow one another without gaps and stand once written', async () => {
    expect((await refusalOf(record(relation.consent(3)))).code).toBe('CONSENT_VERSION_SKIPPED');
    const second = relation.consent(2);
    await record(second);
    await record(second, CLINIC);
    await record(otherForm(second), CLINIC);
    expect(twin.chain.at(-1)?.simulation.rwset.writes).toEqual({});
    expect(await refusalOf(record(relation.consent(2, { status: 'revoked', document: null })))).toEqual({
      code: 'CONSENT_VERSION_TAKEN',
      details: { relationRef: relation.relationRef, version: 2 },
    });
  });

  test("a consent needs the relation's signing key; the recovery key closes and does nothing else", async () => {
    const { recovery, sealing } = relation.keys;
    const patientKey = relation.patient.keys.signing;
    for (const key of [recovery, sealing, patientKey]) {
      expect((await refusalOf(record(relation.consent(2, {}, key)))).code).toBe('SIGNATURE_INVALID');
    }
    expect((await refusalOf(record(relation.consent(2, { status: 'revoked', document: null }, recovery)))).code).toBe('SIGNATURE_INVALID');
    await record(relation.consent(2, { status: 'closed', document: null }, recovery));
  });

  test('a closed relation takes no consent any more', async () => {
    await record(relation.consent(2, { status: 'closed', document: null }));
    expect((await refusalOf(record(relation.consent(3)))).code).toBe('RELATION_CLOSED');
  });

  test('junk after it opens a closed relation to nobody', async () => {
    await record(relation.consent(2, { status: 'closed', document: null }));
    twin.forge(consentKey(relation.relationRef, 3), '{}');
    const unsigned = { ...(twin.state(consentKey(relation.relationRef, 1)) as object), version: 4 };
    twin.forge(consentKey(relation.relationRef, 4), JSON.stringify(unsigned));
    expect((await refusalOf(record(relation.consent(5)))).code).toBe('RELATION_CLOSED');
  });

  test('nor do later versions that a stolen signing key signed and two members wrote', async () => {
    await record(relation.consent(2, { status: 'closed', document: null }, relation.keys.recovery));
    for (const version of [3, 4]) twin.forge(consentKey(relation.relationRef, version), JSON.stringify(stolen(version)));
    expect((await refusalOf(record(relation.consent(5)))).code).toBe('RELATION_CLOSED');
  });

  test('a closing that two members wrote alone, without its seal, stays when they delete it and its marker', async () => {
    const closing = stolen(2, { status: 'closed', document: null, sealed: {} }, relation.keys.recovery);
    forge(consentKey(relation.relationRef, 2), closing);
    mark(1, 2);
    twin.forge(consentKey(relation.relationRef, 2), null);
    twin.forge(closingKey(relation.relationRef, 1), null);
    forge(consentKey(relation.relationRef, 3), stolen(3));
    expect((await refusalOf(record(relation.consent(4)))).code).toBe('RELATION_CLOSED');
  });

  test('junk in a version number stops that number only', async () => {
    twin.forge(consentKey(relation.relationRef, 2), '{"status":"closed"}');
    expect((await refusalOf(record(relation.consent(2)))).code).toBe('CONSENT_VERSION_TAKEN');
    await record(relation.consent(3));
    const unsigned = { ...(twin.state(consentKey(relation.relationRef, 3)) as object), version: 4, status: 'closed' };
    twin.forge(consentKey(relation.relationRef, 4), JSON.stringify(unsigned));
    await record(relation.consent(5));
  });

  describe('whose closing has a marker', () => {
    const closed = { status: 'closed', document: null } as const;
    const markerOf = (number: number): unknown => twin.state(closingKey(relation.relationRef, number));
    const named = (number: number, version: number): object => ({ relationRef: relation.relationRef, number, version });

    test('gets it in the transaction of the closing, sealed like the version: all members change it, fewer do not', async () => {
      await record(relation.consent(2));
      expect(markerOf(1)).toBeUndefined();
      await record(relation.consent(3, closed));
      expect(markerOf(1)).toEqual(named(1, 3));
      const key = closingKey(relation.relationRef, 1);
      const takeBack: WriteSet = { reads: {}, writes: { [key]: null }, policies: {}, hashedReads: {}, privateWrites: {} };
      expect(twin.validate(takeBack, MEMBERS.slice(1))).toBe(ENDORSEMENT_POLICY_FAILURE);
      expect(twin.validate(takeBack, MEMBERS)).toBe(OK);
      await record(relation.consent(3, closed), CLINIC);
      expect(twin.chain.at(-1)?.simulation.rwset.writes).toEqual({});
    });

    test('is closed wherever the next free number was: junk before it hides it not, deleted or not', async () => {
      twin.forge(closingKey(relation.relationRef, 1), '{}');
      mark(2, 1);
      mark(3, 7);
      forge(closingKey(relation.relationRef, 4), named(1, 1));
      twin.forge(closingKey(relation.relationRef, 4), null);
      await record(relation.consent(2));
      await record(relation.consent(3, closed));
      expect(markerOf(5)).toEqual(named(5, 3));
      for (const number of [1, 2, 3]) twin.forge(closingKey(relation.relationRef, number), null);
      forge(consentKey(relation.relationRef, 4), stolen(4));
      expect((await refusalOf(record(relation.consent(5)))).code).toBe('RELATION_CLOSED');
    });

    test('is not closed by a marker without a closing that she signed', async () => {
      mark(1, 1);
      mark(2, 2);
      const unsigned = { ...stolen(2), ...closed, sealed: {} };
      forge(consentKey(relation.relationRef, 2), unsigned);
      forge(consentKey(relation.relationRef, 3), stolen(3, closed, relation.keys.sealing));
      mark(3, 3);
      await record(relation.consent(4));
    });

    test('gets the marker that two members left out from whoever is handed the closing next, also when they wrote on', async () => {
      const closing = stolen(2, { ...closed, sealed: {} }, relation.keys.recovery);
      forge(consentKey(relation.relationRef, 2), closing);
      for (const version of [2, 3]) forge(consentKey(relation.relationRef, version), stolen(version));
      expect(await record(otherForm(closing.jws), AUTHORITY)).toMatchObject({ version: 2, status: 'closed' });
      expect(markerOf(1)).toEqual(named(1, 2));
      expect((await refusalOf(record(relation.consent(4)))).code).toBe('RELATION_CLOSED');
      await record(closing.jws, CLINIC);
      expect(twin.chain.at(-1)?.simulation.rwset.writes).toEqual({});
    });

    test('voids what was endorsed before the marker, though the version that it goes by stands', async () => {
      const closing = stolen(2, { ...closed, sealed: {} }, relation.keys.recovery);
      forge(consentKey(relation.relationRef, 2), closing);
      forge(consentKey(relation.relationRef, 3), stolen(3));
      const args = ['RecordConsent', JSON.stringify({ consent: relation.consent(4) })];
      const early = await twin.endorse(await twin.identity(INSURER), args);
      await record(closing.jws);
      expect(twin.commit(early)).toBe(MVCC_READ_CONFLICT);
    });

    test('takes no statement again that was held back or recorded before', async () => {
      const [second, held] = [relation.consent(2), relation.consent(4)];
      await record(second);
      await record(relation.consent(3, closed));
      expect((await refusalOf(record(held))).code).toBe('RELATION_CLOSED');
      await record(second);
      expect(twin.chain.at(-1)?.simulation.rwset.writes).toEqual({});
    });
  });

  test('a consent that is submitted too late is void', async () => {
    const late = relation.consent(2, { submitBy: '2026-03-01T07:59:59.999Z' as Instant });
    expect((await refusalOf(record(late))).code).toBe('CONSENT_SUBMITTED_LATE');
  });

  test('a relation begins with version 1 in force', async () => {
    const other = new Patient(HOSPITAL).relateTo(CLINIC);
    const begin = async (consent: string): Promise<unknown> =>
      twin.submit(await twin.identity(CLINIC), 'RegisterRelation', { relation: other.registration(), consent });
    expect((await refusalOf(begin(other.consent(2)))).code).toBe('CONSENT_INVALID');
    expect((await refusalOf(begin(other.consent(1, { status: 'revoked', document: null })))).code).toBe('CONSENT_INVALID');
    expect((await refusalOf(begin(relation.consent(1)))).code).toBe('REQUEST_INVALID');
  });

  test('nothing is recorded for a relation that is not there', async () => {
    const other = new Patient(HOSPITAL).relateTo(CLINIC);
    expect((await refusalOf(record(other.consent(2)))).code).toBe('RELATION_NOT_FOUND');
  });
});
