import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { listElsewhere } from '../../../network/src/operations/backup/elsewhere';
import { RunningNetwork } from '../support/running-network';
import { waitFor } from '../support/test-consortium';
import { TestPostgres } from '../support/test-postgres';
import { OwnGateway } from './support/own-gateway';

jest.setTimeout(180_000);

const CLIENTS = 4;
const EACH = 12;

if (!TestPostgres.isAvailable) it.todo('two gateway processes share a database, where npm has PostgreSQL for this platform');

const describePostgres = (rules: () => void): void => {
  if (TestPostgres.isAvailable) describe('two gateway processes of one organisation', rules);
};

describePostgres(() => {
  let network: RunningNetwork;
  let postgres: TestPostgres;
  let database: string;
  let gateways: OwnGateway[];
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
      return new OwnGateway(custodian, join(data, 'keys'), env);
    });
    for (const gateway of gateways) {
      await gateway.start();
      await gateway.untilReady();
    }
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

  it('leave word of what a backup of the organisation would not have', () => {
    const { host, pathname } = new URL(database);
    const folders = gateways.map(({ env }) => env['MEDACCORD_DATA']);
    expect(listElsewhere(network.gateway(custodian).organisation)).toEqual([...folders, `the database ${host}${pathname}`].sort());
  });

  it('lose nothing and double nothing when one is killed under load, and the other takes up what it left', async () => {
    const [first, second] = gateways as [OwnGateway, OwnGateway];
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
    await first.untilReady();
    expect((await first.send(`/fhir/Location/${ids.at(-1) ?? ''}`, { token: await first.token('records') })).status).toBe(200);
  });
});
