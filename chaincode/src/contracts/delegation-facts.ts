import {
  delegationKey,
  organisationKey,
  parseDelegationEntry,
  parseOrganisation,
  parsePatientStatusEntry,
  parseRules,
  parseSigned,
  patientStatusKey,
  rulesKey,
  trustDelegation,
  trustPatientStatus,
  type ConsentHeader,
  type Delegation,
  type DelegationEntry,
  type Jwk,
  type MspId,
  type OfficialKeys,
  type PatientEntry,
  type PatientStatus,
  type PatientStatusEntry,
  type RelationEntry,
} from '../model';
import { statementVerifier } from '../signature';
import type { Ledger } from '../ledger';

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
  const keys = await officialKeysOf(ledger, [relation.custodian, ...entries.flat().flatMap((one) => confirmersOf('delegation', one))]);
  return entries.flatMap((ever) => {
    const trusted = ever.map((entry) => trustDelegation(entry, relation, statementVerifier, keys));
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

/** What counts of a patient's chain of statuses; leaves no trace in the read set, so that no block joins her with a relation. */
export async function statusesOf(ledger: Ledger, patient: PatientEntry): Promise<readonly PatientStatus[]> {
  const entries: (readonly PatientStatusEntry[])[] = [];
  for (let n = 1; ; n += 1) {
    const ever = await ledger.trace(patientStatusKey(patient.subjectRef, n), parsePatientStatusEntry);
    if (ever.length === 0) break;
    entries.push(ever.filter((entry) => entry.n === n));
  }
  if (entries.length === 0) return [];
  const keys = await officialKeysOf(ledger, [patient.custodian, ...entries.flat().flatMap((one) => confirmersOf('patient-status', one))]);
  return entries.flatMap((ever) => {
    const trusted = ever.map((entry) => trustPatientStatus(entry, patient, statementVerifier, keys));
    return trusted.find((one) => one !== undefined) ?? [];
  });
}

/** Every signing key that these organisations registered, so that a new key does not undo what an old one signed; and who was an authority. */
export async function officialKeysOf(ledger: Ledger, organisations: readonly MspId[]): Promise<OfficialKeys> {
  const signing = new Map<MspId, readonly Jwk[]>();
  for (const mspId of new Set(organisations)) {
    const entries = await ledger.trace(organisationKey(mspId), parseOrganisation);
    signing.set(
      mspId,
      entries.filter((entry) => entry.mspId === mspId).map((entry) => entry.signing),
    );
  }
  const rules = await ledger.trace(rulesKey(), parseRules);
  return {
    keysOf: (mspId) => signing.get(mspId) ?? [],
    isAuthority: (mspId) => rules.some(({ roles }) => Object.hasOwn(roles, mspId) && roles[mspId] === 'authority'),
  };
}

function confirmersOf(kind: 'delegation' | 'patient-status', { jws }: Pick<DelegationEntry, 'jws'>): readonly MspId[] {
  try {
    const { confirmedBy } = parseSigned(kind, jws, kind).payload;
    return confirmedBy === null ? [] : [confirmedBy];
  } catch {
    return [];
  }
}
