import type { MspId } from '@medaccord/chaincode/model';
import type { Transactions } from '../ledger/transactions';
import type { SealedReader } from '../sealed/sealed-reader';
import type { Store } from '../store';

/** What coverages and claims are read with. */
export interface LedgerOptions {
  readonly mspId: MspId;
  readonly store: Store;
  readonly sealed: SealedReader;
  readonly transactions: Pick<Transactions, 'evaluate'>;
}
