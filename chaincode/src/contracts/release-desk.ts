import {
  decisionKey,
  decisionRef,
  deliveryKey,
  deliveryRef,
  findGrant,
  isBreakGlass,
  newError,
  noticeRef,
  parseAccessRequest,
  parseDecision,
  parseDelivery,
  parseSigned,
  requestKey,
  type AccessRequest,
  type Category,
  type ConsentHeader,
  type Decision,
  type Delivery,
  type RelationEntry,
  type TransactionRequest,
  type TransactionResponse,
} from '../model';
import { openDelegation } from '../delegation';
import type { Ledger } from '../ledger';
import { assertDistinctRecords } from '../record';
import { assertBindingOf, checkBinding } from '../relation';
import { assertDecidable, decideRelease, deliverRecords, refuseAccess, requestAccess } from '../release';
import { digestOf } from '../signature';
import { assistanceOf } from './assisted-facts';
import { assertDocumentOpened, declarationOf, documentedConsentOf, recordDeclaration } from './break-glass-desk';
import { delegationsOf, isDeceasedOf } from './delegation-facts';
import {
  assertPartiesStand,
  currentConsentOf,
  decisionOf,
  newestConsentOf,
  participantOf,
  relationOf,
  requestOf,
  rulesOf,
  sealForGood,
  tracedPatientOf,
} from './facts';
import { neededOf } from './payment-facts';
import { proofOf } from './proof-facts';
import { tracedRecordsOf } from './record-facts';

export async function requestAccessDesk(
  ledger: Ledger,
  request: TransactionRequest<'RequestAccess'>,
): Promise<TransactionResponse<'RequestAccess'>> {
  const { relationRef, requestId } = request;
  const relation = await relationOf(ledger, relationRef);
  const { mspId } = ledger.caller;
  const standing = await ledger.read(requestKey(relationRef, mspId, requestId), parseAccessRequest);
  const rules = await rulesOf(ledger);
  const emergency = await declarationOf(ledger, mspId, { unit: request.unit, rules });
  const entry = requestAccess(request, { relation, standing, emergency }, participantOf(ledger.caller), ledger.now);
  if (entry === standing) {
    return { request: entry, decision: entry.party ? null : await decisionOf(ledger, { relationRef, requester: mspId, requestId }) };
  }
  if (rules.suspended.includes(mspId)) throw newError('ORGANISATION_NOT_ACTIVE', { mspId });
  const decision = entry.party ? null : refuseAccess(entry, { relation, rules, consentVersion: null }, entry.at);
  const [asked, decided] = [requestKey(relationRef, mspId, requestId), decisionKey(relationRef, mspId, requestId)];
  await ledger.write(asked, entry);
  if (decision !== null) await ledger.write(decided, decision);
  await sealForGood(ledger, rules, decision === null ? [asked] : [asked, decided]);
  if (!(await recordDeclaration(ledger, entry, emergency?.standing)))
    ledger.emit({ name: decision === null ? 'AccessRequested' : 'AccessRefused', ids: { relationRef, requestId } });
  return { request: entry, decision };
}

/**
 * Writes the decision to release. The read set joins relation, consent, request, proof, rules and the two organisations; patient, records and
 * groups are read from the history, which leaves no trace in the block.
 */
export async function decideReleaseDesk(
  ledger: Ledger,
  { relationRef, requestId, consentVersion }: TransactionRequest<'DecideRelease'>,
): Promise<Decision> {
  const opening = ledger.input('DecideRelease');
  assertDistinctRecords(opening.records, 'input.records');
  const relation = await relationOf(ledger, relationRef);
  const request = await requestOf(ledger, { relationRef, requester: relation.counterparty, requestId });
  const key = decisionKey(relationRef, relation.counterparty, requestId);
  assertDecidable(request, await ledger.read(key, parseDecision), relation, ledger.caller.mspId);
  const rules = await rulesOf(ledger);
  const { custodian } = await assertPartiesStand(ledger, relation, rules);
  const consent = await decidingConsentOf(ledger, relation, { consentVersion, purpose: request.purpose });
  if (isBreakGlass(request.purpose)) await assertDocumentOpened(ledger, consent, relation.custodian, opening.document);
  const binding = parseSigned('binding', opening.binding, 'input.binding');
  assertBindingOf(relation, binding);
  const patient = await tracedPatientOf(ledger, binding.payload.subjectRef);
  checkBinding(relation, binding, patient);
  const proof = await proofOf(ledger, relation, request.proof);
  const records = await tracedRecordsOf(ledger, opening.records, relation.custodian);
  const assistance = await assistanceOf(ledger, relation, { version: consentVersion, purpose: request.purpose });
  const withheld = await withheldOf(ledger, relation, consent, opening.delegation);
  const isDeceased = await isDeceasedOf(ledger, patient);
  const needed = await neededOf(ledger, relation, { purpose: request.purpose, proof, payment: opening.payment });
  const told = { rules, proof, needed, records, custodianKey: custodian.signing };
  const facts = { request, relation, patient, consent, consentVersion, assistance, withheld, isDeceased, ...told };
  const decision = decideRelease(opening, facts, ledger.now);
  await ledger.write(key, decision);
  await sealForGood(ledger, rules, [key]);
  await ledger.seal(relation.custodian, decisionRef(relationRef, requestId), opening.sealed.custodian);
  await ledger.seal(relation.counterparty, decisionRef(relationRef, requestId), opening.sealed.counterparty);
  await ledger.seal(relation.custodian, noticeRef(relationRef, requestId), opening.sealed.patient);
  if (decision.breakGlass === undefined) ledger.emit({ name: 'AccessReleased', ids: { relationRef, requestId } });
  else ledger.emit({ name: 'BreakGlassReleased', ids: { relationRef, requestId, mspId: relation.counterparty } });
  return decision;
}

