import { join } from 'node:path';
import { formatInstant, requestKey, type MspId, type RelationEntry } from '@medaccord/chaincode/model';
import type { Express } from 'express';
import type { Logger } from 'pino';
import { AuditEventReader } from './audit-event';
import { AuditAnchor, newAgentAudit, newPersonFinder } from './audit';
import { newAuthoriser, newStaffTokenVerifier, newWalletTokenVerifier } from './auth';
import { newClaims } from './claims-wiring';
import { findOrigin, type Config } from './config';
import { ConsentCheck } from './decision';
import { HeightWatch, newHeightSigner, type AskHttp } from './height';
import { newRecordExporter } from './fhir-export';
import { ResourceChanger, ResourceReader, ResourceWriter } from './fhir-rest';
import { Admission } from './http/admission';
import { AuditTrail } from './http/audit-trail';
import { newIdentityOf, type StaffBook } from './http/identity-of';
import { newServer } from './http/server';
import type { Route } from './http/route';
import { newAccessRoutes } from './http/routes/access-requests';
import { newAssistedRoutes } from './http/routes/assisted';
import { newClientRoutes } from './http/routes/clients';
import { newScimRoutes } from './http/routes/scim';
import { newSignInRoutes } from './http/routes/sign-in';
import { newBreakGlassRoutes } from './http/routes/break-glass';
import { newDecisionRoutes } from './http/routes/decisions';
import { newDelegationRoutes } from './http/routes/delegations';
import { newFhirAuditRoutes } from './http/routes/fhir-audit';
import { newFhirRoutes } from './http/routes/fhir';
import { newPatientFhirRoutes } from './http/routes/fhir-patient';
import { newReleasedRoutes } from './http/routes/fhir-released';
import { newHealthRoutes, type Readiness } from './http/routes/health';
import { newMetricsRoutes } from './http/routes/metrics';
import { newHeightRoutes } from './http/routes/heights';
import { newOwnAuditRoutes } from './http/routes/own-audit';
import { newOrganisationRoutes } from './http/routes/organisations';
import { newPatientStatusRoutes } from './http/routes/patient-statuses';
import { newRulesRoutes } from './http/routes/rules';
import { newPatientRoutes } from './http/routes/patients';
import { newProofRoutes } from './http/routes/proofs';
import { newRecordRoutes } from './http/routes/records';
import { newRecoveryRoutes } from './http/routes/recovery';
import { newRelationRoutes } from './http/routes/relations';
import { newReleaseRoutes } from './http/routes/releases';
import { newViewOf } from './http/routes/view-of';
import { newHeldResources } from './import/held-resources';
import { Importer } from './import/import-bundle';
import { ExternalIssuers } from './issuer';
import type { Ledger } from './ledger/ledger';
import { newBackoff } from './ledger/backoff';
import { newTransactions } from './ledger/transactions';
import { publicJwkOf } from './crypto';
import type { Metrics } from './metrics';
import type { OrganisationKeys } from './organisation/organisation-keys';
import { registerOrganisation } from './organisation/register-organisation';
import { Accounts, Clients, PasskeyCeremony } from './people';
import { newError, newTroubleLog } from './problem';
import { OpenedReleases, ReleasedReader } from './released';
import { RecordReader } from './record/record-reader';
import { IndexFollower } from './record/index-follower';
import { reindexRecords } from './record/reindex-records';
import { Consultations } from './relation/consultations';
import { readSubject } from './relation/read-subject';
import { ReleaseAgent } from './release/agent';
import { DeletionAgent } from './release/deletion-agent';
import { Mailer } from './sealed/mailer';
import { SealedReader } from './sealed/sealed-reader';
import { SignIn, SignInWitness } from './sign-in';
import { AuditRoots, findDelegateKey, Projector, type Store } from './store';
import type { Tracing } from './tracing';
import { openProfiles } from './validation';

export interface AppOptions {
  readonly config: Config;
  readonly version: string;
  readonly ledger: Ledger & { recover(): Promise<number>; drain(): Promise<void> };
  readonly store: Store;
  readonly keys: OrganisationKeys;
  readonly staff: StaffBook;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly tracing: Tracing;
  /** How other members' gateways are asked; the platform's own unless given. */
  readonly askHttp?: AskHttp;
}

