import {
  deletionKey,
  deliveryRef,
  newError,
  organisationKey,
  parseDeletion,
  parseDelivery,
  parseOrganisation,
  parseRedisclosure,
  parseRedisclosureId,
  parseSigned,
  redisclosureKey,
  redisclosureNoticeRef,
  redisclosureRef,
  trustDeletion,
  type Decision,
  type Deletion,
  type DeletionReceipt,
  type ConsentHeader,
  type MspId,
  type PatientEntry,
  type Redisclosure,
  type RelationEntry,
  type TransactionRequest,
} from '../model';
import type { Ledger } from '../ledger';
import { assertBindingOf } from '../relation';
import { deleteRelease, rediscloseRecords, sameRedisclosure } from '../release';
import { statementVerifier } from '../signature';
import { assistanceOf, endedUpToOf } from './assisted-facts';
import { isDeceasedOf } from './delegation-facts';
import {
  assertPartiesStand,
  currentConsentOf,
  decisionOf,
  newestConsentOf,
  organisationOf,
  participantOf,
  relationOf,
  rulesOf,
  sealForGood,
  signedConsentOf,
  tracedPatientOf,
} from './facts';
import { proofOf } from './proof-facts';

/**
 * Puts the deletion of a released copy on record and deletes it in the same transaction: neither is there without the other. The delivered
 * parts are read as a range, so that none that commits meanwhile is left over.
 */
export async function recordDeletionDesk(ledger: Ledger, request: TransactionRequest<'RecordDeletion'>): Promise<Deletion> {
  const signed = parseSigned('deletion-receipt', request.deletion, 'request.deletion');
  const { relationRef, requester, requestId, of } = signed.payload;
  if (requester !== ledger.caller.mspId) throw newError('CALLER_NOT_REQUESTER', { requester });
  const relation = await relationOf(ledger, relationRef);
  const key = deletionKey(relationRef, requester, requestId, of);
  const deliveries = of === 'release' ? await ledger.list('delivery', [relationRef, requester, requestId], parseDelivery) : [];
  const { signing } = await organisationOf(ledger, requester);
  const facts = {
    standing: await standingDeletionOf(ledger, requester, key),
    decision: await decisionOf(ledger, { relationRef, requester, requestId }),
    consent: await endingConsentOf(ledger, relation, signed.payload),
    endedUpTo: await endedUpToOf(ledger, relation),
    parts: deliveries.length,
    redisclosure: of === 'release' ? undefined : await redisclosureOf(ledger, signed.payload),
    key: signing,
  };
  const deletion = deleteRelease(signed, facts, participantOf(ledger.caller), ledger.now);
  if (deletion === facts.standing) return deletion;
  await ledger.requirePresence(requester);
  for (const { part } of deliveries) await ledger.dropSealed(deliveryRef(relationRef, requestId, part));
  await ledger.write(key, deletion);
  await sealForGood(ledger, await rulesOf(ledger), [key]);
  ledger.emit({ name: 'ReleaseDeleted', ids: { relationRef, requestId } });
  return deletion;
}

/**
 * The deletion that stands, by any key that its member ever signed with. What others wrote in its place without its signature holds up no
 * deletion.
 */
async function standingDeletionOf(ledger: Ledger, requester: MspId, key: string): Promise<Deletion | undefined> {
  const stored = await ledger.readOrJunk(key, parseDeletion);
  if (stored === undefined || stored === 'junk') return undefined;
  const owner = await ledger.trace(organisationKey(requester), parseOrganisation);
  return owner.map(({ signing }) => trustDeletion(stored, signing, statementVerifier)).find((deletion) => deletion !== undefined);
}

/** What ended a release by the end of its validity is the newest version: the read of the next one's absence says so. */
function endingConsentOf(
  ledger: Ledger,
  relation: RelationEntry,
  { reason, consentVersion }: DeletionReceipt,
): Promise<ConsentHeader | undefined> {
  return (reason === 'expired' ? newestConsentOf : signedConsentOf)(ledger, relation, consentVersion);
}

