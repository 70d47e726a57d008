import { randomUUID } from 'node:crypto';
import {
  formatInstant,
  type Category,
  type ConsentSet,
  type MspId,
  type PatientEntry,
  type Proof,
  type Purpose,
  type ReferralId,
  type SubjectRef,
} from '@medaccord/chaincode/model';
import { generateSigningKey, publicJwkOf } from '../../src/crypto';
import { parseFhirConsentText } from '../../src/fhir-consent';
import { askRecovery, newWallet, openNotice, openRedisclosure, signApproval, signGuardians, signVeto } from '../../src/wallet';
import { declare, review } from '../support/declare';
import type { Answer, Door } from '../support/door';
import { TestCard } from '../support/test-card';
import { TestDelegate } from '../support/test-delegate';
import { ask, newBundle, TestPatient } from '../support/test-patient';
import { CommandedNetwork, until, type CommandedGateway } from './support/commanded-network';

jest.setTimeout(180_000);

interface Shown extends Pick<PatientEntry, 'jws'> {
  readonly hold: NonNullable<PatientEntry['hold']> | null;
  readonly guardians: object | null;
}
type Line = Readonly<Record<string, unknown>> & { readonly kind: string; readonly requestId?: string };

const everything: ConsentSet = { base: 'permit', exceptions: [] };
const laboratory: ConsentSet = { base: 'deny', exceptions: [{ decision: 'permit', categories: ['laboratory'], purposes: ['TREAT'] }] };

let network: CommandedNetwork;
let [custodian, counterparty, insurer, authority]: CommandedGateway[] = [];
let patient: TestPatient;

beforeAll(async () => {
  network = await CommandedNetwork.create();
  await network.up();
  [custodian, counterparty, insurer, authority] = network.gateways;
});

afterAll(async () => {
  await network.remove();
});

beforeEach(async () => {
  patient = new TestPatient(network, custodian!.mspId);
  await patient.register();
  expect((await patient.import(newBundle(2))).status).toBe(201);
  expect((await patient.checkIn(counterparty!.mspId, custodian!.mspId)).status).toBe(201);
});

const consentTo = async (...sets: readonly ConsentSet[]): Promise<void> => {
  expect((await patient.consentTo(counterparty!.mspId, sets, custodian!.mspId)).status).toBe(201);
};

/** How a request ends, and with what reason the patient is told of it. */
const outcomeOf = async (categories: readonly Category[], purpose: Purpose = 'TREAT', proof?: Proof): Promise<string> => {
  const { body } = await ask(counterparty!, patient.relationRef, categories, { purpose, wait: 30, ...(proof && { proof }) });
  return `${String(body.status)}: ${(await told(String(body.requestId))).reason}`;
};

const history = async (): Promise<readonly Line[]> => {
  const token = await patient.token(custodian!.mspId);
  return (await custodian!.send(`/api/relations/${patient.relationRef}/history`, { token })).body.entries as Line[];
};
const decisionOn = async (requestId: string): Promise<Line | undefined> =>
  (await history()).find((line) => line.kind === 'decision' && line.requestId === requestId);

/** What the patient opens of a decision with her key; her custodian may hear of it a block later than who asked. */
const told = async (requestId: string): Promise<{ reason: string }> => {
  await until('the custodian shows the decision', async () => (await decisionOn(requestId)) !== undefined);
  const line = await decisionOn(requestId);
  return (await openNotice(patient.wallet, patient.relationRef, requestId, String(line?.['notice']))) as { reason: string };
};

const readRelease = async (requestId: string): Promise<Answer> =>
  counterparty!.send(`/api/releases/${requestId}`, { token: await counterparty!.token('physician') });

const released = async (categories: readonly Category[] = ['laboratory']): Promise<string> => {
  const { body } = await ask(counterparty!, patient.relationRef, categories, { wait: 30 });
  expect(body).toMatchObject({ status: 'released' });
  return String(body.requestId);
};

