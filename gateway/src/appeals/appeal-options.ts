import type { ClaimId, MspId, RelationRef } from '@medaccord/chaincode/model';
import type { Transactions } from '../ledger/transactions';
import type { Mailer } from '../sealed/mailer';
import type { SealedReader } from '../sealed/sealed-reader';
import type { Projector, Store } from '../store';

/** What appeals are made, decided and read with. */
export interface AppealOptions {
  readonly mspId: MspId;
  readonly store: Pick<Store, 'facts' | 'key'>;
  readonly transactions: Transactions;
  readonly sealed: SealedReader;
  readonly mailer: Mailer;
  readonly projector: Pick<Projector, 'waitForBlock'>;
}

/** The claim that is appealed about. */
export interface AppealedClaim {
  readonly relationRef: RelationRef;
  readonly claimId: ClaimId;
}
