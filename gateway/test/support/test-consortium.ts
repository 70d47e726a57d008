import { mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { RulesDocument } from '@medaccord/chaincode/model';
import pino from 'pino';
import { newApp, type App } from '../../src/app';
import { loadService, type Config } from '../../src/config';
import type { PrivateJwk } from '../../src/crypto';
import type { AskHttp } from '../../src/height';
import { Courier } from '../../src/ledger/courier';
import { Metrics, newMeasuredCarrier } from '../../src/metrics';
import { loadOrganisationKeys, type OrganisationKeys } from '../../src/organisation/organisation-keys';
import { openStore, type Store } from '../../src/store';
import { newTracedCarrier, noTracing, type Tracing } from '../../src/tracing';
import { Door } from './door';
import { MemoryCarrier, MemoryLedger } from './memory-ledger';

export const members = [
  { name: 'alpha', title: 'Alpha Hospital', mspId: 'AlphaMSP', role: 'hospital' },
  { name: 'beta', title: 'Beta Hospital', mspId: 'BetaMSP', role: 'hospital' },
  { name: 'gamma', title: 'Gamma Insurance', mspId: 'GammaMSP', role: 'insurer' },
] as const;

export type MemberId = (typeof members)[number]['mspId'];

const purposes = ['TREAT', 'HPAYMT', 'HRESCH', 'HOPERAT'] as const;
const emergency = { categories: ['laboratory', 'medications'] as const, accessHours: 24, reviewHours: 72, openReviews: 20 };

/** The first version of the consortium's rules. */
export function newRules(changed: Partial<Record<MemberId, 'hospital' | 'insurer' | 'authority'>> = {}): RulesDocument {
  const roles = { ...Object.fromEntries(members.map(({ mspId, role }) => [mspId, role])), ...changed };
  return {
    version: 1,
    purposes,
    roles,
    deadlines: { decisionMinutes: 10, recoveryHours: 72, assistedHours: 72 },
    emergency,
    suspended: [],
  };
}

export type { Answer, Sent } from './door';

/** One running gateway of the test consortium, over real HTTP. */
export class TestGateway extends Door {
  readonly carrier: MemoryCarrier;
  readonly logged: string[] = [];
  app!: App;
  keys!: OrganisationKeys;
  store!: Store;
  url = '';
  /** Set before the start. */
  tracing: Tracing = noTracing;
  /** How large its audit log may grow, in pages of SQLite. */
  mostAuditPages: number | undefined;
  /** For whom a ledger identity was asked. */
  readonly enrolled: { readonly subject: string; readonly role: string }[] = [];
  /** How this gateway reaches the others. */
  askHttp: AskHttp = fetch;
  #server: Server | undefined;
  #courier: Courier | undefined;

  constructor(
    readonly ledger: MemoryLedger,
    readonly mspId: MemberId,
    readonly data: string,
    readonly more: Partial<Config> = {},
  ) {
    super();
    this.carrier = new MemoryCarrier(ledger, mspId);
  }

  async start(): Promise<void> {
    const { mspId, data } = this;
    const { keys = join(data, 'keys'), databaseUrl } = this.more;
    this.store = await openStore(data, mspId, { keys, databaseUrl, mostAuditPages: this.mostAuditPages, lease: { lastsMs: 1_500 } });
    this.keys = await loadOrganisationKeys(keys);
    const metrics = new Metrics();
    this.#courier = new Courier({
      carrier: newMeasuredCarrier(newTracedCarrier(this.carrier, this.tracing), metrics),
      intents: this.store.intents,
      newestTime: () => this.store.facts.newestTime,
      onAlarm: () => undefined,
      times: { endorseMs: 300, statusMs: 20, settleMs: 500 },
    });
    const log = pino({ level: 'debug', mixin: () => this.tracing.logFields() }, this.#newSink());
    this.app = newApp({
      config: newConfig(mspId, data, this.more),
      version: '0.0.0',
      ledger: this.#courier,
      store: this.store,
      keys: this.keys,
      staff: {
        get: (person) => {
          this.enrolled.push(person);
          return this.ledger.identity(mspId, person.role);
        },
      },
      log,
      metrics,
      tracing: this.tracing,
      askHttp: (url, init) => this.askHttp(url, init),
    });
    this.#server = await new Promise<Server>((resolve) => {
      const server = this.app.http.listen(0, '127.0.0.1', () => {
        resolve(server);
      });
    });
    this.url = `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
    this.app.start();
    await waitFor(() => Object.values(this.app.readReadiness()).every(Boolean), 10_000).catch((error: unknown) => {
      throw new Error(`${this.mspId} is not ready: ${JSON.stringify(this.app.readReadiness())} ${this.logged.slice(-3).join('')}`, {
        cause: error,
      });
    });
  }

  async stop(): Promise<void> {
    this.#server?.closeAllConnections();
    this.#server?.close();
    await this.app.stop();
    await this.store.close();
  }

  readTokenKey(): PrivateJwk {
    return this.keys.token;
  }

  #newSink(): Writable {
    return new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        this.logged.push(chunk.toString());
        done();
      },
    });
  }
}

/** A consortium in memory: the real contract, one gateway per member. */
export class TestConsortium {
  readonly ledger = new MemoryLedger(members.map(({ mspId }) => mspId));
  readonly folder = mkdtempSync(join(tmpdir(), 'medaccord-gateway-'));
  readonly gateways = new Map<MemberId, TestGateway>();
  /** Members whose gateways do not reach the others, nor are reached by them. */
  readonly unreachable = new Set<MemberId>();
  /** Whom a member's gateway tells what it does. */
  newTracing: (mspId: MemberId) => Promise<Tracing> = () => Promise.resolve(noTracing);

  /** @param changed what members are by the rules, where it is not what they are by their name */
  async start(more: Partial<Config> = {}, changed: Partial<Record<MemberId, 'hospital' | 'insurer' | 'authority'>> = {}): Promise<this> {
    await this.ledger.adoptRules(members[0].mspId, newRules(changed));
    for (const { mspId, name } of members) this.gateways.set(mspId, new TestGateway(this.ledger, mspId, join(this.folder, name), more));
    for (const gateway of this.gateways.values()) gateway.askHttp = this.#newAsker(gateway.mspId);
    for (const gateway of this.gateways.values()) gateway.tracing = await this.newTracing(gateway.mspId);
    await Promise.all([...this.gateways.values()].map((gateway) => gateway.start()));
    // Each member must see the others' keys before the first relation.
    await waitFor(
      () => [...this.gateways.values()].every(({ store }) => store.facts.listType('organisation').length === members.length),
      10_000,
    );
    return this;
  }

  /** Every gateway's read model has every block. */
  untilFollowing(): Promise<void> {
    return waitFor(() => [...this.gateways.values()].every(({ store }) => store.facts.height === this.ledger.blocks.length), 5_000);
  }

  gateway(mspId: string): TestGateway {
    const gateway = this.gateways.get(mspId as MemberId);
    if (gateway === undefined) throw new Error(`no gateway of ${mspId}`);
    return gateway;
  }

  /** The addresses in the connection documents are names; what a member's gateway is asked goes to where it listens. */
  #newAsker(from: MemberId): AskHttp {
    return (url, init) => {
      const name = url.hostname.split('.')[0];
      const member = members.find((one) => one.name === name);
      if (member === undefined || this.unreachable.has(member.mspId) || this.unreachable.has(from)) throw new Error('unreachable');
      return fetch(new URL(url.pathname + url.search, this.gateway(member.mspId).url), init);
    };
  }

  /** A second process on the same data, as after a crash: the first one is cut off from the ledger for good. */
  async crashAndRestart(gateway: TestGateway): Promise<TestGateway> {
    gateway.carrier.faults.unreachable = true;
    await gateway.stop();
    const next = new TestGateway(this.ledger, gateway.mspId, gateway.data, gateway.more);
    this.gateways.set(gateway.mspId, next);
    await next.start();
    return next;
  }

  /** Ends what a test did to the ways to the ledger. */
  heal(): void {
    for (const { carrier } of this.gateways.values()) {
      carrier.hook = () => undefined;
      Object.assign(carrier.faults, { loseAnswers: 0, hideStatus: 0, loseSends: 0, unreachable: false });
      carrier.faults.down.clear();
      carrier.faults.codes.length = 0;
    }
  }

  async stop(): Promise<void> {
    await Promise.all([...this.gateways.values()].map((gateway) => gateway.stop()));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Waits for a condition, looking again often, until a deadline. */
export async function waitFor(condition: () => boolean | Promise<boolean>, withinMs: number): Promise<void> {
  const ends = Date.now() + withinMs;
  while (!(await condition())) {
    if (Date.now() > ends) throw new Error(`not reached within ${String(withinMs)} ms`);
    await delay(10);
  }
}

function newConfig(mspId: MemberId, data: string, more: Partial<Config>): Config {
  const own = members.find((member) => member.mspId === mspId) ?? members[0];
  const files = { certificate: '', privateKey: '' };
  return {
    connection: {
      version: 1,
      network: 'test',
      ledger: 'memory',
      channel: 'test',
      chaincode: 'medaccord',
      organisation: { ...own },
      members: members.map((member) => ({ ...member, gateway: `http://${member.name}.test` })),
      peers: [{ mspId, endpoint: '', serverName: '', tlsRootCertificates: '' }],
      certificateAuthority: { url: 'http://ca.test', name: 'ca', certificate: '', registrar: { id: '', secretFile: '' } },
      identities: { admin: files, gateway: files },
      listen: { host: '127.0.0.1', port: 0 },
      data,
    },
    listen: { host: '127.0.0.1', port: 0 },
    data,
    keys: join(data, 'keys'),
    databaseUrl: undefined,
    logLevel: 'debug',
    maxImportBytes: 8 * 1024 * 1024,
    staleAfterMs: 15_000,
    heightsWithinMs: 10_000,
    auditAnchorMs: 600_000,
    openWritesPerMinute: 600,
    passwordCost: { memoryKiB: 64, passes: 1 },
    issuers: undefined,
    profiles: undefined,
    service: loadService({}, []),
    ...more,
  };
}
