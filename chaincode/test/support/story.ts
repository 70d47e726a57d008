import { randomBytes } from 'node:crypto';
import {
  askingRolesOf,
  askPreimage,
  consentDocumentPreimage,
  detailsPreimage,
  formatCanonical,
  isSensitive,
  recordRef,
  recordsPreimage,
  subjectPreimage,
  type AccessRequest,
  type Ask,
  type ConsentDocument,
  type Digest,
  type DisclosureReceipt,
  type GroupId,
  type MspId,
  type Organisation,
  type Period,
  type Proof,
  type Purpose,
  type RecordDetails,
  type RecordId,
  type ReferralId,
  type ReleasedRecord,
  type RequestId,
  type Salt,
  type SealedRef,
  type StaffRole,
  type StudyId,
  type TransactionName,
  type TransactionRequest,
  type TransactionResponse,
  type TransientInput,
} from '../../src/model';
import type { Identity } from './certificates';
import { ConsortiumTwin, type Sending } from './consortium-twin';
import { commit, ISSUED, newKeyPair, newRef, newSalt, sha256, signAs, type KeyPair, type Patient, type PatientRelation } from './wallet';

export const HOSPITAL = 'AlphaMSP' as MspId;
export const CLINIC = 'BetaMSP' as MspId;
export const INSURER = 'GammaMSP' as MspId;
export const AUTHORITY = 'DeltaMSP' as MspId;
export const MEMBERS = [HOSPITAL, CLINIC, INSURER, AUTHORITY];

export const RULES = {
  version: 1,
  purposes: ['TREAT', 'HPAYMT', 'HRESCH'],
  roles: { [HOSPITAL]: 'hospital', [CLINIC]: 'hospital', [INSURER]: 'insurer', [AUTHORITY]: 'authority' },
  deadlines: { decisionMinutes: 10, recoveryHours: 72, assistedHours: 72 },
  suspended: [],
  emergency: { categories: ['laboratory', 'medications'], accessHours: 24, reviewHours: 72, openReviews: 3 },
  claims: { acknowledgeDays: 2, adjudicateDays: 30, appealDays: 180, appealDecisionDays: 30, secondPersonOver: { USD: 31_999 } },
} as TransactionRequest<'AdoptRules'>;

const inForce = { from: '2026-03-01T00:00:00.000Z', until: '2026-04-01T00:00:00.000Z' } as Period;

/** What the stories need of a consortium: the twin has it, and so has a devnet. */
export interface Consortium {
  identity(mspId: string, role?: StaffRole | 'admin'): Promise<Identity>;
  submit<N extends TransactionName>(
    as: Identity,
    name: N,
    request: TransactionRequest<N>,
    sending?: Sending,
  ): Promise<TransactionResponse<N>>;
}

/** A consortium with rules and with the keys of all its members. */
export async function newConsortium(members: readonly MspId[] = MEMBERS): Promise<ConsortiumTwin> {
  const twin = new ConsortiumTwin(members);
  await found(twin);
  return twin;
}

/** Adopts the rules and registers the keys of all members. */
export async function found(twin: Consortium): Promise<void> {
  await twin.submit(await twin.identity(AUTHORITY, 'admin'), 'AdoptRules', RULES);
  for (const mspId of MEMBERS) await twin.submit(await twin.identity(mspId, 'gateway'), 'RegisterOrganisation', organisationKeys(mspId));
}

/** What each member signs its receipts with. */
export const signingKeys: ReadonlyMap<MspId, KeyPair> = new Map(MEMBERS.map((mspId) => [mspId, newKeyPair()]));

export const signingKeyOf = (mspId: MspId): KeyPair => signingKeys.get(mspId) ?? newKeyPair();

export function organisationKeys(mspId?: MspId): Pick<Organisation, 'encryption' | 'signing'> {
  const publicKey = randomBytes(65).toString('base64url');
  const { jwk } = mspId === undefined ? newKeyPair() : signingKeyOf(mspId);
  return { encryption: [{ suite: 'HPKE-P256-SHA256-A256GCM', publicKey }], signing: jwk };
}

const plainDetails: RecordDetails = {
  type: 'Observation',
  category: 'laboratory',
  codes: [],
  labels: [],
  dates: { from: null, until: null },
  authors: [],
  encounter: null,
};

