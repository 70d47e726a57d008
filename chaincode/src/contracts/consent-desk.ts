import {
  closingKey,
  consentKey,
  parseConsentEntry,
  parseRelationEntry,
  parseSigned,
  RequestInvalid,
  relationKey,
  type Actor,
  type Closing,
  type ConsentEntry,
  type RelationEntry,
  type TransactionRequest,
  type TransactionResponse,
} from '../model';
import { witnessConsent } from '../assisted';
import { assertFirstConsent, recordConsent } from '../consent';
import type { Ledger } from '../ledger';
import { registerRelation } from '../relation';
import { findClosing, standingConsentOf } from './closing';
import { delegationsFor } from './delegation-facts';
import { organisationOf, participantOf, relationOf, rulesOf, sealForGood } from './facts';

export async function registerRelationDesk(
  ledger: Ledger,
  request: TransactionRequest<'RegisterRelation'>,
): Promise<TransactionResponse<'RegisterRelation'>> {
  const signed = parseSigned('relation', request.relation, 'request.relation');
  const first = parseSigned('consent', request.consent, 'request.consent');
  const { relationRef, custodian, counterparty } = signed.payload;
  if (first.payload.relationRef !== relationRef) throw new RequestInvalid('request.consent', 'the first consent of the relation');
  assertFirstConsent(first);
  const current = await ledger.read(relationKey(relationRef), parseRelationEntry);
  const relation = registerRelation(signed, current, ledger.now);
  const standing = await ledger.readOrJunk(consentKey(relationRef, 1), parseConsentEntry);
  const consent = recordConsent(first, { relation, isContinued: false, isClosed: false, standing, delegations: [] }, ledger.now);
  if (relation === current) return { relation, consent };
  for (const mspId of [custodian, counterparty]) await organisationOf(ledger, mspId);
  await ledger.write(relationKey(relationRef), relation);
  const written = await writeConsent(ledger, consent, { relation, person: request.witness, more: [relationKey(relationRef)] });
  ledger.emit({ name: 'RelationRegistered', ids: { relationRef } });
  return { relation, consent: written };
}

export async function recordConsentDesk(ledger: Ledger, request: TransactionRequest<'RecordConsent'>): Promise<ConsentEntry> {
  const signed = parseSigned('consent', request.consent, 'request.consent');
  const { relationRef, version } = signed.payload;
  const relation = await relationOf(ledger, relationRef);
  const standing = await standingConsentOf(ledger, relation, signed);
  const isContinued = version > 1 && (await ledger.readOrJunk(consentKey(relationRef, version - 1), parseConsentEntry)) !== undefined;
  const closing = await findClosing(ledger, relation, version);
  const isClosed = closing.version !== undefined;
  const delegations = await delegationsFor(ledger, relation, signed.payload);
  const consent = recordConsent(signed, { relation, isContinued, isClosed, standing, delegations }, ledger.now);
  const isMarked = consent.status !== 'closed' || isClosed;
  const isNew = consent !== standing;
  const written = isNew ? await writeConsent(ledger, consent, { relation, person: request.witness, more: [] }) : consent;
  if (!isMarked) await writeMarker(ledger, { relationRef, number: closing.free, version });
  if (isNew || !isMarked) ledger.emit({ name: 'ConsentRecorded', ids: { relationRef, version } });
  return written;
}

/** Writes a closing's marker with it, or beside one that others recorded without, and seals it as the versions are. */
async function writeMarker(ledger: Ledger, marker: Closing): Promise<void> {
  const key = closingKey(marker.relationRef, marker.number);
  await ledger.write(key, marker);
  await sealForGood(ledger, await rulesOf(ledger), [key]);
}

/**
 * Writes a version, with its witness if it needs one, and seals it, and what is immutable with it, by a policy of all members: no two can
 * take it back. The custodian attests to a witness.
 */
async function writeConsent(
  ledger: Ledger,
  unwitnessed: ConsentEntry,
  { relation, person, more }: { readonly relation: RelationEntry; readonly person: Actor | undefined; readonly more: readonly string[] },
): Promise<ConsentEntry> {
  const rules = await rulesOf(ledger);
  const consent = witnessConsent(unwitnessed, relation, { by: participantOf(ledger.caller), person }, { rules, at: ledger.now });
  const key = consentKey(consent.relationRef, consent.version);
  await ledger.write(key, consent);
  if (consent.witness !== undefined) await ledger.attest(relation.custodian, key, consent);
  await sealForGood(ledger, rules, [key, ...more]);
  return consent;
}

export function getRelationDesk(ledger: Ledger, { relationRef }: TransactionRequest<'GetRelation'>): Promise<RelationEntry> {
  return relationOf(ledger, relationRef);
}

export async function getConsentsDesk(
  ledger: Ledger,
  { relationRef }: TransactionRequest<'GetConsents'>,
): Promise<TransactionResponse<'GetConsents'>> {
  const consents = await ledger.list('consent', [relationRef], parseConsentEntry);
  return { consents: [...consents].sort((one, other) => one.version - other.version) };
}