describe('consent on a real network', () => {
  test('signed as a FHIR Consent permits what this says until its end, and nothing else', async () => {
    const system = 'http://terminology.hl7.org/CodeSystem';
    const concept = (name: string, code: string): object => ({ coding: [{ system: `${system}/${name}`, code }] });
    const end = formatInstant(Date.now() + 10_000);
    const fhir = {
      resourceType: 'Consent',
      status: 'active',
      scope: concept('consentscope', 'patient-privacy'),
      category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }],
      patient: { identifier: { system: 'urn:medaccord:patient', value: patient.subjectRef } },
      organization: [{ identifier: { system: 'urn:medaccord:member', value: custodian!.mspId } }],
      policy: [{ uri: 'urn:medaccord:policy:consent-rule' }],
      provision: {
        type: 'deny',
        period: { end },
        provision: [{ type: 'permit', class: [{ system: 'http://hl7.org/fhir/resource-types', code: 'Observation' }] }],
      },
    };
    const relations = patient.wallet.relations;
    const { wishes } = parseFhirConsentText(JSON.stringify(fhir), { patients: patient.wallet.patients, relations });
    expect(wishes).toHaveLength(1);
    expect(wishes[0]?.validity?.until).toBeDefined();
    expect((await patient.sign(counterparty!.mspId, wishes[0]!, custodian!.mspId)).status).toBe(201);
    expect(await outcomeOf(['laboratory'])).toBe('released: permitted');
    expect(await outcomeOf(['demographics'])).toBe('refused: no-permit');
    await until('its end', () => Date.now() > Date.parse(end));
    expect(await outcomeOf(['laboratory'])).toBe('refused: expired');
  });

  test('needs a purpose that is proved: by the check-in, or by a referral of the custodian until it ends', async () => {
    await patient.checkIn(counterparty!.mspId, custodian!.mspId, ['cover']);
    await consentTo(everything);
    expect(await outcomeOf(['laboratory'])).toBe('refused: relation-kind');
    const validity = { from: formatInstant(Date.now() - 60_000), until: formatInstant(Date.now() + 3_600_000) };
    const { body } = await custodian!.send('/api/referrals', {
      token: await custodian!.token('physician'),
      key: randomUUID(),
      body: { relationRef: patient.relationRef, validity },
    });
    const referral = { kind: 'referral', referralId: body.referralId as ReferralId } as const;
    expect(await outcomeOf(['laboratory'], 'TREAT', referral)).toBe('released: permitted');
    const end = `/api/referrals/${referral.referralId}/end`;
    await custodian!.send(end, { token: await custodian!.token('records'), body: { relationRef: patient.relationRef } });
    expect(await outcomeOf(['laboratory'], 'TREAT', referral)).toBe('refused: proof-ended');
    expect(await outcomeOf(['laboratory'], 'HPAYMT')).toBe('refused: purpose-not-proved');
    expect(await outcomeOf(['laboratory'], 'HRESCH')).toBe('refused: purpose-not-proved');
  });

  test('is stood in for by break-glass: for a time, told at once, reviewed by another organisation, counted; never where she forbids it', async () => {
    const declared = await declare(counterparty!, patient.relationRef);
    expect(declared.body).toMatchObject({ status: 'released', decision: { until: expect.any(String) } });
    const requestId = String(declared.body.requestId);
    expect(await told(requestId)).toMatchObject({ reason: 'break-glass', person: { department: 'emergency' } });
    const name = { relationRef: patient.relationRef, requester: counterparty!.mspId, requestId };
    expect((await review(counterparty!, name, { outcome: 'justified' })).body).toMatchObject({ code: 'REVIEWER_NOT_INDEPENDENT' });
    expect((await review(custodian!, name, { outcome: 'justified' })).status).toBe(201);
    await until('her history has the review', async () => (await history()).at(-1)?.kind === 'review');
    expect((await history()).at(-1)).toMatchObject({ outcome: 'justified', by: { mspId: custodian!.mspId } });
    const countOf = async (): Promise<unknown> => {
      const { body } = await authority!.send('/api/break-glass/statistics', { token: await authority!.token('auditor') });
      return body.organisations.find(({ mspId }: { mspId: string }) => mspId === counterparty!.mspId);
    };
    await until('the authority counts it', async () => JSON.stringify(await countOf()).includes('"justified":1'));
    await consentTo({ base: 'permit', exceptions: [{ decision: 'deny', purposes: ['ETREAT'] }] });
    const refused = await declare(counterparty!, patient.relationRef);
    expect(await told(String(refused.body.requestId))).toMatchObject({ reason: 'denied' });
  });

  test('revoked ends releases: the copy is deleted with a signed receipt, an onward disclosure is told and stays outstanding until it is called back', async () => {
    await consentTo(laboratory);
    const requestId = await released();
    const path = `/api/releases/${requestId}/redisclosures`;
    const made = await counterparty!.send(path, {
      token: await counterparty!.token('physician'),
      key: randomUUID(),
      body: { recipient: 'Rehabilitation, Dr Roe', purpose: 'TREAT' },
    });
    const { redisclosureId } = made.body as { redisclosureId: string };
    await patient.revoke(insurer!.mspId);
    await until('nothing is handed out', async () => (await readRelease(requestId)).status === 410);
    expect(await outcomeOf(['laboratory'])).toBe('refused: consent-revoked');
    await until('the copy is deleted', async () => JSON.stringify(await decisionOn(requestId)).includes('"done"'));
    const told = (await history()).find(({ kind }) => kind === 'redisclosure');
    expect(told).toMatchObject({ redisclosureId, deletion: { status: 'outstanding', reason: 'consent-revoked' } });
    const opened = await openRedisclosure(patient.wallet, patient.relationRef, redisclosureId, String(told?.['notice']));
    expect(opened).toMatchObject({ recipient: 'Rehabilitation, Dr Roe' });
    const back = await counterparty!.send(`${path}/${redisclosureId}/acknowledgements`, {
      token: await counterparty!.token('physician'),
      key: randomUUID(),
      body: { told: formatInstant(Date.now()) },
    });
    expect(back.status).toBe(201);
    await until('both deletions are told', async () => (await history()).filter(({ kind }) => kind === 'deletion').length === 2);
  });

  test('is previewed: the draft names the very records that are released once it is signed', async () => {
    const token = await patient.token(custodian!.mspId);
    const { body } = await custodian!.send(`/api/relations/${patient.relationRef}/preview`, { token, body: { sets: [laboratory] } });
    const [view] = (body.views as { purpose: string; groups: { draft: string; records: string[] }[] }[]).filter(
      ({ purpose }) => purpose === 'TREAT',
    );
    const named = view?.groups.flatMap(({ draft, records }) => (draft === 'permitted' ? records : [])) ?? [];
    await consentTo(laboratory);
    const { resources } = (await readRelease(await released(['laboratory', 'demographics']))).body as { resources: { recordId: string }[] };
    expect(resources.map(({ recordId }) => recordId).sort()).toEqual([...named].sort());
  });

  test('shows who asked: requests, refusals, a stranger’s attempt and a look at the consent', async () => {
    expect(await outcomeOf(['laboratory'])).toBe('refused: no-permit');
    await ask(insurer!, patient.relationRef, ['laboratory'], { wait: 30 });
    const look = async (gateway: Door): Promise<Answer> =>
      gateway.send(`/api/relations/${patient.relationRef}/consents?purpose=TREAT`, { token: await gateway.token('physician') });
    expect((await look(counterparty!)).status).toBe(200);
    const whoOf = ({ by, mspId }: Line): unknown => (by as { readonly mspId: string } | undefined)?.mspId ?? mspId;
    const told = async (): Promise<unknown[]> => (await history()).map((line) => [line.kind, whoOf(line)]);
    await until('the look is told', async () => JSON.stringify(await told()).includes(`["consultation","${counterparty!.mspId}"]`));
    expect(await told()).toEqual(
      expect.arrayContaining([
        ['request', counterparty!.mspId],
        ['request', insurer!.mspId],
      ]),
    );
  });

  test('is held at once when her keys are lost; new ones take guardians, a delay and no veto', async () => {
    await consentTo(laboratory);
    await released();
    const subjectRef = patient.subjectRef as SubjectRef;
    const path = `/api/patients/${subjectRef}`;
    const act = async (what: string, body: object = {}): Promise<Answer> =>
      custodian!.send(`${path}/${what}`, { token: await custodian!.token('registrar'), key: randomUUID(), body });
    const state = async (statement: string): Promise<number> =>
      (await insurer!.send('/api/patient-statements', { body: { statement } })).status;
    const readAt = async (gateway: Door): Promise<Shown> => (await gateway.send(path)).body as Shown;
    const seenAt = (gateway: Door, what: string, isSo: (shown: Shown) => boolean): Promise<void> =>
      until(what, async () => isSo(await readAt(gateway)));

    const guardian = await generateSigningKey();
    const named = { threshold: 1, keys: [publicJwkOf(guardian)] };
    expect(await state(await signGuardians(patient.wallet, subjectRef, (await readAt(insurer!)).jws, named))).toBe(201);
    await seenAt(custodian!, 'the custodian knows her guardians', ({ guardians }) => guardians !== null);
    expect((await act('hold')).status).toBe(201);
    expect(await outcomeOf(['laboratory'])).toBe('refused: held');
    const asked = await askRecovery(newWallet(), { subjectRef, custodian: custodian!.mspId as MspId });
    expect((await act('recovery', { keys: asked.statement })).status).toBe(201);
    await seenAt(insurer!, 'the insurer knows the opening', ({ hold }) => hold?.recovery !== null && hold !== null);
    const { hold } = await readAt(insurer!);
    expect(await state(await signApproval(guardian, subjectRef, hold?.recovery?.opening ?? ''))).toBe(201);
    await seenAt(custodian!, 'it is approved', (shown) => shown.hold?.recovery?.isApproved === true);
    expect((await act('recovery/completion')).body).toMatchObject({ code: 'RECOVERY_NOT_DUE' });
    await seenAt(insurer!, 'the insurer knows the approval', (shown) => shown.hold?.recovery?.isApproved === true);
    expect(await state(await signVeto(patient.wallet, subjectRef, (await readAt(insurer!)).jws))).toBe(201);
    await seenAt(custodian!, 'the hold is lifted', (shown) => shown.hold === null);
    expect((await act('recovery/completion')).body).toMatchObject({ code: 'RECOVERY_NOT_OPEN' });
    await released();
  });

  test('is given and revoked by a delegate within her powers, the history tells who acted, and a recorded death ends it', async () => {
    await consentTo(laboratory);
    const delegate = new TestDelegate(patient);
    expect((await delegate.grant()).status).toBe(201);
    const known = async (path: string, token: () => Promise<string>, isSo: (body: string) => boolean): Promise<void> =>
      until(path, async () => isSo((await custodian!.send(path, { token: await token() })).text));
    const own = (): Promise<string> => patient.token(custodian!.mspId);
    const path = `/api/relations/${patient.relationRef}/history`;
    await known(path, own, (text) => text.includes('"delegation"'));
    expect((await delegate.revoke(3, insurer!.mspId)).body).toMatchObject({ version: 3 });
    expect(await outcomeOf(['laboratory'])).toBe('refused: consent-revoked');
    expect((await delegate.consentTo([laboratory], 4, custodian!.mspId)).status).toBe(201);
    expect(await outcomeOf(['laboratory'])).toBe('released: permitted');
    const versions = (await history()).filter(({ kind }) => kind === 'consent').map(({ version, delegation }) => [version, delegation]);
    expect(versions).toEqual([1, 2, 3, 4].map((version) => [version, version > 2 ? 1 : null]));

    const death = `/api/patients/${patient.subjectRef}/death`;
    expect((await custodian!.send(death, { token: await custodian!.token('registrar'), body: {} })).body).toMatchObject({
      status: 'deceased',
    });
    expect(await outcomeOf(['laboratory'])).toBe('refused: deceased');
    expect((await delegate.read('history', custodian!.mspId)).body).toMatchObject({ code: 'PATIENT_DECEASED' });
    expect((await declare(counterparty!, patient.relationRef)).body).toMatchObject({ status: 'released' });
  });

  test('of a patient with a card is witnessed, told by somebody else, effective after a delay, and ended by any member', async () => {
    const card = await TestCard.issue(network, custodian!.mspId);
    expect((await card.register()).status).toBe(201);
    await card.import(newBundle(2));
    patient = card;
    const relation = await card.signRelation(counterparty!.mspId);
    expect((await custodian!.send('/api/relations', { body: relation })).body).toMatchObject({ code: 'ASSISTED_WITNESS_NEEDED' });
    expect((await card.desk('/api/assisted/relations', relation)).status).toBe(201);
    const consent = await card.signConsent(['laboratory']);
    expect((await card.desk('/api/assisted/consents', consent)).status).toBe(201);
    expect(await outcomeOf(['laboratory'])).toBe('refused: notice-missing');
    expect((await card.tell(2, { subject: 'ruth' })).body).toMatchObject({ code: 'NOTICE_BY_WITNESS' });
    expect((await card.tell(2)).status).toBe(201);
    expect(await outcomeOf(['laboratory'])).toBe('refused: not-yet-valid');
    await until('the insurer knows the relation', async () => (await card.endAt(insurer!.mspId)).status === 201);
    expect(await outcomeOf(['laboratory'])).toBe('refused: consent-ended');
    const told = (await history()).filter(({ kind }) => kind.startsWith('consent-'));
    expect(told).toMatchObject([
      { kind: 'consent-notice', version: 2, by: { mspId: custodian!.mspId } },
      { kind: 'consent-end', version: 2, by: { mspId: insurer!.mspId } },
    ]);
  });
});