/** A record as its custodian knows it. */
export interface TestRecord {
  readonly recordId: RecordId;
  readonly version: number;
  readonly details: string;
  readonly detailsSalt: Salt;
  readonly subjectSalt: Salt;
  readonly envelope: string;
  readonly anchoring: TransactionRequest<'AnchorRecords'>['groups'][number]['records'][number];
}

export function newRecord(patient: Patient | undefined, details: Partial<RecordDetails> = {}, version = 1): TestRecord {
  const recordId = newRef<RecordId>();
  const text = formatCanonical({ ...plainDetails, ...details });
  const [detailsSalt, subjectSalt] = [newSalt(), newSalt()];
  const envelope = sealedText('record');
  const anchoring = {
    recordId,
    version,
    subject: patient === undefined ? null : commit(subjectPreimage(patient.subjectRef, subjectSalt)),
    payload: commit(randomBytes(32)),
    details: commit(detailsPreimage(text, detailsSalt)),
    dataKey: commit(randomBytes(32)),
    ciphertext: sha256(envelope) as Digest,
  };
  return { recordId, version, details: text, detailsSalt, subjectSalt, envelope, anchoring };
}

export const sealedText = (kind: string): string => formatCanonical({ v: 1, kind, ciphertext: randomBytes(24).toString('base64url') });

export async function storeRecords(twin: Consortium, records: readonly TestRecord[], sending: Sending = {}): Promise<void> {
  const input = { records: records.map(({ recordId, version, envelope }) => ({ recordId, version, envelope })) };
  await twin.submit(await twin.identity(HOSPITAL, 'gateway'), 'StoreRecords', {}, { input, endorsers: [HOSPITAL], ...sending });
}

/** Stores and anchors records as one closed group of the hospital. */
export async function importRecords(twin: Consortium, records: readonly TestRecord[]): Promise<GroupId> {
  const groupId = newRef<GroupId>();
  await storeRecords(twin, records);
  const request = { groups: [{ groupId, whole: true, size: records.length, records: records.map(({ anchoring }) => anchoring) }] };
  await twin.submit(await twin.identity(HOSPITAL, 'gateway'), 'AnchorRecords', request);
  return groupId;
}

/** Registers a patient at the hospital. */
export async function register(twin: Consortium, patient: Patient): Promise<void> {
  await twin.submit(await twin.identity(HOSPITAL, 'registrar'), 'RegisterPatient', { registration: patient.registration });
}

/** Checks a patient in: the relation with its first consent, which permits nothing. */
export async function checkIn(twin: Consortium, relation: PatientRelation): Promise<void> {
  const nothing = relation.document(1, [{ base: 'deny', exceptions: [] }]);
  const request = { relation: relation.registration(), consent: relation.consent(1, { with: nothing }) };
  await twin.submit(await twin.identity(CLINIC), 'RegisterRelation', request);
}

/** Records a consent that permits laboratory results for treatment; answers its document. */
export async function permitLaboratory(
  twin: Consortium,
  relation: PatientRelation,
  version = 2,
  through: MspId = INSURER,
): Promise<ConsentDocument> {
  const document = relation.document(version, [
    { base: 'deny', exceptions: [{ decision: 'permit', categories: ['laboratory'], purposes: ['TREAT'] }] },
  ]);
  await twin.submit(await twin.identity(through), 'RecordConsent', { consent: relation.consent(version, { with: document }) });
  return document;
}

/** What the clinic asks for: always the same of a relation, so that a decision can open it. */
export function askOf({ relationRef }: PatientRelation, purpose: Purpose = 'TREAT'): Ask {
  const person = { department: 'cardiology', role: 'physician', person: 'lee', teams: null };
  return { relationRef, categories: ['laboratory', 'medications'], purpose, person, salt: 'A'.repeat(22) as Salt };
}

export async function ask(
  twin: Consortium,
  relation: PatientRelation,
  mspId: MspId = CLINIC,
  { purpose = 'TREAT', proof = null }: { readonly purpose?: Purpose; readonly proof?: Proof | null } = {},
): Promise<TransactionResponse<'RequestAccess'>['request']> {
  const request = {
    relationRef: relation.relationRef,
    requestId: newRef<RequestId>(),
    purpose,
    proof,
    ask: commit(askPreimage(askOf(relation, purpose))),
  };
  return (await twin.submit(await twin.identity(mspId, askingRolesOf(purpose)[0]), 'RequestAccess', request)).request;
}