function redisclosureOf(ledger: Ledger, { relationRef, requester, requestId, of }: DeletionReceipt): Promise<Redisclosure | undefined> {
  const id = parseRedisclosureId(of, 'request.deletion.payload.of');
  return ledger.read(redisclosureKey(relationRef, requester, requestId, id), parseRedisclosure);
}

/** Puts on record that the counterparty passes records on. The custodian takes part: it keeps the opening for the patient. */
export async function recordRedisclosureDesk(ledger: Ledger, request: TransactionRequest<'RecordRedisclosure'>): Promise<Redisclosure> {
  const { relationRef, requestId, redisclosureId, consentVersion } = request;
  const opening = ledger.input('RecordRedisclosure');
  const relation = await relationOf(ledger, relationRef);
  const requester = ledger.caller.mspId;
  if (requester !== relation.counterparty) throw newError('CALLER_NOT_REQUESTER', { requester: relation.counterparty });
  const by = participantOf(ledger.caller);
  const key = redisclosureKey(relationRef, requester, requestId, redisclosureId);
  const standing = sameRedisclosure(request, await ledger.read(key, parseRedisclosure), by);
  if (standing !== undefined) return standing;
  const decision = await decisionOf(ledger, { relationRef, requester, requestId });
  const rules = await rulesOf(ledger);
  await assertPartiesStand(ledger, relation, rules);
  const consent = await currentConsentOf(ledger, relation, consentVersion);
  const assistance = await assistanceOf(ledger, relation, { version: consentVersion });
  const isEnded = await isReleaseEnded(ledger, relation, decision, consentVersion);
  const proof = await proofOf(ledger, relation, decision.proof);
  const patient = await patientIn(ledger, relation, opening.binding);
  const isDeceased = await isDeceasedOf(ledger, patient);
  const facts = { relation, decision, consent, assistance, rules, proof, isEnded, patient, isDeceased };
  const redisclosure = rediscloseRecords(request, opening, facts, { by, now: ledger.now });
  await ledger.write(key, redisclosure);
  await sealForGood(ledger, rules, [key]);
  await ledger.seal(relation.custodian, redisclosureRef(relationRef, redisclosureId), opening.sealed.custodian);
  await ledger.seal(requester, redisclosureRef(relationRef, redisclosureId), opening.sealed.counterparty);
  await ledger.seal(relation.custodian, redisclosureNoticeRef(relationRef, redisclosureId), opening.sealed.patient);
  ledger.emit({ name: 'RecordsRedisclosed', ids: { relationRef, requestId } });
  return redisclosure;
}

/** The patient whose relation it is; leaves no trace in the read set. */
function patientIn(ledger: Ledger, relation: RelationEntry, text: string): Promise<PatientEntry> {
  const binding = parseSigned('binding', text, 'input.binding');
  assertBindingOf(relation, binding);
  return tracedPatientOf(ledger, binding.payload.subjectRef);
}

/** Whether the copy is deleted, its time box is over, a registrar ended the consent, or a version after the decision's up to the newest was not in force. */
async function isReleaseEnded(ledger: Ledger, relation: RelationEntry, decision: Decision, newest: number): Promise<boolean> {
  const { relationRef, requester, requestId, consentVersion, breakGlass } = decision;
  if (breakGlass !== undefined && breakGlass.until <= ledger.now) return true;
  if ((await ledger.read(deletionKey(relationRef, requester, requestId, 'release'), parseDeletion)) !== undefined) return true;
  if ((await endedUpToOf(ledger, relation)) >= (consentVersion ?? 1)) return true;
  for (let version = (consentVersion ?? 1) + 1; version <= newest; version += 1) {
    const header = await signedConsentOf(ledger, relation, version);
    if (header !== undefined && header.status !== 'in-force') return true;
  }
  return false;
}
