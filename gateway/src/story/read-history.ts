import { setTimeout as pause } from 'node:timers/promises';
import type { MspId } from '@medaccord/chaincode/model';
import { newRelationToken } from '../wallet';
import type { Answers, HistoryEntry } from './answers';
import type { MadeRequest, Plot, Stage } from './step';

const PATIENCE_MS = 10_000;

/**
 * What the patient's wallet is told of her relation by the custodian's gateway, with the ends of all requests that were made, and whatever else
 * is waited for: it may learn of a block later than its neighbour, who told them first. After 10 s it is what it is.
 */
export async function readHistory(
  { cast, clientOf }: Stage,
  { wallet, relationRef, requests }: Plot,
  isComplete: (entries: readonly HistoryEntry[]) => boolean = () => true,
): Promise<readonly HistoryEntry[]> {
  const token = await newRelationToken(wallet, relationRef, cast.custodian.mspId as MspId);
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    const { entries } = await clientOf(cast.custodian).get<Answers['history']>(`/api/relations/${relationRef}/history`, { token });
    const isAllTold = requests.every((made) => isTold(made, entries)) && isComplete(entries);
    if (isAllTold || Date.now() > until) return entries;
    await pause(100);
  }
}

function isTold({ requestId, outcome }: MadeRequest, entries: readonly HistoryEntry[]): boolean {
  const kinds = entries.filter((entry) => 'requestId' in entry && entry.requestId === requestId).map(({ kind }) => kind);
  return kinds.includes('decision') && (outcome !== 'released' || kinds.includes('delivery'));
}
