import type { MspId, RelationEntry, RelationRef } from '@medaccord/chaincode/model';
import type { Transactions } from '../ledger/transactions';
import { newError } from '../problem';
import type { Mailer } from '../sealed/mailer';
import type { SealedReader } from '../sealed/sealed-reader';
import type { Projector, Store } from '../store';

/** What plans are published and coverages recorded with. */
export interface CoverageOptions {
  readonly mspId: MspId;
  readonly store: Store;
  readonly transactions: Transactions;
  readonly sealed: SealedReader;
  readonly mailer: Mailer;
  readonly projector: Pick<Projector, 'waitForBlock'>;
}

/** An entry with the transaction that wrote it. */
export type Recorded<T> = T & { readonly transactionId: string; readonly block: number };

/** A relation whose counterparty this organisation is. @throws CodedError RELATION_UNKNOWN, NOT_THE_INSURER */
export function findCover({ mspId, store }: Pick<CoverageOptions, 'mspId' | 'store'>, relationRef: RelationRef): RelationEntry {
  const relation = store.facts.find<RelationEntry>('relation', relationRef)?.value;
  if (relation === undefined) throw newError('RELATION_UNKNOWN', 'No such relation is on the ledger; the patient checks in first');
  if (relation.counterparty !== mspId || !relation.kinds.includes('cover'))
    throw newError('NOT_THE_INSURER', 'This organisation covers nobody in this relation');
  return relation;
}
