import type { MspId } from '@medaccord/chaincode/model';
import type { Transactions } from '../ledger/transactions';
import type { Projector, Store } from '../store';

/** What referrals and studies are recorded with. */
export interface ProofOptions {
  readonly mspId: MspId;
  readonly store: Store;
  readonly transactions: Transactions;
  readonly projector: Pick<Projector, 'waitForBlock'>;
}

/** An entry with the transaction that wrote it. */
export type Recorded<T> = T & { readonly transactionId: string; readonly block: number };
