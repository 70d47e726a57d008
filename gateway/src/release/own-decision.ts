import { formatCanonical, type Decision } from '@medaccord/chaincode/model';
import type { IntentStore } from '../ledger/intent';
import type { Fact } from '../store';

/** Names of the operations by which a request is answered. */
export const decideOperation = (relationRef: string, requestId: string): string => `decide/${relationRef}/${requestId}`;
export const refuseOperation = (relationRef: string, requestId: string): string => `refuse/${relationRef}/${requestId}`;

/**
 * Whether this gateway itself made a decision that stands on the ledger: its own stored intent is of the transaction that wrote it and has
 * the very same result. Other members could have written any other together.
 */
export async function isOwnDecision(intents: Pick<IntentStore, 'find'>, { value, transactionId }: Fact<Decision>): Promise<boolean> {
  const { relationRef, requestId, outcome } = value;
  const operation = outcome === 'released' ? decideOperation : refuseOperation;
  const intent = await intents.find(operation(relationRef, requestId));
  return intent?.transactionId === transactionId && formatCanonical(JSON.parse(intent.result)) === formatCanonical(value);
}
