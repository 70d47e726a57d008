import {
  appealDecisionKey,
  appealKey,
  newError,
  parseSigned,
  type AppealDecision,
  type AppealEntry,
  type TransactionRequest,
  type TransactionResponse,
} from '../model';
import { appealClaim, decideAppeal } from '../appeal';
import type { Ledger } from '../ledger';
import { appealOf, appealsOf, findAppealDecision } from './appeal-facts';
import { entryOf } from './attested';
import { participantOf, relationOf, rulesOf, sealForGood } from './facts';
import { standingClaimOf } from './standing-claim';

/** Written by any two members for the patient, by the hospital and any other for itself: no insurer keeps an appeal out. */
export async function appealClaimDesk(ledger: Ledger, request: TransactionRequest<'AppealClaim'>): Promise<AppealEntry> {
  const { relationRef, claimId, number } = request;
  const signed = request.statement === null ? undefined : parseSigned('appeal', request.statement, 'request.statement');
  const relation = await relationOf(ledger, relationRef);
  const { adjudication, replacement } = await standingClaimOf(ledger, relation, claimId);
  const of = { relation, claimId };
  const { appeals, next } = await appealsOf(ledger, of);
  const standing = await appealOf(ledger, of, number);
  const rules = await rulesOf(ledger);
  const found = { relation, rules, adjudication, replacedBy: replacement.replacedBy };
  const facts = { ...found, appeals, standing, isContinued: number <= next };
  const entry = appealClaim(request, signed, facts, { by: participantOf(ledger.caller), at: ledger.now });
  if (entry === standing) return entry;
  const key = appealKey(relationRef, claimId, number);
  await ledger.write(key, entry);
  if (entry.party === 'hospital') await ledger.attest(relation.custodian, key, entry);
  await sealForGood(ledger, rules, [key]);
  ledger.emit({ name: 'ClaimAppealed', ids: { relationRef, claimId, number } });
  return entry;
}

export async function decideAppealDesk(ledger: Ledger, request: TransactionRequest<'DecideAppeal'>): Promise<AppealDecision> {
  const { relationRef, claimId, number } = request;
  const relation = await relationOf(ledger, relationRef);
  const { adjudication } = await standingClaimOf(ledger, relation, claimId);
  const of = { relation, claimId };
  const appeal = entryOf(await appealOf(ledger, of, number));
  if (appeal === undefined) throw newError('APPEAL_NOT_FOUND', { relationRef, claimId, n: number });
  const standing = await findAppealDecision(ledger, relation, appeal);
  const { appeals } = await appealsOf(ledger, of);
  const rules = await rulesOf(ledger);
  const by = participantOf(ledger.caller);
  const decision = decideAppeal(request, { relation, rules, adjudication, appeal, appeals, standing }, { by, at: ledger.now });
  if (decision === standing) return decision;
  const key = appealDecisionKey(relationRef, claimId, number);
  await ledger.write(key, decision);
  await ledger.attest(by.mspId, key, decision);
  await sealForGood(ledger, rules, [key]);
  ledger.emit({ name: 'AppealDecided', ids: { relationRef, claimId, number } });
  return decision;
}

/** Those that count, in their order. */
export async function getAppealsDesk(
  ledger: Ledger,
  { relationRef, claimId }: TransactionRequest<'GetAppeals'>,
): Promise<TransactionResponse<'GetAppeals'>> {
  const relation = await relationOf(ledger, relationRef);
  const { appeals } = await appealsOf(ledger, { relation, claimId });
  return { appeals };
}
