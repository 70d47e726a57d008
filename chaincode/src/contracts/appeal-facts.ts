import {
  appealDecisionKey,
  appealKey,
  isAppealSigned,
  parseAppealDecision,
  parseAppealEntry,
  type Appeal,
  type AppealDecision,
  type AppealEntry,
  type ClaimId,
  type RelationEntry,
} from '../model';
import type { Ledger } from '../ledger';
import type { Attested } from '../proof';
import { statementVerifier } from '../signature';
import { attestedOf, entryOf } from './attested';

/** Whose appeals are looked at. */
export interface AppealsOf {
  readonly relation: RelationEntry;
  readonly claimId: ClaimId;
}

/** An appeal that its party made: signed by the patient, or attested by the hospital. */
export async function appealOf(ledger: Ledger, { relation, claimId }: AppealsOf, number: number): Promise<Attested<AppealEntry>> {
  const { relationRef, custodian } = relation;
  const key = appealKey(relationRef, claimId, number);
  const entry = await ledger.readOrJunk(key, parseAppealEntry);
  if (entry === undefined || entry === 'junk') return entry;
  const isItself = entry.relationRef === relationRef && entry.claimId === claimId && entry.number === number;
  const isMade =
    entry.party === 'patient' ? isAppealSigned(entry, relation, statementVerifier) : await ledger.isAttested(custodian, key, entry);
  return isItself && isMade ? entry : 'junk';
}

/** The decision of an appeal, attested by whoever decides at its level; what others wrote there counts for nothing. */
export async function findAppealDecision(
  ledger: Ledger,
  relation: RelationEntry,
  appeal: AppealEntry,
): Promise<AppealDecision | undefined> {
  const { relationRef, claimId, number } = appeal;
  const author = appeal.authority ?? relation.counterparty;
  const key = appealDecisionKey(relationRef, claimId, number);
  const entry = entryOf(await attestedOf(ledger, key, { parse: parseAppealDecision, authorOf: () => author }));
  return entry?.relationRef === relationRef && entry.claimId === claimId && entry.number === number ? entry : undefined;
}

/** All appeals of a claim that count, up to the first number at which nothing stands; `next` is that number. */
export async function appealsOf(ledger: Ledger, of: AppealsOf): Promise<{ readonly appeals: readonly Appeal[]; readonly next: number }> {
  const appeals: Appeal[] = [];
  for (let next = 1; ; next += 1) {
    const standing = await appealOf(ledger, of, next);
    if (standing === undefined) return { appeals, next };
    if (standing === 'junk') continue;
    appeals.push({ appeal: standing, decision: (await findAppealDecision(ledger, of.relation, standing)) ?? null });
  }
}
