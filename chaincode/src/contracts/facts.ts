import {
  consentKey,
  decisionKey,
  newError,
  organisationKey,
  parseAccessRequest,
  parseConsentEntry,
  parseDecision,
  parseOrganisation,
  parsePatientEntry,
  parseRelationEntry,
  parseRules,
  patientKey,
  relationKey,
  requestKey,
  rulesKey,
  trustConsent,
  trustRelation,
  type AccessRequest,
  type Caller,
  type ConsentHeader,
  type Decision,
  type MspId,
  type Organisation,
  type Participant,
  type PatientEntry,
  type RelationEntry,
  type RelationRef,
  type Rules,
  type SubjectRef,
  type TransactionRequest,
} from '../model';
import type { StoredConsent } from '../consent';
import { assertStanding } from '../organisation';
import { tracePatient } from '../patient';
import { statementVerifier } from '../signature';
import { all, type Ledger } from '../ledger';
import { findClosing } from './closing';
import { delegationsFor } from './delegation-facts';
import { patientVerifierOf } from './patient-verifier';

// What several desks look up: each function reads one fact, or throws the error that says it is not there.

export async function rulesOf(ledger: Ledger): Promise<Rules> {
  const rules = await ledger.read(rulesKey(), parseRules);
  if (rules === undefined) throw newError('RULES_NOT_ADOPTED');
  return rules;
}

/** The members that key policies name: those of the rules. */
export function membersOf(rules: Rules): readonly MspId[] {
  return Object.keys(rules.roles) as MspId[];
}

export async function organisationOf(ledger: Ledger, mspId: MspId): Promise<Organisation> {
  const organisation = await ledger.read(organisationKey(mspId), parseOrganisation);
  if (organisation === undefined) throw newError('ORGANISATION_NOT_FOUND', { mspId });
  return organisation;
}

/** Checks that both sides of a relation are members in good standing; answers who they are. */
export async function assertPartiesStand(
  ledger: Ledger,
  relation: RelationEntry,
  rules: Rules,
): Promise<Readonly<Record<'custodian' | 'counterparty', Organisation>>> {
  const custodian = await organisationOf(ledger, relation.custodian);
  const counterparty = await organisationOf(ledger, relation.counterparty);
  for (const party of [custodian, counterparty]) assertStanding(party, rules);
  return { custodian, counterparty };
}

/** The relation as its own statement says it. */
export async function relationOf(ledger: Ledger, relationRef: RelationRef): Promise<RelationEntry> {
  const relation = await ledger.read(relationKey(relationRef), parseRelationEntry);
  if (relation === undefined) throw newError('RELATION_NOT_FOUND', { relationRef });
  const trusted = trustRelation(relation, statementVerifier);
  if (trusted === undefined) throw newError('RELATION_INVALID', { relationRef, problem: 'carries no valid statement' });
  return trusted;
}

/**
 * The signed header of the version that counts now; see `newestConsentOf`. What was closed before stays closed.
 *
 * @throws CONSENT_NOT_FOUND, CONSENT_NOT_CURRENT, CONSENT_INVALID, RELATION_CLOSED
 */
export async function currentConsentOf(ledger: Ledger, relation: RelationEntry, version: number): Promise<ConsentHeader> {
  const { relationRef } = relation;
  const header = await newestConsentOf(ledger, relation, version);
  if (header === undefined) throw newError('CONSENT_INVALID', { relationRef, problem: 'carries no valid statement of the patient' });
  const closing = await findClosing(ledger, relation, version);
  const isOwn = closing.version === version && header.status === 'closed';
  if (closing.version !== undefined && !isOwn) throw newError('RELATION_CLOSED', { relationRef });
  return header;
}

/**
 * The signed header of a relation's newest version; undefined when what stands there is not the patient's. Reads that version and the
 * absence of the next, so a later version that commits first invalidates the transaction. Nothing follows a closing.
 *
 * @throws CONSENT_NOT_FOUND, CONSENT_NOT_CURRENT
 */
export async function newestConsentOf(ledger: Ledger, relation: RelationEntry, version: number): Promise<ConsentHeader | undefined> {
  const { relationRef } = relation;
  const entry = await ledger.readOrJunk(consentKey(relationRef, version), parseConsentEntry);
  if (entry === undefined) throw newError('CONSENT_NOT_FOUND', { relationRef, version });
  const header = await trustedHeaderOf(ledger, entry, relation, version);
  if (header?.status === 'closed') return header;
  const next = await ledger.readOrJunk(consentKey(relationRef, version + 1), parseConsentEntry);
  if (next !== undefined) throw newError('CONSENT_NOT_CURRENT', { relationRef, version });
  return header;
}

/** The signed header that stands at a version; undefined when there is none of the patient. */
export async function signedConsentOf(ledger: Ledger, relation: RelationEntry, version: number): Promise<ConsentHeader | undefined> {
  const entry = await ledger.readOrJunk(consentKey(relation.relationRef, version), parseConsentEntry);
  return trustedHeaderOf(ledger, entry, relation, version);
}

async function trustedHeaderOf(
  ledger: Ledger,
  entry: StoredConsent,
  relation: RelationEntry,
  version: number,
): Promise<ConsentHeader | undefined> {
  if (entry === undefined || entry === 'junk' || entry.version !== version) return undefined;
  return trustConsent(entry, relation, statementVerifier, await delegationsFor(ledger, relation, entry));
}

/** Seals entries that this transaction writes by a policy of all members: no collusion short of everybody changes them. */
export async function sealForGood(ledger: Ledger, rules: Rules, keys: readonly string[]): Promise<void> {
  const everybody = all(membersOf(rules));
  for (const key of keys) await ledger.protect(key, everybody);
}

export async function requestOf(
  ledger: Ledger,
  { relationRef, requester, requestId }: TransactionRequest<'GetRequest'>,
): Promise<AccessRequest> {
  const request = await ledger.read(requestKey(relationRef, requester, requestId), parseAccessRequest);
  if (request === undefined) throw newError('REQUEST_NOT_FOUND', { relationRef, requestId });
  return request;
}

export async function decisionOf(
  ledger: Ledger,
  { relationRef, requester, requestId }: TransactionRequest<'GetDecision'>,
): Promise<Decision> {
  const decision = await ledger.read(decisionKey(relationRef, requester, requestId), parseDecision);
  if (decision === undefined) throw newError('DECISION_NOT_FOUND', { relationRef, requestId });
  return decision;
}

/** The patient as her own statements made her; leaves no trace in the read set. */
export async function tracedPatientOf(ledger: Ledger, subjectRef: SubjectRef): Promise<PatientEntry> {
  const history = await ledger.trace(patientKey(subjectRef), parsePatientEntry);
  if (history.length === 0) throw newError('PATIENT_NOT_FOUND', { subjectRef });
  return tracePatient(subjectRef, history, await patientVerifierOf(ledger, custodiansOf(history)));
}

/** The custodians of entries that tell of a hold. */
function custodiansOf(history: readonly PatientEntry[]): readonly MspId[] {
  return history.flatMap(({ hold, custodian }) => (hold === undefined ? [] : [custodian]));
}

/** Who acts, for an entry. */
export function participantOf({ mspId, role, actor }: Caller): Participant {
  return { mspId, role: role ?? null, actor };
}
