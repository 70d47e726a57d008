import type { MspId } from '@medaccord/chaincode/model';
import type { SealingPublicKey } from '../crypto';
import type { Transactions } from '../ledger/transactions';
import type { RecordReader } from '../record/record-reader';
import type { Mailer } from '../sealed/mailer';
import type { SealedReader } from '../sealed/sealed-reader';
import type { Projector, Store } from '../store';

/** What a hospital bills with. */
export interface BillingOptions {
  readonly mspId: MspId;
  readonly store: Store;
  readonly transactions: Transactions;
  readonly records: RecordReader;
  readonly sealed: SealedReader;
  readonly mailer: Mailer;
  readonly projector: Pick<Projector, 'waitFor' | 'waitForBlock'>;
  /** To which the organisation seals its own copies. */
  readonly key: SealingPublicKey;
}
