import { join } from 'node:path';
import type { MspId } from '@medaccord/chaincode/model';
import type { Logger } from 'pino';
import { AdjudicationAgent } from './adjudication/agent';
import type { AdjudicationOptions } from './adjudication/adjudication-options';
import type { AgentAct } from './audit';
import type { Caller } from './auth';
import { AdjudicationChecks } from './billing/adjudication-checks';
import { ClaimFeed } from './billing/claim-feed';
import { newClaimSource } from './claim-export';
import { ClaimFollower } from './claim-index/claim-follower';
import { Exporter } from './fhir-export';
import type { StaffBook } from './http/identity-of';
import type { Route } from './http/route';
import { newAdjudicationRoutes } from './http/routes/adjudications';
import { newAppealRoutes } from './http/routes/appeals';
import { newClaimEventsRoute } from './http/routes/claim-events';
import { newClaimExportRoutes } from './http/routes/claim-exports';
import { newClaimStatisticsRoutes } from './http/routes/claim-statistics';
import { newClaimRoutes } from './http/routes/claims';
import { newCoverageRoutes } from './http/routes/coverages';
import { newFhirClaimsRoutes } from './http/routes/fhir-claims';
import { newSubscriptionRoutes } from './http/routes/fhir-subscriptions';
import { newPlanSimulationRoutes } from './http/routes/plan-simulations';
import { newPlanRoutes } from './http/routes/plans';
import { newSettlementRoutes } from './http/routes/settlements';
import { newQueues } from './ledger/lanes';
import type { LedgerBlock, LedgerIdentity } from './ledger/ledger';
import type { Transactions } from './ledger/transactions';
import type { Metrics } from './metrics';
import type { OrganisationKeys } from './organisation/organisation-keys';
import type { RecordReader } from './record/record-reader';
import { ReportDesk } from './reports/report-desk';
import type { Mailer } from './sealed/mailer';
import type { SealedReader } from './sealed/sealed-reader';
import type { ClinicalIndex, Facts, Projector, Store } from './store';
import { WebhookDeliverer, type WebhookConfig } from './webhooks';

export interface ClaimsOptions {
  readonly mspId: MspId;
  readonly version: string;
  /** The gateway's data folder. */
  readonly data: string;
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
  readonly staff: StaffBook;
  readonly heartbeatMs: number;
  readonly webhooks: WebhookConfig;
  readonly writeDown: (act: AgentAct) => Promise<void>;
  readonly onTrouble: (error: unknown) => void;
  readonly metrics: Pick<Metrics, 'countAlarm' | 'countWebhook'>;
  readonly log: Pick<Logger, 'error'>;
}

/** All of claims, for the hospital and for the insurer: routes, and agents that work while this gateway leads. */
export interface Claims {
  readonly routes: readonly Route[];
  /** Goes on with exports whether this gateway leads or not. */
  readonly exporter: { start(): void };
  onBlock(block: LedgerBlock): void;
  start(): void;
  pause(): void;
  stop(): Promise<void>;
}

/** Puts the rooms of claims together, as newApp does the others. */
export function newClaims(options: ClaimsOptions): Claims {
  const { keys, store, staff, identityOf } = options;
  const queues = newQueues();
  const alone = <T>(name: string, task: () => Promise<T>): Promise<T> => queues(name, () => store.leases.alone(name, task));
  const adjudication: AdjudicationOptions = {
    ...options,
    key: keys.sealing,
    publicKey: keys.publicSealing,
    // The ledger knows no other role that asks for payment.
    clerk: () => staff.get({ subject: 'medaccord:claims-agent', role: 'insurer-clerk' }),
    alone: ({ relationRef, coverageId }, task) =>
      alone(`adjudicate/${relationRef}/${coverageId}`, async () => {
        const beneficiary = await store.beneficiaries.find(coverageId);
        return beneficiary === undefined ? task() : alone(`adjudicate/${beneficiary}`, task);
      }),
  };
  const agent = new AdjudicationAgent(adjudication);
  const folder = join(options.data, 'claim-exports');
  const exporter = new Exporter({ source: newClaimSource(options), key: store.key, folder, onTrouble: options.onTrouble });
  const follower = new ClaimFollower({ ...options, key: store.key });
  const checks = new AdjudicationChecks({
    ...options,
    adjudicated: store.adjudicated,
    onDiffers: (alarm) => {
      options.metrics.countAlarm('adjudication_differs');
      options.log.error(alarm, 'an adjudication is not what the plan of its insurer says: only this gateway and the patient can see it');
    },
  });
  const feed = new ClaimFeed(store.facts);
  const webhooks = new WebhookDeliverer({
    ...options,
    config: options.webhooks,
    subscriptions: store.subscriptions,
    onOutcome: (outcome) => {
      options.metrics.countWebhook(outcome);
    },
  });
  const desk = new ReportDesk(options);
  return {
    routes: [
      ...newPlanRoutes(options),
      ...newPlanSimulationRoutes({ ...options, desk }),
      ...newClaimStatisticsRoutes({ ...options, desk }),
      ...newCoverageRoutes(options),
      newClaimEventsRoute({ ...options, feed }),
      ...newClaimRoutes({ ...options, key: keys.publicSealing, checks }),
      ...newAdjudicationRoutes({ ...adjudication, identityOf }),
      ...newClaimExportRoutes({ ...options, exporter }),
      ...newAppealRoutes(options),
      ...newSubscriptionRoutes({
        ...options,
        places: options.webhooks,
        onChange: () => {
          webhooks.look();
        },
      }),
      ...newFhirClaimsRoutes(options),
      ...newSettlementRoutes({ ...options, key: keys.publicSealing, signing: keys.signing, alone }),
    ],
    exporter,
    onBlock: (block) => {
      follower.onBlock(block);
      checks.onBlock(block);
      agent.onBlock(block);
      feed.onBlock();
      webhooks.look();
    },
    start: () => {
      checks.start();
      agent.start();
      webhooks.start();
    },
    pause: () => {
      agent.pause();
      webhooks.pause();
    },
    stop: async () => {
      feed.stop();
      await Promise.all([agent.stop(), checks.stop(), follower.stop(), desk.stop(), exporter.stop(), webhooks.stop()]);
    },
  };
}
