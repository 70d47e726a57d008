import {
  consentEndKey,
  consentNoticeKey,
  parseConsentEnd,
  type ConsentEnd,
  type ConsentNotice,
  type TransactionRequest,
  type TransactionResponse,
} from '../model';
import { endAssistedConsent, recordNotice } from '../assisted';
import type { Ledger } from '../ledger';
import { assertStanding } from '../organisation';
import { assistanceOf, noticeOf, witnessedConsentOf } from './assisted-facts';
import { newestConsentOf, organisationOf, participantOf, relationOf, rulesOf, sealForGood } from './facts';

/** The custodian says that the patient was told; it takes part, and attests to the entry. */
export async function recordNoticeDesk(ledger: Ledger, request: TransactionRequest<'RecordNotice'>): Promise<ConsentNotice> {
  const { relationRef, version } = request;
  const relation = await relationOf(ledger, relationRef);
  const rules = await rulesOf(ledger);
  const header = await newestConsentOf(ledger, relation, version);
  const facts = {
    relation,
    consent: header && (await witnessedConsentOf(ledger, relation, version)),
    standing: await noticeOf(ledger, relation, version),
    rules,
  };
  const notice = recordNotice(request, facts, participantOf(ledger.caller), ledger.now);
  if (notice === facts.standing) return notice;
  const key = consentNoticeKey(relationRef, version);
  await ledger.write(key, notice);
  await ledger.attest(relation.custodian, key, notice);
  await sealForGood(ledger, rules, [key]);
  ledger.emit({ name: 'ConsentNoticeRecorded', ids: { relationRef, version } });
  return notice;
}

/**
 * A registrar of any member in good standing, present by its own endorsement, ends an assisted consent on the patient's word. Sealed by a
 * policy of all: nobody takes it back.
 */
export async function endAssistedConsentDesk(ledger: Ledger, request: TransactionRequest<'EndAssistedConsent'>): Promise<ConsentEnd> {
  const { relationRef, version, endId } = request;
  const { mspId } = ledger.caller;
  const relation = await relationOf(ledger, relationRef);
  const key = consentEndKey(relationRef, endId);
  const standing = await ledger.readOrJunk(key, parseConsentEnd);
  const end = endAssistedConsent(request, { relation, standing }, participantOf(ledger.caller), ledger.now);
  if (end === standing) return end;
  await newestConsentOf(ledger, relation, version);
  const rules = await rulesOf(ledger);
  assertStanding(await organisationOf(ledger, mspId), rules);
  await ledger.requirePresence(mspId);
  await ledger.write(key, end);
  await sealForGood(ledger, rules, [key]);
  ledger.emit({ name: 'AssistedConsentEnded', ids: { relationRef, version } });
  return end;
}

export async function getAssistanceDesk(
  ledger: Ledger,
  { relationRef, version }: TransactionRequest<'GetAssistance'>,
): Promise<TransactionResponse<'GetAssistance'>> {
  return { assistance: (await assistanceOf(ledger, await relationOf(ledger, relationRef), { version })) ?? null };
}
