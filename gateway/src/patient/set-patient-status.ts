import {
  addMinutes,
  formatInstant,
  parseSigned,
  type MspId,
  type PatientEntry,
  type PatientStatus,
  type SubjectRef,
} from '@medaccord/chaincode/model';
import { signJws, type SigningKey } from '../crypto';
import { digestOf } from '../ledger/digest';
import type { LedgerIdentity } from '../ledger/ledger';
import type { Transactions } from '../ledger/transactions';
import { newError } from '../problem';
import { listStatuses, type Facts, type Projector } from '../store';

export interface PatientStatusOptions {
  readonly mspId: MspId;
  readonly facts: Facts;
  readonly keys: { readonly signing: SigningKey };
  readonly transactions: Transactions;
  readonly projector: Pick<Projector, 'waitForBlock'>;
}

export interface StatusRecorded {
  readonly subjectRef: string;
  readonly n: number;
  readonly status: PatientStatus['status'];
  readonly transactionId: string;
  readonly block: number;
}

/** Two organisations have to meet for a correction. */
const SUBMIT_WITHIN_MINUTES = 7 * 24 * 60;

/** Records the death of one of the custodian's patients: from its commit on nothing is released on her consents. */
export async function recordDeath(options: PatientStatusOptions, subjectRef: string, identity: LedgerIdentity): Promise<StatusRecorded> {
  const status = await signStatus(options, subjectRef, { status: 'deceased', confirmedBy: null });
  return submit(options, { status, confirmation: null }, identity);
}

/** The custodian's half of a correction: the patient lives after all. Nothing is on the ledger yet. */
export async function signCorrection(options: PatientStatusOptions, subjectRef: string, authority: MspId): Promise<string> {
  return signStatus(options, subjectRef, { status: 'living', confirmedBy: authority });
}

/** The authority's half: it signs the same statement and brings both to the ledger. */
export async function confirmCorrection(options: PatientStatusOptions, status: string, identity: LedgerIdentity): Promise<StatusRecorded> {
  const { payload } = parseSigned('patient-status', status, 'body.status');
  if (payload.confirmedBy !== options.mspId) throw newError('REQUEST_INVALID', 'body.status: does not ask this organisation');
  return submit(options, { status, confirmation: await signJws('patient-status', payload, options.keys.signing) }, identity);
}

async function signStatus(
  { facts, mspId, keys }: PatientStatusOptions,
  subjectRef: string,
  wish: Pick<PatientStatus, 'status' | 'confirmedBy'>,
): Promise<string> {
  const { custodian } = findPatient(facts, subjectRef);
  if (custodian !== mspId) throw newError('NOT_THE_CUSTODIAN', "Only the patient's custodian states that");
  const n = Math.max(0, ...listStatuses(facts, subjectRef).map((one) => one.n)) + 1;
  const issuedAt = formatInstant(Date.now());
  const statement = { subjectRef: subjectRef as SubjectRef, n, ...wish, submitBy: addMinutes(issuedAt, SUBMIT_WITHIN_MINUTES), issuedAt };
  return signJws('patient-status', statement, keys.signing);
}

async function submit(
  { facts, mspId, transactions, projector }: PatientStatusOptions,
  request: { readonly status: string; readonly confirmation: string | null },
  identity: LedgerIdentity,
): Promise<StatusRecorded> {
  const { subjectRef, n, status } = parseSigned('patient-status', request.status, 'body.status').payload;
  const { custodian } = findPatient(facts, subjectRef);
  const operation = `patient-status/${subjectRef}/${String(n)}/${digestOf(request.status)}`;
  // A correction names both who sign it; a death finds its second witness by itself.
  const organisations = custodian === mspId ? {} : { organisations: [mspId, custodian] };
  const { transactionId, block } = await transactions.submit('SetPatientStatus', request, {
    operation,
    identity,
    mayLag: true,
    ...organisations,
  });
  await projector.waitForBlock(block);
  return { subjectRef, n, status, transactionId, block };
}

function findPatient(facts: Facts, subjectRef: string): PatientEntry {
  const patient = facts.find<PatientEntry>('patient', subjectRef)?.value;
  if (patient === undefined) throw newError('PATIENT_UNKNOWN', 'No such patient is registered');
  return patient;
}
