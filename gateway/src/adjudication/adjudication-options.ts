import type { MspId } from '@medaccord/chaincode/model';
import type { AccessOptions } from '../access/request-access';
import type { AgentAct } from '../audit';
import type { CoverageName } from '../claim-papers/coverage-name';
import type { SealingKey, SealingPublicKey } from '../crypto';
import type { LedgerIdentity } from '../ledger/ledger';
import type { Transactions } from '../ledger/transactions';
import type { Mailer } from '../sealed/mailer';
import type { SealedReader } from '../sealed/sealed-reader';
import type { Facts, Projector, Store } from '../store';

/** What an insurer decides claims with. */
export interface AdjudicationOptions extends AccessOptions {
  readonly mspId: MspId;
  readonly store: Store;
  readonly facts: Facts;
  readonly transactions: Transactions;
  readonly sealed: SealedReader;
  readonly mailer: Mailer;
  readonly projector: Projector;
  /** The organisation's own key, and the half of it that its documents are sealed to. */
  readonly key: SealingKey;
  readonly publicKey: SealingPublicKey;
  /** The identity by which evidence is asked for where no person does. */
  readonly clerk: () => Promise<LedgerIdentity>;
  /** Runs one task of a coverage, and of all that are of the same person, after another, whichever gateway of the organisation has it. */
  readonly alone: <T>(coverage: CoverageName, task: () => Promise<T>) => Promise<T>;
  /** Writes to the audit log whose records the agent is about to read; what cannot be written down is not read. */
  readonly writeDown: (act: AgentAct) => Promise<void>;
  readonly onTrouble: (error: unknown) => void;
}

/** How the names of the operations begin by which a coverage is adjudicated. */
export const operationsOf = (coverageId: string): string => `adjudicate/${coverageId}/`;
