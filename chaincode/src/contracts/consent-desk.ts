import {
  closingKey,
  consentKey,
  parseConsentEntry,
  parseRelationEntry,
  parseSigned,
  RequestInvalid,
  relationKey,
  type Closing,
  type ConsentEntry,
  type RelationEntry,
  type TransactionRequest,
  type TransactionResponse,
} from '../model';
import { assertFirstConsent, recordConsent } from '../consent';
import type { Ledger } from '../ledger';
import { registerRelation } from '../relation';
import { findClosing, standingConsentOf } from './closing';
import { delegationsFor } from './delegation-facts';
import { organisationOf, relationOf, rulesOf, sealForGood } from './facts';

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
  await writeConsent(ledger, consent, [relationKey(relationRef)]);
  ledger.emit({ name: 'RelationRegistered', ids: { relationRef } });
  return { relation, consent };
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
  if (consent !== standing) await writeConsent(ledger, consent, []);
  if (!isMarked) await writeMarker(ledger, { relationRef, number: closing.free, version });
  if (consent !== standing || !isMarked) ledger.emit({ name: 'ConsentRecorded', ids: { relationRef, version } });
  return consent;
}

/** Writes a closing's marker with it, or beside one that others recorded without, and seals it as the versions are. */
async function writeMarker(ledger: Ledger, marker: Closing): Promise<void> {
  const key = closingKey(marker.relationRef, marker.number);
  await ledger.write(key, marker);
  await sealForGood(ledger, await rulesOf(ledger), [key]);
}

/** Writes a version and seals it, and what is immutable with it, by a policy of all members: no two can take it back. */
async function writeConsent(ledger: Ledger, consent: ConsentEntry, more: readonly string[]): Promise<void> {
  const key = consentKey(consent.relationRef, consent.version);
  await ledger.write(key, consent);
  await sealForGood(ledger, await rulesOf(ledger), [key, ...more]);
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
