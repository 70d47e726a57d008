import {
  newError,
  parseRules,
  rulesApprovalKey,
  rulesKey,
  type MspId,
  type Rules,
  type RulesDocument,
  type TransactionRequest,
  type TransactionResponse,
} from '../model';
import { atLeast, type Ledger } from '../ledger';
import { assertFounding, assertHasVote, assertNext, assertSame, digestOfRules, majorityOf, votersOf } from '../rules';
import { rulesOf } from './facts';

/**
 * Notes that the caller's member approves exactly this next version; its own endorsement is enough. A later approval takes the
 * place of this one.
 */
export async function approveRulesDesk(
  ledger: Ledger,
  document: TransactionRequest<'ApproveRules'>,
): Promise<TransactionResponse<'ApproveRules'>> {
  const { mspId } = ledger.caller;
  assertNext(document, await rulesOf(ledger), mspId);
  const { version } = document;
  const change = digestOfRules(document);
  await ledger.note(rulesApprovalKey(), change);
  ledger.emit({ name: 'RulesApproved', ids: { version, mspId } });
  return { version, change };
}

/**
 * Puts a version in force: the first by any member's admin, each later one when a majority of the members in force have approved it. Reads
 * the approvals of the members that are named and of no other, so that nobody else can make it outdated.
 */
export async function adoptRulesDesk(ledger: Ledger, request: TransactionRequest<'AdoptRules'>): Promise<Rules> {
  const { approvedBy = [], ...document } = request;
  const current = await ledger.read(rulesKey(), parseRules);
  const standing = current && (await findVersion(ledger, current, document.version));
  if (current !== undefined && standing !== undefined) {
    assertSame(document, standing, current);
    return standing;
  }
  if (current === undefined) assertFounding(document, ledger.caller.mspId);
  else await assertApproved(ledger, document, current, approvedBy);
  const rules: Rules = { ...document, adoptedAt: ledger.now };
  await ledger.write(rulesKey(), rules);
  await ledger.protect(rulesKey(), atLeast(majorityOf(rules), votersOf(rules)));
  ledger.emit({ name: 'RulesAdopted', ids: { version: rules.version } });
  return rules;
}

async function assertApproved(ledger: Ledger, document: RulesDocument, current: Rules, approvedBy: readonly MspId[]): Promise<void> {
  assertNext(document, current, ledger.caller.mspId);
  for (const mspId of approvedBy) assertHasVote(current, mspId);
  const approvals = (await readApprovals(ledger, document, approvedBy)).filter(({ approved }) => approved).length;
  const needed = majorityOf(current);
  if (approvals < needed) throw newError('RULES_NOT_APPROVED', { version: document.version, approvals, needed });
}

async function readApprovals(
  ledger: Ledger,
  document: RulesDocument,
  members: readonly MspId[],
): Promise<TransactionResponse<'GetRulesApprovals'>['approvals']> {
  const change = digestOfRules(document);
  const approvals: { mspId: MspId; approved: boolean }[] = [];
  for (const mspId of members) approvals.push({ mspId, approved: await ledger.isNoted(mspId, rulesApprovalKey(), change) });
  return approvals;
}

/** A version that is or was in force; undefined for one that is still to come. */
async function findVersion(ledger: Ledger, current: Rules, version: number): Promise<Rules | undefined> {
  if (version >= current.version) return version === current.version ? current : undefined;
  return (await ledger.trace(rulesKey(), parseRules)).find((rules) => rules.version === version);
}

export async function getRulesDesk(ledger: Ledger, { version }: TransactionRequest<'GetRules'>): Promise<Rules> {
  const current = await rulesOf(ledger);
  const rules = version === undefined ? current : await findVersion(ledger, current, version);
  if (rules === undefined) throw newError('RULES_NOT_FOUND', { version: version ?? 1 });
  return rules;
}

/** Which members have approved exactly this document as the next version. */
export async function getRulesApprovalsDesk(
  ledger: Ledger,
  document: TransactionRequest<'GetRulesApprovals'>,
): Promise<TransactionResponse<'GetRulesApprovals'>> {
  const current = await rulesOf(ledger);
  const approvals = await readApprovals(ledger, document, votersOf(current));
  return { version: document.version, change: digestOfRules(document), needed: majorityOf(current), approvals };
}
