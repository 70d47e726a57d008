import { formatInstant, type RelationEntry, type ReviewOutcome } from '@medaccord/chaincode/model';
import type { LedgerIdentity } from '../ledger/ledger';
import type { Transactions } from '../ledger/transactions';
import { newError } from '../problem';
import type { Projector, RequestName } from '../store';
import { describe, type Declaration } from './list-declarations';
import { findDeclared, openStated, type DeclarationOptions } from './read-declaration';

export interface ReviewOptions extends DeclarationOptions {
  readonly transactions: Transactions;
  readonly projector: Pick<Projector, 'waitForBlock'>;
}

export interface Opinion {
  readonly outcome: ReviewOutcome;
  /** What was declared, as its custodian or the declaring organisation handed it over; the custodian's reviewer needs none. */
  readonly declaration: string | undefined;
  /** The reviewer's own ledger identity. */
  readonly identity: LedgerIdentity;
}

/**
 * Puts a person's review of a declared emergency on the ledger; only one who could read what was declared gives it. The custodian's own
 * reviewer can also where nothing was stated, for else such a declaration would block its unit for good.
 * @throws CodedError RESOURCE_NOT_FOUND, REQUEST_INVALID and what the ledger refuses
 */
export async function reviewDeclaration(options: ReviewOptions, name: RequestName, opinion: Opinion): Promise<Declaration> {
  const { facts, transactions, projector } = options;
  await assertInformed(options, name, opinion);
  const { relationRef, requester, requestId } = name;
  const { outcome, identity } = opinion;
  const { block } = await transactions.submit(
    'ReviewBreakGlass',
    { relationRef, requester, requestId, outcome },
    { operation: `review/${relationRef}/${requester}/${requestId}/${outcome}`, identity, mayLag: true },
  );
  await projector.waitForBlock(block);
  return describe(findDeclared(facts, name), formatInstant(Date.now()));
}

async function assertInformed({ mspId, facts }: ReviewOptions, name: RequestName, { declaration }: Opinion): Promise<void> {
  const { request } = findDeclared(facts, name);
  const isCustodian = facts.find<RelationEntry>('relation', name.relationRef)?.value.custodian === mspId;
  // Its own declaration no organisation reviews: the ledger says so.
  if (declaration === undefined && (isCustodian || mspId === name.requester)) return;
  if (declaration !== undefined && (await openStated(declaration, request.ask)) !== undefined) return;
  const problem = declaration === undefined ? 'is needed from a reviewer who cannot open it' : 'is not what was declared';
  throw newError('REQUEST_INVALID', `body.declaration: ${problem}; the custodian or the declaring organisation hands it over`, {
    details: { problems: [{ place: 'body.declaration', problem }] },
  });
}