/** The version that a decision goes by: the newest, or in an emergency the newest with a document. */
function decidingConsentOf(
  ledger: Ledger,
  relation: RelationEntry,
  { consentVersion, purpose }: Pick<Decision, 'purpose' | 'consentVersion'>,
): Promise<ConsentHeader> {
  return (isBreakGlass(purpose) ? documentedConsentOf : currentConsentOf)(ledger, relation, consentVersion ?? 1);
}

/** The categories that are withheld from the delegate who signed a document; undefined for what the patient signed. */
async function withheldOf(
  ledger: Ledger,
  relation: RelationEntry,
  { delegation, document }: ConsentHeader,
  opening: string | undefined,
): Promise<readonly Category[] | undefined> {
  if (delegation === undefined || document === null) return undefined;
  const grant = findGrant(await delegationsOf(ledger, relation), delegation);
  return grant && openDelegation(opening, grant).withheld;
}

export async function refuseAccessDesk(
  ledger: Ledger,
  { relationRef, requestId, consentVersion }: TransactionRequest<'RefuseAccess'>,
): Promise<Decision> {
  const { notice } = ledger.input('RefuseAccess');
  const relation = await relationOf(ledger, relationRef);
  const request = await requestOf(ledger, { relationRef, requester: relation.counterparty, requestId });
  const key = decisionKey(relationRef, relation.counterparty, requestId);
  assertDecidable(request, await ledger.read(key, parseDecision), relation, ledger.caller.mspId);
  const rules = await rulesOf(ledger);
  // What others wrote over the patient's consent permits nothing, and says no more than that.
  await newestConsentOf(ledger, relation, consentVersion);
  const decision = refuseAccess(request, { relation, rules, consentVersion }, ledger.now);
  await ledger.write(key, decision);
  await sealForGood(ledger, rules, [key]);
  await ledger.seal(relation.custodian, noticeRef(relationRef, requestId), notice);
  ledger.emit({ name: 'AccessRefused', ids: { relationRef, requestId } });
  return decision;
}

/** Delivers one part: repeats the decision's reads, so a revocation, or the end of the proof, that commits first withdraws it. */
export async function deliverRecordsDesk(ledger: Ledger, request: TransactionRequest<'DeliverRecords'>): Promise<Delivery> {
  const { relationRef, requestId, part } = request;
  const { envelope } = ledger.input('DeliverRecords');
  const relation = await relationOf(ledger, relationRef);
  const decision = await decisionOf(ledger, { relationRef, requester: relation.counterparty, requestId });
  const rules = await rulesOf(ledger);
  await assertPartiesStand(ledger, relation, rules);
  const consent = await decidingConsentOf(ledger, relation, decision);
  const assistance = await assistanceOf(ledger, relation, { version: consent.version, purpose: decision.purpose });
  const proof = await proofOf(ledger, relation, decision.proof);
  const key = deliveryKey(relationRef, relation.counterparty, requestId, part);
  const standing = await ledger.read(key, parseDelivery);
  const context = { caller: ledger.caller.mspId, envelope: digestOf(envelope), at: ledger.now };
  const delivery = deliverRecords(request, { relation, decision, consent, assistance, rules, proof, standing }, context);
  if (delivery === standing) return delivery;
  await ledger.write(key, delivery);
  await sealForGood(ledger, rules, [key]);
  await ledger.seal(relation.counterparty, deliveryRef(relationRef, requestId, part), envelope);
  ledger.emit({ name: 'RecordsDelivered', ids: { relationRef, requestId, part } });
  return delivery;
}

export function getRequestDesk(ledger: Ledger, request: TransactionRequest<'GetRequest'>): Promise<AccessRequest> {
  return requestOf(ledger, request);
}

export function getDecisionDesk(ledger: Ledger, request: TransactionRequest<'GetDecision'>): Promise<Decision> {
  return decisionOf(ledger, request);
}

export async function getDeliveryDesk(
  ledger: Ledger,
  { relationRef, requester, requestId, part }: TransactionRequest<'GetDelivery'>,
): Promise<Delivery> {
  const delivery = await ledger.read(deliveryKey(relationRef, requester, requestId, part), parseDelivery);
  if (delivery === undefined) throw newError('DELIVERY_NOT_FOUND', { relationRef, requestId, part });
  return delivery;
}