/** A gateway: its HTTP side and what works behind it. */
export interface App {
  readonly http: Express;
  readonly routes: readonly Route[];
  /** Follows the ledger, settles what an earlier run left, registers the organisation and begins to answer. */
  start(): void;
  readReadiness(): Readiness;
  /** `/readyz` says from now on that it stops; everything is still answered. */
  announceStop(): void;
  /** No new requests from now on; resolves when nothing is under way any more. */
  stop(): Promise<void>;
}

/** Puts the rooms together; nothing here decides anything. */
export function newApp(options: AppOptions): App {
  const { config, version, ledger, store, keys, log, metrics, tracing } = options;
  const own = config.connection.organisation.mspId as MspId;
  const onTrouble = newTroubleLog(log);
  const transactions = newTransactions(ledger, own);
  const sealed = new SealedReader(transactions, own, keys.sealing);
  const records = new RecordReader({ mspId: own, facts: store.facts, index: store.index, sealed });
  const mailer = new Mailer({ outbox: store.outbox, facts: store.facts, transactions, onTrouble });
  const projector: Projector = new Projector({
    ledger,
    facts: store.facts,
    onBlock: (block) => {
      check.onBlock(block);
      fresh.onBlock(block);
      mailer.onBlock();
      agent.onBlock(block);
      deletions.onBlock();
      claims.onBlock(block);
      if (isShared) follower.onBlock(block);
    },
    onApply: (block, apply) => {
      const transactionIds = block.transactions.map(({ transactionId }) => transactionId);
      const attributes = { 'medaccord.block': block.number, 'medaccord.transactions': transactionIds.length };
      const startedAt = performance.now();
      const isNew = tracing.run('projection apply', { attributes, transactionIds }, apply);
      metrics.countBlock((performance.now() - startedAt) / 1000);
      return isNew;
    },
    onTrouble,
    staleAfterMs: config.staleAfterMs,
  });
  const { leases, isShared } = store;
  const follower = new IndexFollower({ ...store, mspId: own, sealed, onTrouble });
  const shared = { mspId: own, store, facts: store.facts, index: store.index, transactions, sealed, records, mailer, projector, onTrouble };
  const { channel, members } = config.connection;
  const persons = newPersonFinder({ ...shared, readSubject: (relation) => readSubject(sealed, relation) });
  const heights = new HeightWatch({ ...shared, channel, members, withinMs: config.heightsWithinMs, askHttp: options.askHttp });
  const check = new ConsentCheck({
    ...shared,
    assertKnown: () => {
      projector.assertFresh();
      heights.assertProven();
    },
  });
  // Of single releases, which are told on this gateway's own word.
  const fresh = new ConsentCheck({
    ...shared,
    assertKnown: () => {
      projector.assertFresh();
    },
  });
  const writeDown = newAgentAudit({ log: store.audit, key: store.key, persons });
  const agent = new ReleaseAgent({
    ...shared,
    intents: store.intents,
    key: keys.publicSealing,
    signing: keys.signing,
    onAttempt: ({ relationRef, requester, requestId }, attempt) => {
      const transactionId = store.facts.findKey(requestKey(relationRef, requester, requestId))?.transactionId;
      const known =
        transactionId === undefined ? {} : { attributes: { 'medaccord.transaction_id': transactionId }, transactionIds: [transactionId] };
      return tracing.run('agent attempt', known, attempt);
    },
    writeDown,
    onOutcome: (outcome) => {
      metrics.countAnswer(outcome.outcome, outcome.ms / 1000);
      log.info(outcome, 'request answered');
    },
    onAlarm: (alarm) => {
      metrics.countAlarm('foreign_decision');
      log.error(alarm, 'a decision in the name of this organisation was not made here: nothing is delivered for it');
    },
  });
  const deletions = new DeletionAgent({
    ...shared,
    signing: keys.signing,
    onDeleted: (deleted) => {
      log.info(deleted, 'released copy deleted');
    },
  });
  const consultations = new Consultations({
    consultations: store.consultations,
    transactions,
    isLeading: () => leases.isLeading,
    onTrouble,
  });
  const ownAudit = { mspId: own, log: store.audit, roots: new AuditRoots(store.facts, own, store.audit.id) };
  const anchor = new AuditAnchor({
    ...{ ...shared, ...ownAudit, signing: keys.signing, everyMs: config.auditAnchorMs },
    onAlarm: (alarm) => {
      metrics.countAlarm('audit_log_rewritten');
      log.error(alarm, 'the audit log is not the one that was anchored: entries are missing, or say something else');
    },
  });
  const state = { registered: false, working: false, recovered: false, leaving: false, draining: false };
  const profiles = config.profiles && openProfiles(config.profiles, log);
  const importer = new Importer({
    ...shared,
    key: keys.publicSealing,
    profiles,
    assertRecovered: () => {
      if (!state.recovered) throw newError('NOT_READY', 'The gateway is still settling what an earlier run of it left; ask again');
    },
    alone: (name, task) => leases.alone(name, () => catchUp().then(task)),
  });
  const reader = new ResourceReader(shared);
  const writer = new ResourceWriter({ ...shared, importer, reader, held: newHeldResources(shared) });
  const opened = new OpenedReleases({ ...shared, key: keys.sealing });
  const released = new ReleasedReader({ ...shared, key: store.key, check, opened });
  const ofRequest = new ReleasedReader({ ...shared, key: store.key, check: fresh, opened });
  const exporter = newRecordExporter({ reader, store, folder: join(config.data, 'exports'), onTrouble });
  const readReadiness = (): Readiness => ({
    projection: projector.isFresh,
    audit: store.audit.isReady,
    registered: state.registered,
    recovered: state.recovered,
    serving: !state.leaving,
  });
  const identityOf = newIdentityOf(options.staff);
  const claims = newClaims({ ...options, ...shared, ...config.service, data: config.data, identityOf, writeDown });
  const viewOf = newViewOf(shared);
  const witness = new SignInWitness(store);
  const passkeys = new PasskeyCeremony({ ...store, origin: findOrigin(config), title: config.connection.organisation.title });
  const accounts = new Accounts({ ...store, passkeys, hashCost: config.passwordCost, onAttempt: (attempt) => witness.see(attempt) });
  const clients = new Clients(store.people);
  const signIn = newSignIn(options, { accounts, clients, witness });
  const external = config.issuers && new ExternalIssuers(config.issuers);
  const findPlace = external?.findPrimaryPlace ?? (() => signIn.findPlace());
  const routes: readonly Route[] = [
    ...newHealthRoutes(readReadiness, () => routes, version),
    ...newMetricsRoutes(() => metrics.render()),
    ...newHeightRoutes(newHeightSigner({ mspId: own, channel, signing: keys.signing, facts: store.facts })),
    ...newOrganisationRoutes(store.facts, config.connection.members),
    ...newRulesRoutes(store.facts),
    ...newPatientRoutes({ ...shared, key: keys.publicSealing }, identityOf),
    ...newRecoveryRoutes({ ...shared, signing: keys.signing }, identityOf),
    ...newRecordRoutes({ ...shared, importer, viewOf }),
    ...newFhirAuditRoutes(new AuditEventReader({ ...shared })),
    ...newSignInRoutes(findPlace),
    ...newScimRoutes(accounts),
    ...newClientRoutes(clients),
    ...newFhirRoutes({ ...shared, viewOf, writer, changer: new ResourceChanger(reader, writer), exporter, version, profiles, findPlace }),
    ...newReleasedRoutes({ released, version }),
    ...newPatientFhirRoutes({ ...shared, version }),
    ...newRelationRoutes({ ...shared, consultations }),
    ...newOwnAuditRoutes({ ...shared, ...ownAudit }),
    ...newAssistedRoutes({ ...shared, identityOf }),
    ...newDelegationRoutes({ ...shared, keys, identityOf }),
    ...newPatientStatusRoutes({ ...shared, keys, identityOf }),
    ...newProofRoutes({ ...shared, identityOf }),
    ...newDecisionRoutes({ ...shared, check, consultations, viewOf }),
    ...newAccessRoutes({ access: shared, identityOf }),
    ...newReleaseRoutes({ release: { ...shared, key: keys.sealing, signing: keys.signing }, released: ofRequest, identityOf }),
    ...newBreakGlassRoutes({ ...shared, identityOf }),
    ...claims.routes,
  ];
  const admission = new Admission(config.service.load);
  metrics.watch({
    lanes: () => ({ reads: admission.count('reads'), writes: admission.count('writes') }),
    openIntents: () =>
      store.intents.listOpen().then(
        ({ length }) => length,
        () => NaN,
      ),
    projection: () => ({ height: store.facts.height, lag: projector.lag, proofAge: projector.proofAge / 1000 }),
    agentQueue: () => agent.waiting,
    decisions: () => check.counts,
  });
  const http = newServer({
    routes,
    tracing,
    onAnswered: (request) => {
      metrics.countRequest(request);
    },
    admission,
    service: config.service,
    authorise: newAuthoriser({
      staff: newStaffTokenVerifier(own, publicJwkOf(keys.token)),
      signedIn: signIn.findSignedIn,
      ...(external === undefined ? {} : { external: (token: string) => external.verify(token) }),
      wallet: newWalletTokenVerifier({
        mspId: own,
        findSigningKey: ({ relationRef, delegation }) =>
          delegation === undefined
            ? store.facts.find<RelationEntry>('relation', relationRef)?.value.keys.signing
            : findDelegateKey(store.facts, relationRef, delegation, formatInstant(Date.now())),
      }),
    }),
    responses: store.responses,
    audit: new AuditTrail({ log: store.audit, key: store.key, persons }),
    nameOf: (purpose, value) => store.key.name(purpose, value),
    assertFresh: () => {
      projector.assertFresh();
    },
    isDraining: () => state.draining,
    maxImportBytes: config.maxImportBytes,
    openWritesPerMinute: config.openWritesPerMinute,
    signIn,
    log,
  });

  async function boot(): Promise<void> {
    await projector.waitFor(() => (projector.isFresh ? true : undefined), 600_000);
    await leases.start(lookAfterWork, onTrouble);
    const unknown = await ledger.recover();
    if (unknown > 0) log.warn({ unknown }, 'transactions of an earlier run are still unknown');
    await registerOrganisation({ mspId: own, keys, facts: store.facts, transactions });
    state.registered = true;
    await importer.recover();
    await reindexRecords({ ...shared });
    store.resources.addMissing();
    store.changes.addMissing();
    for (const one of [exporter, claims.exporter]) one.start();
    state.recovered = true;
    anchor.start();
    lookAfterWork();
  }

  /** What other gateways of the organisation have imported is held here, too, and what dead ones left is settled. */
  async function catchUp(): Promise<void> {
    if (!isShared) return;
    await importer.recover();
    await projector.waitForBlock((await ledger.readHeight()) - 1);
    await follower.settled();
  }

  /** Who leads does the agents' work, and takes up what gateways left that are dead. */
  function lookAfterWork(): void {
    if (!state.recovered || state.draining) return;
    if (!leases.isLeading) {
      if (state.working) log.info('another gateway of this organisation does the work of the agents from now on');
      state.working = false;
      agent.pause();
      deletions.pause();
      claims.pause();
      return;
    }
    if (!state.working) {
      state.working = true;
      agent.start();
      deletions.start();
      claims.start();
    }
    consultations.start();
    takingUp ??= takeUp()
      .catch(onTrouble)
      .finally(() => {
        takingUp = undefined;
      });
  }

  let takingUp: Promise<void> | undefined;

  async function takeUp(): Promise<void> {
    await mailer.start();
    if (isShared) await Promise.all([ledger.recover(), catchUp()]);
  }

  async function bootUntilDone(): Promise<void> {
    const backoff = newBackoff({ firstMs: 100, mostMs: 2_000 });
    while (!state.recovered && !state.draining) {
      const isUp = await boot().then(
        () => true,
        (error: unknown) => {
          onTrouble(error);
          return false;
        },
      );
      if (!isUp) await backoff.wait();
    }
  }

  return {
    http,
    routes,
    start: () => {
      projector.start();
      heights.start();
      void bootUntilDone();
    },
    readReadiness,
    announceStop: () => {
      state.leaving = true;
    },
    stop: async () => {
      state.leaving = true;
      state.draining = true;
      await admission.drain(config.service.drain.withinMs / 2);
      await Promise.all([agent, deletions, claims, consultations, exporter, mailer, heights].map((one) => one.stop()));
      await anchor.stop();
      await ledger.drain();
      await leases.stop();
      await projector.stop();
    },
  };
}

function newSignIn({ config, store }: AppOptions, people: { accounts: Accounts; clients: Clients; witness: SignInWitness }): SignIn {
  const { title } = config.connection.organisation;
  return new SignIn({ ...store, ...people, origin: findOrigin(config), title });
}
