import {
  consentKey,
  delegationKey,
  newError,
  parseConsentEntry,
  parseDelegationEntry,
  parsePatientStatusEntry,
  parseSigned,
  patientStatusKey,
  type DelegationEntry,
  type MspId,
  type PatientStatusEntry,
  type PatientVerifier,
  type RelationEntry,
  type Signed,
  type TransactionRequest,
  type TransactionResponse,
} from '../model';
import { assertConfirmed, recordDelegation } from '../delegation';
import type { Ledger } from '../ledger';
import { assertStanding } from '../organisation';
import { setPatientStatus } from '../patient';
import { delegationsOf, statusesOf } from './delegation-facts';
import { organisationOf, participantOf, relationOf, rulesOf, sealForGood, tracedPatientOf } from './facts';
import { patientVerifierOf } from './patient-verifier';

/** What the patient signed, through any member. */
export async function recordDelegationDesk(ledger: Ledger, request: TransactionRequest<'RecordDelegation'>): Promise<DelegationEntry> {
  const signed = parseSigned('delegation', request.delegation, 'request.delegation');
  return writeDelegation(ledger, signed, null, await relationOf(ledger, signed.payload.relationRef));
}

/** What custodian and authority signed for a patient who cannot: both endorse it. */
export async function appointDelegateDesk(ledger: Ledger, request: TransactionRequest<'AppointDelegate'>): Promise<DelegationEntry> {
  const signed = parseSigned('delegation', request.delegation, 'request.delegation');
  const relation = await relationOf(ledger, signed.payload.relationRef);
  assertConfirmed(signed, relation, ledger.caller.mspId);
  const entry = await writeDelegation(ledger, signed, request.confirmation, relation);
  await requireBoth(ledger, relation.custodian, signed.payload.confirmedBy);
  return entry;
}

async function writeDelegation(
  ledger: Ledger,
  signed: Signed<'delegation'>,
  confirmation: string | null,
  relation: RelationEntry,
): Promise<DelegationEntry> {
  const { relationRef, n, confirmedBy } = signed.payload;
  await assertVersionThere(ledger, signed);
  const standing = await ledger.readOrJunk(delegationKey(relationRef, n), parseDelegationEntry);
  const isContinued = n === 1 || (await ledger.readOrJunk(delegationKey(relationRef, n - 1), parseDelegationEntry)) !== undefined;
  const verifier = await presentVerifierOf(ledger, confirmedBy === null ? [] : [relation.custodian]);
  const facts = { relation, chain: await delegationsOf(ledger, relation), standing, isContinued, verifier };
  const entry = recordDelegation(signed, confirmation, facts, ledger.now);
  if (entry === standing) return entry;
  await ledger.write(delegationKey(relationRef, n), entry);
  await sealForGood(ledger, await rulesOf(ledger), [delegationKey(relationRef, n)]);
  ledger.emit({ name: 'DelegationRecorded', ids: { relationRef, n } });
  return entry;
}

/** An end names a version of the consent that stands: it says nothing of later ones. */
async function assertVersionThere(ledger: Ledger, { payload }: Signed<'delegation'>): Promise<void> {
  if (payload.act !== 'end') return;
  const { relationRef, after: version } = payload;
  if ((await ledger.readOrJunk(consentKey(relationRef, version), parseConsentEntry)) === undefined)
    throw newError('CONSENT_NOT_FOUND', { relationRef, version });
}

/** Writes the next status of a patient: her custodian, and for a correction the authority, endorse it. */
export async function setPatientStatusDesk(ledger: Ledger, request: TransactionRequest<'SetPatientStatus'>): Promise<PatientStatusEntry> {
  const signed = parseSigned('patient-status', request.status, 'request.status');
  const { subjectRef, n, confirmedBy } = signed.payload;
  const patient = await tracedPatientOf(ledger, subjectRef);
  const key = patientStatusKey(subjectRef, n);
  const standing = await ledger.readOrJunk(key, parsePatientStatusEntry);
  const before = n === 1 ? 'none' : await ledger.readOrJunk(patientStatusKey(subjectRef, n - 1), parsePatientStatusEntry);
  const verifier = await presentVerifierOf(ledger, [patient.custodian]);
  const facts = { patient, chain: await statusesOf(ledger, patient), standing, isContinued: before !== undefined, verifier };
  const context = { by: participantOf(ledger.caller), at: ledger.now };
  const entry = setPatientStatus(signed, request.confirmation, facts, context);
  await requireBoth(ledger, patient.custodian, confirmedBy);
  if (entry === standing) return entry;
  await ledger.write(key, entry);
  await sealForGood(ledger, await rulesOf(ledger), [key]);
  ledger.emit({ name: 'PatientStatusSet', ids: { subjectRef, n } });
  return entry;
}

/** Only who is an authority now confirms anything new; what one confirmed stands when it is none any more. */
async function presentVerifierOf(ledger: Ledger, custodians: readonly MspId[]): Promise<PatientVerifier> {
  const { roles } = await rulesOf(ledger);
  return {
    ...(await patientVerifierOf(ledger, custodians)),
    isAuthority: (mspId) => Object.hasOwn(roles, mspId) && roles[mspId] === 'authority',
  };
}

async function requireBoth(ledger: Ledger, custodian: MspId, confirmedBy: MspId | null): Promise<void> {
  await ledger.requirePresence(custodian);
  if (confirmedBy === null) return;
  assertStanding(await organisationOf(ledger, confirmedBy), await rulesOf(ledger));
  await ledger.requirePresence(confirmedBy);
}

/** What counts of a relation's delegations. */
export async function getDelegationsDesk(
  ledger: Ledger,
  { relationRef }: TransactionRequest<'GetDelegations'>,
): Promise<TransactionResponse<'GetDelegations'>> {
  return { delegations: await delegationsOf(ledger, await relationOf(ledger, relationRef)) };
}

/** What counts of a patient's statuses; she is alive as long as there is none. */
export async function getPatientStatusDesk(
  ledger: Ledger,
  { subjectRef }: TransactionRequest<'GetPatientStatus'>,
): Promise<TransactionResponse<'GetPatientStatus'>> {
  return { statuses: await statusesOf(ledger, await tracedPatientOf(ledger, subjectRef)) };
}
