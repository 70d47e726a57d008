import type { MspId } from '@medaccord/chaincode/model';
import { AdjudicationAgent } from './adjudication/agent';
import type { AdjudicationOptions } from './adjudication/adjudication-options';
import type { Caller } from './auth';
import type { Route } from './http/route';
import { newCoverageRoutes } from './http/routes/coverages';
import { newPlanRoutes } from './http/routes/plans';
import { newQueues } from './ledger/lanes';
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
  /** The identity by which evidence is asked for where no person does. */
  readonly clerk: () => Promise<LedgerIdentity>;
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
  const { keys, store } = options;
  const queues = newQueues();
  const adjudication: AdjudicationOptions = {
    ...options,
    key: keys.sealing,
    publicKey: keys.publicSealing,
    alone: ({ relationRef, coverageId }, task) => {
      const name = `adjudicate/${relationRef}/${coverageId}`;
      return queues(name, () => store.leases.alone(name, task));
    },
  };
  const agent = new AdjudicationAgent(adjudication);
  return {
    routes: [...newPlanRoutes(options), ...newCoverageRoutes(options)],
    onBlock: (block) => {
      agent.onBlock(block);
    },
    start: () => {
      agent.start();
    },
    pause: () => {
      agent.pause();
    },
    stop: () => agent.stop(),
  };
}
