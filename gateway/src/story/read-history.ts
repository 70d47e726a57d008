import type { MspId } from '@medaccord/chaincode/model';
import { newRelationToken } from '../wallet';
import type { Answers, HistoryEntry } from './answers';
import type { Plot, Stage } from './step';

/** What the patient's wallet is told of her relation by the custodian's gateway. */
export async function readHistory({ cast, clientOf }: Stage, { wallet, relationRef }: Plot): Promise<readonly HistoryEntry[]> {
  const token = await newRelationToken(wallet, relationRef, cast.custodian.mspId as MspId);
  const { entries } = await clientOf(cast.custodian).get<Answers['history']>(`/api/relations/${relationRef}/history`, { token });
  return entries;
}
