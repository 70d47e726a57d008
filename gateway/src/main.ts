import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import pino from 'pino';
import { newApp, type App } from './app';
import { ConfigError, formatVariables, loadConfig, type Config } from './config';
import { closeServer, listen } from './http/listen';
import { StaffIdentities } from './identity/staff-identities';
import { Courier } from './ledger/courier';
import { Metrics, newMeasuredCarrier } from './metrics';
import { noteElsewhere } from './organisation/note-elsewhere';
import { openCarrier } from './organisation/open-carrier';
import { loadOrganisationKeys } from './organisation/organisation-keys';
import { openStore } from './store';
import { newOtlpTracing, newTracedCarrier, noTracing, type Tracing } from './tracing';

/** What the process ends with (sysexits.h where it has a name for it). */
const exitCodes = { stopped: 0, failed: 70, cannotListen: 69, stoppedLate: 75, badConfig: 78 } as const;

async function main(): Promise<void> {
  const config = loadConfig();
  const organisation = config.connection.organisation.name;
  const { traces } = config.service;
  const tracing = traces === undefined ? noTracing : await newOtlpTracing({ ...traces, organisation, version: readVersion() });
  const log = pino({ level: config.logLevel, base: { organisation }, mixin: () => tracing.logFields() });
  const { app, close } = await newGateway(config, log, tracing);
  const server = await listen(app.http, config.listen);
  app.start();
  log.info({ listening: server.address() }, 'gateway started');
  const stop = (signal: string): void => {
    log.info({ signal }, 'gateway stopping');
    void drain(server, app, config.service.drain)
      .then(() => tracing.stop())
      .then(close)
      .then(() => {
        log.info('gateway stopped');
        process.exit(exitCodes.stopped);
      });
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

async function newGateway(config: Config, log: pino.Logger, tracing: Tracing): Promise<{ app: App; close: () => Promise<void> }> {
  const { connection, data, keys: keyFolder, databaseUrl } = config;
  const { mspId } = connection.organisation;
  const store = await openStore(data, mspId, { keys: keyFolder, databaseUrl });
  leaveWord(config, log);
  const keys = await loadOrganisationKeys(keyFolder);
  const carrier = openCarrier(connection);
  const metrics = new Metrics();
  const ledger = new Courier({
    carrier: newMeasuredCarrier(tracing === noTracing ? carrier : newTracedCarrier(carrier, tracing), metrics),
    intents: store.intents,
    newestTime: () => store.facts.newestTime,
    onAlarm: (alarm) => {
      metrics.countAlarm('too_few_endorsements');
      log.error(alarm, 'the ledger found too few endorsements: an organisation or its chaincode deviates');
    },
  });
  const { url, name, registrar } = connection.certificateAuthority;
  const staff = new StaffIdentities({
    ca: { url, name },
    registrar: { id: registrar.id, readSecret: () => readFileSync(registrar.secretFile, 'utf8') },
    store: store.enrolments,
  });
  const app = newApp({ config, version: readVersion(), ledger, store, keys, staff, log, metrics, tracing });
  return {
    app,
    close: async () => {
      carrier.close();
      await store.close();
    },
  };
}

/** Where the network's folder is not this gateway's to write in, the network does not back it up either. */
function leaveWord(config: Config, log: pino.Logger): void {
  try {
    noteElsewhere(config);
  } catch {
    log.warn(
      'what this gateway keeps elsewhere cannot be noted in the folder of its connection document: `network backup` will not ask for it',
    );
  }
}

function readVersion(): string {
  return (JSON.parse(readFileSync(`${__dirname}/../package.json`, 'utf8')) as { version: string }).version;
}

/**
 * Says that it stops while it still answers everything, so that balancers look elsewhere; then answers what has arrived, takes nothing new and
 * leaves no transaction whose outcome is unknown. What is left when the time is over is settled at the next start.
 */
async function drain(server: Server, app: App, { noticeMs, withinMs }: Config['service']['drain']): Promise<void> {
  app.announceStop();
  await delay(noticeMs);
  setTimeout(() => process.exit(exitCodes.stoppedLate), withinMs).unref();
  const closed = closeServer(server);
  await app.stop();
  await closed;
}

function fail(error: unknown): never {
  if (error instanceof ConfigError) {
    process.stderr.write(`${error.message}\n\nVariables:\n${formatVariables()}\n`);
    process.exit(exitCodes.badConfig);
  }
  const { code, address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number };
  if (code === 'EADDRINUSE' || code === 'EACCES' || code === 'EADDRNOTAVAIL') {
    process.stderr.write(`The gateway cannot listen on ${String(address)}:${String(port)} (${code})\n`);
    process.exit(exitCodes.cannotListen);
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : 'unknown';
  process.stderr.write(`The gateway failed: ${stack}\n`);
  process.exit(exitCodes.failed);
}

process.on('unhandledRejection', fail);
main().catch(fail);
