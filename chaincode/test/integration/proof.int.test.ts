import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  formatInstant,
  referralKey,
  studyKey,
  type ConsentDocument,
  type Period,
  type Proof,
  type Purpose,
  type ReferralId,
  type StudyId,
  type TransactionResponse,
} from '../../src/model';
import { DevnetConsortium, LAWLESS } from '../support/devnet-consortium';
import { refusedWith } from '../support/ledger-consortium';
import {
  approve,
  ask,
  AUTHORITY,
  checkIn,
  CLINIC,
  found,
  HOSPITAL,
  importRecords,
  INSURER,
  MEMBERS,
  newRecord,
  newStudy,
  openingOf,
  refer,
  register,
  type TestRecord,
} from '../support/story';
import { newRef, Patient, type PatientRelation } from '../support/wallet';

const [VALID, BAD_ENDORSEMENT, READ_CONFLICT] = [0, 10, 11];
const around = { from: formatInstant(Date.now() - 60_000), until: formatInstant(Date.now() + 3_600_000) } as Period;

jest.setTimeout(120_000);

/** Clinic and insurer run chaincode that writes whatever it is told to: what they cannot write is a proof in another's name. */
describe('proofs of purpose, on a ledger with members that collude', () => {
  const folder = mkdtempSync(join(tmpdir(), 'medaccord-proof-'));
  let consortium: DevnetConsortium;
  let relation: PatientRelation;
  let document: ConsentDocument;
  let record: TestRecord;

  const forge = async (...script: readonly (readonly string[])[]): Promise<number> =>
    consortium.commitOf(
      await consortium.endorse(await consortium.identity(CLINIC), ['Forge', JSON.stringify(script)], { endorsers: [CLINIC, INSURER] }),
    );
  const endorseDecision = async (of: TransactionResponse<'RequestAccess'>['request']): ReturnType<DevnetConsortium['endorse']> => {
    const args = ['DecideRelease', JSON.stringify({ relationRef: of.relationRef, requestId: of.requestId, consentVersion: 2 })];
    const input = openingOf(relation, document, [record], of);
    return consortium.endorse(await consortium.identity(HOSPITAL, 'gateway'), args, { input, endorsers: [HOSPITAL, CLINIC] });
  };
  const reasonAgainst = async (purpose: Purpose, proof: Proof): Promise<unknown> =>
    (await refusedWith(endorseDecision(await ask(consortium, relation, CLINIC, { purpose, proof })))).details['reason'];

  beforeAll(async () => {
    consortium = await DevnetConsortium.start(folder, MEMBERS, { [CLINIC]: { folder: LAWLESS }, [INSURER]: { folder: LAWLESS } });
    await found(consortium);
    const patient = new Patient(HOSPITAL);
    await register(consortium, patient);
    record = newRecord(patient);
    await importRecords(consortium, [record]);
    relation = patient.relateTo(CLINIC, ['cover', 'research']);
    await checkIn(consortium, relation);
    document = relation.document(2, [{ base: 'permit', exceptions: [] }]);
    await consortium.submit(await consortium.identity(AUTHORITY), 'RecordConsent', { consent: relation.consent(2, { with: document }) });
  });
  afterAll(async () => {
    await consortium.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('a referral is made, ended and taken back by nobody without the custodian', async () => {
    const physician = await consortium.identity(HOSPITAL, 'physician');
    const { relationRef } = relation;
    const referralId = newRef<ReferralId>();
    const key = referralKey(relationRef, referralId);
    const args = ['RegisterReferral', JSON.stringify({ relationRef, referralId, validity: around })];
    for (const endorsers of [[HOSPITAL], [CLINIC, AUTHORITY]])
      expect(await consortium.commitOf(await consortium.endorse(physician, args, { endorsers }))).toBe(BAD_ENDORSEMENT);

    const proof = await refer(consortium, relation, around, referralId);
    const genuine = await consortium.evaluate(physician, 'GetReferral', { relationRef, referralId });
    const longer = JSON.stringify({ ...genuine, validity: { ...around, until: '2099-01-01T00:00:00.000Z' } });
    expect(await forge(['put', key, longer])).toBe(BAD_ENDORSEMENT);
    expect(await forge(['free', key])).toBe(BAD_ENDORSEMENT);

    const late = await endorseDecision(await ask(consortium, relation, CLINIC, { proof }));
    const inTime = await endorseDecision(await ask(consortium, relation, CLINIC, { proof }));
    expect(await consortium.commitOf(inTime)).toBe(VALID);
    await consortium.submit(physician, 'EndReferral', { relationRef, referralId });
    expect(await consortium.commitOf(late)).toBe(READ_CONFLICT);
    expect(await reasonAgainst('TREAT', proof)).toBe('proof-ended');
  });

  test('a referral that two write at a free place proves nothing, and they cannot attest to it in the name of the custodian', async () => {
    const { relationRef } = relation;
    const { referralId: known } = await refer(consortium, relation, around);
    const genuine = await consortium.evaluate(await consortium.identity(CLINIC), 'GetReferral', { relationRef, referralId: known });
    const referralId = newRef<ReferralId>();
    const [key, text] = [referralKey(relationRef, referralId), JSON.stringify({ ...genuine, referralId })];
    expect(await forge(['put', key, text], ['hide', HOSPITAL, key, text])).toBe(BAD_ENDORSEMENT);
    expect(await forge(['put', key, text], ['hide', CLINIC, key, text])).toBe(VALID);
    expect(await reasonAgainst('TREAT', { kind: 'referral', referralId })).toBe('purpose-not-proved');
  });

  test('a study proves research as its authority approved it, and as nobody else wrote it', async () => {
    const proof = await approve(consortium, newStudy({ validity: around }));
    expect(await consortium.commitOf(await endorseDecision(await ask(consortium, relation, CLINIC, { purpose: 'HRESCH', proof })))).toBe(
      VALID,
    );
    const genuine = await consortium.evaluate(await consortium.identity(CLINIC), 'GetStudy', { studyId: proof.studyId });
    const studyId = newRef<StudyId>();
    const [key, text] = [studyKey(studyId), JSON.stringify({ ...genuine, studyId })];
    expect(await forge(['put', key, text], ['hide', AUTHORITY, key, text])).toBe(BAD_ENDORSEMENT);
    expect(await forge(['put', key, text])).toBe(VALID);
    expect(await reasonAgainst('HRESCH', { kind: 'study', studyId })).toBe('purpose-not-proved');
    await consortium.submit(await consortium.identity(AUTHORITY, 'ethics-officer'), 'EndStudy', { studyId: proof.studyId });
    expect(await reasonAgainst('HRESCH', proof)).toBe('proof-ended');
  });
});
