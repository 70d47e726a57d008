import {
  consentKey,
  parseConsentEntry,
  parseRelationEntry,
  parseSigned,
  RequestInvalid,
  relationKey,
  type ConsentEntry,
  type RelationEntry,
  type TransactionRequest,
  type TransactionResponse,
} from '../model';
import { assertFirstConsent, recordConsent, type StoredConsent } from '../consent';
import type { Ledger } from '../ledger';
import { registerRelation } from '../relation';
import { delegationsFor } from './delegation-facts';
import { isClosedBefore, organisationOf, relationOf, rulesOf, sealForGood } from './facts';

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
  const standing: StoredConsent = await ledger.readOrJunk(consentKey(relationRef, version), parseConsentEntry);
  const isContinued = version > 1 && (await ledger.readOrJunk(consentKey(relationRef, version - 1), parseConsentEntry)) !== undefined;
  const isClosed = standing === undefined && (await isClosedBefore(ledger, relation, version));
  const delegations = await delegationsFor(ledger, relation, signed.payload);
  const consent = recordConsent(signed, { relation, isContinued, isClosed, standing, delegations }, ledger.now);
  if (consent === standing) return consent;
  await writeConsent(ledger, consent, []);
  ledger.emit({ name: 'ConsentRecorded', ids: { relationRef, version } });
  return consent;
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
