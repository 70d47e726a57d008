import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { PrivateJwk } from '../../src/crypto';
import { Door } from '../support/door';
import { RunningNetwork } from '../support/running-network';
import { waitFor } from '../support/test-consortium';
import { TestPostgres } from '../support/test-postgres';

jest.setTimeout(180_000);

const main = join(__dirname, '../../dist/main.js');
const CLIENTS = 4;
const EACH = 12;

/** A gateway process of the custodian with data of its own. */
class SharingGateway extends Door {
  url = '';
  #process: ChildProcess | undefined;

  constructor(
    readonly mspId: string,
    readonly keys: string,
    readonly env: Readonly<Record<string, string>>,
  ) {
    super();
  }

  async start(): Promise<void> {
    const env = { PATH: process.env.PATH, MEDACCORD_KEYS: this.keys, MEDACCORD_LISTEN_PORT: '0', ...this.env };
    this.#process = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    createInterface({ input: this.#process.stdout ?? process.stdin }).on('line', (line) => {
      const { listening } = JSON.parse(line) as { listening?: { port: number } };
      if (listening !== undefined) this.url = `http://127.0.0.1:${String(listening.port)}`;
    });
    await waitFor(() => this.url !== '', 20_000);
    await waitFor(
      () =>
        fetch(`${this.url}/readyz`).then(
          ({ status }) => status === 200,
          () => false,
        ),
      40_000,
    );
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    const running = this.#process;
    this.#process = undefined;
    if (running === undefined) return;
    const ended = new Promise((resolve) => running.once('exit', resolve));
    running.kill(signal);
    await ended;
  }

  readTokenKey(): PrivateJwk {
    return JSON.parse(readFileSync(join(this.keys, 'token.json'), 'utf8')) as PrivateJwk;
  }
}

if (!TestPostgres.isAvailable) it.todo('two gateway processes share a database, where npm has PostgreSQL for this platform');

const describePostgres = (rules: () => void): void => {
  if (TestPostgres.isAvailable) describe('two gateway processes of one organisation', rules);
};

describePostgres(() => {
  let network: RunningNetwork;
  let postgres: TestPostgres;
  let database: string;
  let gateways: SharingGateway[];
  let custodian: string;

  beforeAll(async () => {
    [network, postgres] = await Promise.all([RunningNetwork.start(), TestPostgres.start()]);
    [custodian = ''] = network.membersOf('hospital');
    const { organisation, data } = network.gateway(custodian);
    // The gateway that the network started keeps to itself: it must not work beside the two.
    network.kill(`gateway-${organisation.name}`, 'SIGSTOP');
    database = await postgres.newDatabase();
    gateways = ['one', 'other'].map((name) => {
      const env = {
        MEDACCORD_CONNECTION: organisation.connection,
        MEDACCORD_DATA: join(network.folder, name),
        MEDACCORD_DATABASE_URL: database,
      };
      return new SharingGateway(custodian, join(data, 'keys'), env);
    });
    for (const gateway of gateways) await gateway.start();
  });

  afterAll(async () => {
    for (const gateway of gateways) await gateway.end('SIGKILL');
    network.kill(`gateway-${network.gateway(custodian).organisation.name}`, 'SIGCONT');
    await network.stop();
    await postgres.stop();
    network.remove();
  });

  /** Asks one gateway, and the other when the first gives no answer that lasts; always under the same key. */
  const create = async (name: string, at: number): Promise<string> => {
    const key = randomUUID();
    const ends = Date.now() + 60_000;
    for (let attempt = at; Date.now() < ends; attempt += 1) {
      const gateway = gateways[attempt % gateways.length];
      const sent = { token: await gateway?.token('records'), key, body: { resourceType: 'Location', name } };
      const answer = await gateway
        ?.send('/fhir/Location', { method: 'POST', headers: { 'content-type': 'application/fhir+json' }, ...sent } as never)
        .catch(() => undefined);
      if (answer?.status === 201) return String(answer.body.id);
    }
    throw new Error(`${name} was never acknowledged`);
  };

  it('lose nothing and double nothing when one is killed under load, and the other takes up what it left', async () => {
    const [first, second] = gateways as [SharingGateway, SharingGateway];
    let acknowledged = 0;
    const clients = Array.from({ length: CLIENTS }, async (_, client) => {
      const ids: string[] = [];
      for (let at = 0; at < EACH; at += 1) {
        ids.push(await create(`client ${String(client)} ${String(at)}`, client));
        acknowledged += 1;
      }
      return ids;
    });
    await waitFor(() => acknowledged >= (CLIENTS * EACH) / 4, 60_000);
    await first.end('SIGKILL');
    const ids = (await Promise.all(clients)).flat();
    expect(new Set(ids).size).toBe(CLIENTS * EACH);
    const count = async (): Promise<readonly string[]> => {
      const answer = await second.send('/fhir/Location?_count=200', { token: await second.token('records') });
      return ((answer.body.entry ?? []) as { resource: { id: string } }[]).map(({ resource }) => resource.id);
    };
    await waitFor(async () => (await count()).length >= ids.length, 20_000);
    expect([...(await count())].sort()).toEqual([...ids].sort());
    const left =
      "SELECT (SELECT count(*) FROM intent WHERE state = 'open') + (SELECT count(*) FROM import WHERE state = 'running') AS left";
    await waitFor(async () => Number((await postgres.query(database, left))[0]?.left) === 0, 30_000);
    await first.start();
    expect((await first.send(`/fhir/Location/${ids.at(-1) ?? ''}`, { token: await first.token('records') })).status).toBe(200);
  });
});
