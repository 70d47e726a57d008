import { parsePatientEntry, parseSigned, patientKey, type PatientEntry, type TransactionRequest } from '../model';
import type { Ledger } from '../ledger';
import { registerPatient, replacePatientKeys } from '../patient';
import { participantOf, tracedPatientOf } from './facts';

export async function registerPatientDesk(ledger: Ledger, request: TransactionRequest<'RegisterPatient'>): Promise<PatientEntry> {
  const registration = parseSigned('patient', request.registration, 'request.registration');
  const { subjectRef } = registration.payload;
  const current = await ledger.read(patientKey(subjectRef), parsePatientEntry);
  const patient = registerPatient(registration, current, participantOf(ledger.caller), ledger.now);
  if (patient === current) return patient;
  await ledger.write(patientKey(subjectRef), patient);
  ledger.emit({ name: 'PatientRegistered', ids: { subjectRef } });
  return patient;
}

export async function replacePatientKeysDesk(ledger: Ledger, request: TransactionRequest<'ReplacePatientKeys'>): Promise<PatientEntry> {
  const replacement = parseSigned('patient-keys', request.replacement, 'request.replacement');
  const { subjectRef } = replacement.payload;
  // Read for the conflict check; believed is what the patient's own statements lead to, also when others deleted the entry.
  await ledger.readOrJunk(patientKey(subjectRef), parsePatientEntry);
  const current = await tracedPatientOf(ledger, subjectRef);
  const patient = replacePatientKeys(replacement, current, participantOf(ledger.caller));
  if (patient === current) return patient;
  await ledger.write(patientKey(subjectRef), patient);
  ledger.emit({ name: 'PatientKeysReplaced', ids: { subjectRef } });
  return patient;
}

/** As the patient's own statements made her. */
export function getPatientDesk(ledger: Ledger, { subjectRef }: TransactionRequest<'GetPatient'>): Promise<PatientEntry> {
  return tracedPatientOf(ledger, subjectRef);
}
