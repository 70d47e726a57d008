import { join, resolve } from 'node:path';
import { callControl } from '../control/call-control';
import type { TransactionDescription } from '../explain/describe-transaction';
import { formatDescription } from '../explain/explain-transaction';
import { ExplanationStore } from '../explain/explanation-store';
import { findTransaction } from '../host/find-transaction';
import { runningDevnet, withLedger } from './open-folder';

/** Prints a transaction of a devnet, running or not. */
export async function printExplanation(txId: string, folder: string): Promise<void> {
  const running = runningDevnet(folder);
  const found =
    running === undefined ? readOffline(txId, folder) : ((await callControl(running, 'explain', { txId })) as TransactionDescription);
  console.log(formatDescription(found));
}

function readOffline(txId: string, folder: string): TransactionDescription {
  return withLedger(folder, (ledger) => {
    const explanations = new ExplanationStore(join(resolve(folder), 'explanations.sqlite'));
    try {
      return findTransaction(ledger, explanations, txId);
    } finally {
      explanations.close();
    }
  });
}
