import type { PatientEntry, PatientStatusEntry } from '../entry';
import { readSigned } from './read-signed';
import { isOfficial, type OfficialKeys } from './trust-official';
import type { StatementVerifier } from './trust-statement';
import type { PatientStatus } from '../patient-status';

/** A status as the custodian signed it, confirmed by an authority where it corrects; nothing without the signatures that it needs. */
export function trustPatientStatus(
  { subjectRef, n, jws, confirmation }: PatientStatusEntry,
  { custodian }: Pick<PatientEntry, 'custodian'>,
  verifier: StatementVerifier,
  keys: OfficialKeys,
): PatientStatus | undefined {
  const signed = readSigned('patient-status', jws);
  if (signed?.payload.subjectRef !== subjectRef || signed.payload.n !== n) return undefined;
  return isOfficial('patient-status', { jws, confirmation }, custodian, { keys, verifier }) ? signed.payload : undefined;
}
