import type { Appeal, AppealDecision, AppealEntry, ClaimId, RelationEntry, RelationRef } from '@medaccord/chaincode/model';
import { newError } from '../problem';
import type { WaitingAppeal } from '../store';
import type { AppealedClaim, AppealOptions } from './appeal-options';
import { openWords } from './appeal-paper';
import { deciderOf } from './decide-appeal';

/** An appeal as a party to it reads it. */
export interface ShownAppeal extends Omit<AppealEntry, 'jws' | 'grounds' | 'sealed'> {
  /** In words; null for whom they are not sealed to, and as long as they have not arrived. */
  readonly grounds: string | null;
  readonly decision: ShownDecision | null;
}

type ShownDecision = Pick<AppealDecision, 'outcome' | 'by' | 'at' | 'adjudicateBy'> & { readonly opinion: string | null };

/** The appeals of a claim, for hospital, insurer and the authorities that one of them goes to. @throws CodedError RELATION_UNKNOWN */
export async function listAppeals(options: AppealOptions, { relationRef, claimId }: AppealedClaim): Promise<readonly ShownAppeal[]> {
  const { mspId, store, transactions } = options;
  const relation = store.facts.find<RelationEntry>('relation', relationRef)?.value;
  const { appeals } = relation === undefined ? { appeals: [] } : await transactions.evaluate('GetAppeals', { relationRef, claimId });
  const isParty = relation?.custodian === mspId || relation?.counterparty === mspId;
  if (!isParty && !appeals.some(({ appeal }) => appeal.authority === mspId))
    throw newError('RELATION_UNKNOWN', 'No such relation is known here');
  return Promise.all(appeals.map((one) => show(options, one)));
}

async function show(options: AppealOptions, { appeal, decision }: Appeal): Promise<ShownAppeal> {
  const { jws: _, grounds, sealed, ...shown } = appeal;
  const isSealedHere = options.mspId in sealed;
  const open = (kind: 'appeal' | 'appeal-opinion', commitment: typeof grounds): Promise<string | null> =>
    isSealedHere ? openWords(options, kind, appeal, commitment) : Promise.resolve(null);
  return {
    ...shown,
    grounds: await open('appeal', grounds),
    decision: decision && {
      ...{ outcome: decision.outcome, by: decision.by, at: decision.at, adjudicateBy: decision.adjudicateBy },
      opinion: await open('appeal-opinion', decision.opinion),
    },
  };
}

export interface DueAppeal extends Pick<AppealEntry, 'relationRef' | 'claimId' | 'number' | 'n' | 'level' | 'party' | 'at' | 'decideBy'> {
  readonly hospital: string;
  readonly insurer: string;
}

/** The appeals that wait for this member, those whose time is over first; what does not count by its own peer is left out. */
export async function listDue(
  options: AppealOptions,
  after: WaitingAppeal | undefined,
  most: number,
): Promise<{ readonly appeals: readonly DueAppeal[]; readonly next: WaitingAppeal | undefined }> {
  const rows = options.store.facts.appeals.list(after, most);
  const found = await Promise.all(rows.map((row) => findDue(options, row)));
  return { appeals: found.flat(), next: rows.length < most ? undefined : rows.at(-1) };
}

async function findDue({ mspId, store, transactions }: AppealOptions, row: WaitingAppeal): Promise<readonly DueAppeal[]> {
  const name = { relationRef: row.relationRef as RelationRef, claimId: row.claimId as ClaimId };
  const relation = store.facts.find<RelationEntry>('relation', row.relationRef)?.value;
  if (relation === undefined) return [];
  const { appeals } = await transactions.evaluate('GetAppeals', name);
  const due = appeals.filter(({ appeal, decision }) => appeal.number === row.number && decision === null);
  return due.flatMap(({ appeal }) => {
    if (deciderOf(relation, appeal) !== mspId) return [];
    const { number, n, level, party, at, decideBy } = appeal;
    return [{ ...name, number, n, level, party, at, decideBy, hospital: relation.custodian, insurer: relation.counterparty }];
  });
}
