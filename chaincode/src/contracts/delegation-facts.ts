import {
  delegationKey,
  parseDelegationEntry,
  parsePatientStatusEntry,
  patientStatusKey,
  trustDelegation,
  trustPatientStatus,
  type ConsentHeader,
  type Delegation,
  type DelegationEntry,
  type PatientEntry,
  type PatientStatus,
  type PatientStatusEntry,
  type RelationEntry,
} from '../model';
import type { Ledger } from '../ledger';
import { patientVerifierOf } from './patient-verifier';

/**
 * What counts of a relation's chain of delegations. Reads every number and the absence of the next, so a statement that commits first
 * invalidates the transaction. What was ever written at a number counts, first come: two members that write an end without its seal and
 * delete it bring nobody's powers back.
 */
export async function delegationsOf(ledger: Ledger, relation: RelationEntry): Promise<readonly Delegation[]> {
  const entries: (readonly DelegationEntry[])[] = [];
  for (let n = 1; ; n += 1) {
    const key = delegationKey(relation.relationRef, n);
    const standing = await ledger.readOrJunk(key, parseDelegationEntry);
    const ever = (await ledger.trace(key, parseDelegationEntry)).filter((entry) => entry.n === n);
    if (standing === undefined && ever.length === 0) break;
    entries.push(ever);
  }
  if (entries.length === 0) return [];
  const verifier = await patientVerifierOf(ledger, [relation.custodian]);
  return entries.flatMap((ever) => {
    const trusted = ever.map((entry) => trustDelegation(entry, relation, verifier));
    return trusted.find((one) => one !== undefined) ?? [];
  });
}

/** The delegations by which a consent has to be judged: none where the patient signed it herself. */
export async function delegationsFor(
  ledger: Ledger,
  relation: RelationEntry,
  { delegation }: Pick<ConsentHeader, 'delegation'>,
): Promise<readonly Delegation[]> {
  return delegation === undefined ? [] : delegationsOf(ledger, relation);
}

/** Whether her custodian has recorded a patient's death, and not taken it back. */
export async function isDeceasedOf(ledger: Ledger, patient: PatientEntry): Promise<boolean> {
  return (await statusesOf(ledger, patient)).at(-1)?.status === 'deceased';
}

/** What counts of a patient's chain of statuses; leaves no trace in the read set, so that no block joins her with a relation. */
export async function statusesOf(ledger: Ledger, patient: PatientEntry): Promise<readonly PatientStatus[]> {
  const entries: (readonly PatientStatusEntry[])[] = [];
  for (let n = 1; ; n += 1) {
    const ever = await ledger.trace(patientStatusKey(patient.subjectRef, n), parsePatientStatusEntry);
    if (ever.length === 0) break;
    entries.push(ever.filter((entry) => entry.n === n));
  }
  if (entries.length === 0) return [];
  const verifier = await patientVerifierOf(ledger, [patient.custodian]);
  return entries.flatMap((ever) => {
    const trusted = ever.map((entry) => trustPatientStatus(entry, patient, verifier));
    return trusted.find((one) => one !== undefined) ?? [];
  });
}
