import type { MspId } from '@medaccord/chaincode/model';
import type { SealingPublicKey, SigningKey } from '../crypto';
import type { Transactions } from '../ledger/transactions';
import type { SealedReader } from '../sealed/sealed-reader';
import type { Facts, Projector, Store } from '../store';

/** What statements are proposed, checked, signed and paid with. */
export interface SettlementOptions {
  readonly mspId: MspId;
  readonly store: Store;
  readonly facts: Facts;
  readonly transactions: Transactions;
  readonly sealed: SealedReader;
  readonly projector: Pick<Projector, 'waitForBlock'>;
  readonly signing: SigningKey;
  /** To which the organisation seals its own copies. */
  readonly key: SealingPublicKey;
  /** Runs one task of a hospital and an insurer after another, whichever gateway of the organisation has it. */
  readonly alone: <T>(name: string, task: () => Promise<T>) => Promise<T>;
}

/** The two whom a statement is between. */
export interface Parties {
  readonly hospital: MspId;
  readonly insurer: MspId;
}

/** A statement, by its number. */
export interface SettlementName extends Parties {
  readonly number: number;
}

/** By currency, in minor units. */
export type Amounts = Readonly<Record<string, number>>;
