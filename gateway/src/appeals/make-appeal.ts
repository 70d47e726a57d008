import {
  groundsPreimage,
  type Appeal,
  type AppealEntry,
  type AppealPaper,
  type MspId,
  type RelationEntry,
} from '@medaccord/chaincode/model';
import { commit } from '../crypto';
import { readCode } from '../problem';
import type { AppealedClaim, AppealOptions } from './appeal-options';
import { digestsOf, saltOf, sealPaper } from './appeal-paper';
import { submitAppeal, type MadeAppeal } from './submit-appeal';

export interface AppealWish extends AppealedClaim {
  /** The adjudication that it is against. */
  readonly n: number;
  /** The authority that is to decide; null: the insurer. */
  readonly authority: MspId | null;
  readonly grounds: string;
}

/** Others may take a number at the same time. */
const mostTries = 4;

/**
 * The hospital appeals against an adjudication of its claim. Repeating the same operation is the same appeal.
 * @throws CodedError ORGANISATION_NOT_FOUND; CLAIM_NOT_FOUND, APPEAL_NOT_OPEN and others of the ledger
 */
export async function makeAppeal(
  options: AppealOptions,
  relation: RelationEntry,
  wish: AppealWish,
  operation: string,
): Promise<MadeAppeal> {
  const { relationRef, claimId } = wish;
  const salt = saltOf(options.store.key, operation);
  for (let tries = 1, taken = 0; ; tries += 1) {
    const { appeals } = await options.transactions.evaluate('GetAppeals', { relationRef, claimId });
    const standing = await findSame(appeals, { relationRef, claimId, text: wish.grounds, salt });
    if (standing !== undefined) return { appeal: standing, deliveries: [] };
    const number = Math.max(taken, ...appeals.map(({ appeal }) => appeal.number)) + 1;
    try {
      return await submit(options, relation, wish, { relationRef, claimId, number, text: wish.grounds, salt });
    } catch (error) {
      if (readCode(error) !== 'APPEAL_NUMBER_TAKEN' || tries === mostTries) throw error;
      taken = number;
    }
  }
}

async function submit(
  options: AppealOptions,
  { custodian, counterparty }: RelationEntry,
  { relationRef, claimId, n, authority }: AppealWish,
  paper: AppealPaper,
): Promise<MadeAppeal> {
  const to = [custodian, counterparty, ...(authority === null ? [] : [authority])];
  const parcels = await sealPaper(options.store.facts, 'appeal', paper, to);
  const request = {
    ...{
      relationRef,
      claimId,
      number: paper.number,
      n,
      level: authority === null ? ('insurer' as const) : ('authority' as const),
      authority,
    },
    grounds: await commit(groundsPreimage(paper)),
    sealed: digestsOf(parcels),
    statement: null,
  };
  return submitAppeal(options, request, parcels);
}

/** The appeal that an earlier try of the same operation made. */
async function findSame(appeals: readonly Appeal[], paper: Omit<AppealPaper, 'number'>): Promise<AppealEntry | undefined> {
  for (const { appeal } of appeals) {
    const grounds = await commit(groundsPreimage({ ...paper, number: appeal.number }));
    if (appeal.grounds === grounds) return appeal;
  }
  return undefined;
}
