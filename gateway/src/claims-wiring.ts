import type { MspId } from '@medaccord/chaincode/model';
import type { Caller } from './auth';
import type { Route } from './http/route';
import { newCoverageRoutes } from './http/routes/coverages';
import { newPlanRoutes } from './http/routes/plans';
import type { LedgerBlock, LedgerIdentity } from './ledger/ledger';
import type { Transactions } from './ledger/transactions';
import type { OrganisationKeys } from './organisation/organisation-keys';
import type { RecordReader } from './record/record-reader';
import type { Mailer } from './sealed/mailer';
import type { SealedReader } from './sealed/sealed-reader';
import type { ClinicalIndex, Facts, Projector, Store } from './store';

export interface ClaimsOptions {
  readonly mspId: MspId;
  readonly store: Store;
  readonly facts: Facts;
  readonly index: ClinicalIndex;
  readonly transactions: Transactions;
  readonly sealed: SealedReader;
  readonly records: RecordReader;
  readonly mailer: Mailer;
  readonly projector: Projector;
  readonly keys: OrganisationKeys;
  readonly identityOf: (caller: Caller) => Promise<LedgerIdentity>;
  readonly onTrouble: (error: unknown) => void;
}

/** All of claims, for the hospital and for the insurer: routes, and agents that work while this gateway leads. */
export interface Claims {
  readonly routes: readonly Route[];
  onBlock(block: LedgerBlock): void;
  start(): void;
  pause(): void;
  stop(): Promise<void>;
}

/** Puts the rooms of claims together, as newApp does the others. */
export function newClaims(options: ClaimsOptions): Claims {
  return {
    routes: [...newPlanRoutes(options), ...newCoverageRoutes(options)],
    onBlock: () => undefined,
    start: () => undefined,
    pause: () => undefined,
    stop: () => Promise.resolve(),
  };
}
