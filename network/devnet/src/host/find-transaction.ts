import { DevnetError } from '../devnet-error';
import { describeTransaction, type TransactionDescription } from '../explain/describe-transaction';
import type { ExplanationStore } from '../explain/explanation-store';
import type { Ledger } from '../store/ledger';

/** A transaction of the ledger for people, with what was said about it. @throws DevnetError DEVNET_UNKNOWN_TRANSACTION */
export function findTransaction(ledger: Ledger, explanations: ExplanationStore, txId: string): TransactionDescription {
  const place = ledger.transaction(txId);
  const block = place && ledger.block(place.block);
  if (place !== undefined && block !== undefined) return describeTransaction(block, place, explanations.find(place.block, place.index));
  throw new DevnetError(
    'DEVNET_UNKNOWN_TRANSACTION',
    `no transaction ${txId} is in the ledger; it may wait for a block, or was never submitted`,
    { txId },
  );
}
