import {
  askRef,
  bindingRef,
  consentDocumentRef,
  consentKey,
  formatCanonical,
  identityRef,
  implicitCollection,
  privateKey,
  type SealedRef,
} from '../src/model';
import { OK, refusalOf, type ConsortiumTwin, type Endorsed } from './support/consortium-twin';
import { ask, CLINIC, HOSPITAL, INSURER, newConsortium, newScene, refOf, sealedText, type Scene } from './support/story';
import { Patient } from './support/wallet';

describe('sealed values', () => {
  let scene: Scene;
  let twin: ConsortiumTwin;
  const store = async (
    ref: SealedRef,
    organisation: string,
    {
      by = INSURER,
      role,
      envelope = sealedText(ref.kind),
      at = organisation,
    }: { by?: string; role?: 'gateway' | 'physician' | 'registrar'; envelope?: string; at?: string } = {},
  ): Promise<Endorsed> => {
    return storeAll([[ref, envelope]], organisation, { by, role, at });
  };
  const storeAll = async (
    values: readonly (readonly [SealedRef, string])[],
    organisation: string,
    { by = INSURER, role, at = organisation }: { by?: string; role?: 'gateway' | 'physician' | 'registrar' | undefined; at?: string } = {},
  ): Promise<Endorsed> => {
    const request = { organisation, keys: values.map(([ref]) => ref) };
    const input = { envelopes: values.map(([, envelope]) => envelope) };
    return twin.endorse(await twin.identity(by, role), ['StoreSealed', JSON.stringify(request)], { input, endorsers: [at] });
  };

  beforeEach(async () => {
    twin = await newConsortium();
    scene = await newScene(twin, new Patient(HOSPITAL));
  });

  test('a binding and a document are delivered by any member, endorsed by the receiving organisation alone', async () => {
    for (const ref of [bindingRef(scene.relation.relationRef), consentDocumentRef(scene.relation.relationRef, 2)]) {
      for (const organisation of [HOSPITAL, CLINIC]) {
        const envelope =
          ref.kind === 'binding' ? scene.relation.bindingEnvelope(organisation) : scene.relation.documentEnvelope(2, organisation);
        expect(twin.commit(await store(ref, organisation, { envelope }))).toBe(OK);
        expect(twin.world.collections.get(implicitCollection(organisation))?.get(privateKey(ref))?.value.toString()).toBe(envelope);
      }
    }
  });

  test('are delivered to the two sides of their relation only, by the receiving peer', async () => {
    const ref = bindingRef(scene.relation.relationRef);
    expect(await refusalOf(store(ref, INSURER))).toMatchObject({ details: { place: 'request.organisation' } });
    expect((await refusalOf(store(ref, HOSPITAL, { at: INSURER }))).code).toBe('PEER_NOT_OWN');
  });

  test('of several all are stored, or none where one is refused', async () => {
    const { relation } = scene;
    const binding = [bindingRef(relation.relationRef), relation.bindingEnvelope(HOSPITAL)] as const;
    const document = [consentDocumentRef(relation.relationRef, 2), relation.documentEnvelope(2, HOSPITAL)] as const;
    const junk = [document[0], sealedText('consent-document')] as const;
    expect((await refusalOf(storeAll([binding, junk], HOSPITAL))).code).toBe('COMMITMENT_MISMATCH');
    const none = twin.endorse(
      await twin.identity(INSURER),
      ['StoreSealed', JSON.stringify({ organisation: HOSPITAL, keys: [binding[0]] })],
      {
        ...{ input: { envelopes: [binding[1], document[1]] }, endorsers: [HOSPITAL] },
      },
    );
    expect(await refusalOf(none)).toMatchObject({ code: 'REQUEST_INVALID', details: { place: 'input.envelopes' } });
    expect(twin.commit(await storeAll([binding, document], HOSPITAL))).toBe(OK);
    const values = twin.world.collections.get(implicitCollection(HOSPITAL));
    for (const [ref, envelope] of [binding, document]) expect(values?.get(privateKey(ref))?.value.toString()).toBe(envelope);
    const payload = formatCanonical({ keys: [binding[0], document[0]] });
    expect(twin.chain.at(-1)?.simulation.event).toEqual({ name: 'SealedStored', payload });
  });

  test('need their public entry', async () => {
    const other = scene.patient.relateTo(CLINIC);
    expect((await refusalOf(store(bindingRef(other.relationRef), HOSPITAL))).code).toBe('RELATION_NOT_FOUND');
    expect((await refusalOf(store(consentDocumentRef(scene.relation.relationRef, 3), HOSPITAL))).code).toBe('CONSENT_NOT_FOUND');
    const request = await ask(twin, scene.relation);
    const unknown = askRef(request.relationRef, 'A'.repeat(22) as typeof request.requestId);
    expect((await refusalOf(store(unknown, HOSPITAL, { by: CLINIC }))).code).toBe('REQUEST_NOT_FOUND');
    expect((await refusalOf(store(identityRef('A'.repeat(22) as never), HOSPITAL, { by: HOSPITAL, role: 'gateway' }))).code).toBe(
      'PATIENT_NOT_FOUND',
    );
  });

  test('a binding and a document are what the patient signed for this organisation, whoever comes first and again', async () => {
    const { relation } = scene;
    const offers = [
      [bindingRef(relation.relationRef), relation.bindingEnvelope(HOSPITAL), relation.bindingEnvelope(CLINIC)],
      [consentDocumentRef(relation.relationRef, 2), relation.documentEnvelope(2, HOSPITAL), relation.documentEnvelope(1, HOSPITAL)],
      [consentDocumentRef(relation.relationRef, 1), relation.documentEnvelope(1, HOSPITAL), relation.documentEnvelope(2, HOSPITAL)],
    ] as const;
    for (const [ref, envelope, other] of offers) {
      for (const by of [INSURER, CLINIC, HOSPITAL]) {
        for (const junk of [sealedText(ref.kind), other]) {
          expect((await refusalOf(store(ref, HOSPITAL, { by, role: 'gateway', envelope: junk }))).code).toBe('COMMITMENT_MISMATCH');
        }
        expect(twin.commit(await store(ref, HOSPITAL, { by, envelope }))).toBe(OK);
      }
    }
  });

  test('a document that belongs to an entry that the patient did not sign is not stored', async () => {
    const { relation } = scene;
    const key = consentKey(relation.relationRef, 3);
    const forged = { ...(twin.state(consentKey(relation.relationRef, 2)) as object), version: 3 };
    twin.world.values.set(key, { value: Buffer.from(JSON.stringify(forged)), version: 99 });
    const envelope = relation.documentEnvelope(2, HOSPITAL);
    const refusal = await refusalOf(store(consentDocumentRef(relation.relationRef, 3), HOSPITAL, { envelope }));
    expect(refusal.code).toBe('CONSENT_NOT_FOUND');
  });

  test('identity details are stored by the custodian at itself', async () => {
    const ref = identityRef(scene.patient.subjectRef);
    expect((await refusalOf(store(ref, HOSPITAL, { by: CLINIC, role: 'gateway' }))).code).toBe('CALLER_NOT_CUSTODIAN');
    expect((await refusalOf(store(ref, HOSPITAL, { by: HOSPITAL, role: 'physician' }))).code).toBe('CALLER_NOT_CUSTODIAN');
    expect((await refusalOf(store(ref, CLINIC, { by: HOSPITAL, role: 'gateway' }))).code).toBe('CALLER_NOT_CUSTODIAN');
    expect((await refusalOf(store(ref, HOSPITAL, { by: HOSPITAL, role: 'registrar' }))).code).toBe('CALLER_NOT_CUSTODIAN');
    expect(twin.commit(await store(ref, HOSPITAL, { by: HOSPITAL, role: 'gateway' }))).toBe(OK);
  });

  test('an ask is delivered to the custodian by the member that asked', async () => {
    const { relationRef, requestId } = await ask(twin, scene.relation);
    const ref = askRef(relationRef, requestId);
    expect((await refusalOf(store(ref, HOSPITAL, { by: INSURER }))).code).toBe('CALLER_NOT_REQUESTER');
    expect((await refusalOf(store(ref, CLINIC, { by: CLINIC }))).code).toBe('REQUEST_INVALID');
    const envelope = sealedText('ask');
    for (const by of [CLINIC, CLINIC]) expect(twin.commit(await store(ref, HOSPITAL, { by, envelope }))).toBe(OK);
    expect((await refusalOf(store(ref, HOSPITAL, { by: CLINIC }))).code).toBe('SEALED_ALREADY_STORED');
  });

  test('an id has the form of its kind', async () => {
    const ref = { ...bindingRef(scene.relation.relationRef), id: '2' };
    expect(await refusalOf(store(ref, HOSPITAL))).toMatchObject({ code: 'REQUEST_INVALID', details: { place: 'request.keys[0].id' } });
  });

  test('are read by the gateway of the organisation whose they are, at its own peer', async () => {
    const keys = [refOf(scene.laboratory), refOf({ ...scene.laboratory, version: 7 })];
    const { values } = await twin.evaluate(await twin.identity(HOSPITAL, 'gateway'), 'ReadSealed', { keys });
    expect(values.map(({ envelope }) => envelope)).toEqual([scene.laboratory.envelope, null]);
    const elsewhere = await twin.identity(CLINIC, 'gateway');
    expect((await refusalOf(twin.evaluate(elsewhere, 'ReadSealed', { keys }, HOSPITAL))).code).toBe('PEER_NOT_OWN');
    expect((await twin.evaluate(elsewhere, 'ReadSealed', { keys })).values.map(({ envelope }) => envelope)).toEqual([null, null]);
  });
});