/** The custodian refers its patient in a relation; answers what a request names. */
export async function refer(
  twin: Consortium,
  { relationRef }: PatientRelation,
  validity: Period = inForce,
  referralId = newRef<ReferralId>(),
): Promise<Extract<Proof, { kind: 'referral' }>> {
  await twin.submit(await twin.identity(HOSPITAL, 'physician'), 'RegisterReferral', { relationRef, referralId, validity });
  return { kind: 'referral', referralId };
}

/** A study of the clinic's as its authority approves it. */
export function newStudy(more: Partial<TransactionRequest<'ApproveStudy'>> = {}): TransactionRequest<'ApproveStudy'> {
  const protocol = commit(Buffer.from('protocol'));
  return { studyId: newRef<StudyId>(), sponsors: [CLINIC], purposes: ['HRESCH'], validity: inForce, protocol, ...more };
}

export async function approve(twin: Consortium, study = newStudy()): Promise<Extract<Proof, { kind: 'study' }>> {
  await twin.submit(await twin.identity(AUTHORITY, 'ethics-officer'), 'ApproveStudy', study);
  return { kind: 'study', studyId: study.studyId };
}

/** The records of a release, with what the rule obliges whoever receives them to. */
export function releasedOf(records: readonly TestRecord[]): readonly ReleasedRecord[] {
  return records.map(({ recordId, version, details }) => {
    const { category, labels } = JSON.parse(details) as RecordDetails;
    const isMarked = isSensitive(category) || labels.some((label) => label === 'R' || label === 'V');
    return { recordId, version, obligations: isMarked ? ['PRIVMARK', 'NORDSCLCD'] : [] };
  });
}

/** What a custodian sends with a decision to release, its receipt included; `change` falsifies that. */
export function openingOf(
  relation: PatientRelation,
  document: ConsentDocument,
  records: readonly TestRecord[],
  of: Pick<AccessRequest, 'requestId' | 'ask' | 'purpose'>,
  { change = {}, key = signingKeyOf(HOSPITAL) }: { change?: Partial<DisclosureReceipt>; key?: KeyPair } = {},
): TransientInput<'DecideRelease'> {
  const recordsSalt = newSalt();
  const receipt: DisclosureReceipt = {
    relationRef: relation.relationRef,
    requestId: of.requestId,
    custodian: HOSPITAL,
    counterparty: relation.counterparty,
    ask: of.ask,
    purpose: of.purpose,
    consent: { version: document.version, document: commit(consentDocumentPreimage(document)), validity: null },
    rulesVersion: 1,
    records: commit(recordsPreimage(releasedOf(records), recordsSalt)),
    count: records.length,
    statement: '42CFRPart2',
    issuedAt: ISSUED,
    ...change,
  };
  return {
    document: formatCanonical(document),
    ask: formatCanonical(askOf(relation, of.purpose)),
    binding: relation.binding,
    records: records.map(({ recordId, version, subjectSalt, details, detailsSalt }) => ({
      recordId,
      version,
      subjectSalt,
      details,
      detailsSalt,
    })),
    recordsSalt,
    receipt: signAs('disclosure-receipt', receipt, key),
    sealed: { custodian: sealedText('decision'), counterparty: sealedText('decision'), patient: sealedText('notice') },
  };
}

/** A patient of the hospital, in a relation with the clinic, with records; laboratory results are permitted from version 2. */
export interface Scene {
  readonly patient: Patient;
  readonly relation: PatientRelation;
  readonly document: ConsentDocument;
  readonly laboratory: TestRecord;
  readonly medication: TestRecord;
  readonly groupId: GroupId;
}

export async function newScene(twin: Consortium, patient: Patient, through: MspId = INSURER): Promise<Scene> {
  await register(twin, patient);
  const laboratory = newRecord(patient);
  const medication = newRecord(patient, { type: 'MedicationRequest', category: 'medications' });
  const groupId = await importRecords(twin, [laboratory, medication]);
  const relation = patient.relateTo(CLINIC);
  await checkIn(twin, relation);
  const document = await permitLaboratory(twin, relation, 2, through);
  return { patient, relation, document, laboratory, medication, groupId };
}

export const refOf = ({ recordId, version }: TestRecord): SealedRef => recordRef(recordId, version);
