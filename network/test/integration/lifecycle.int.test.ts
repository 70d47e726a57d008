import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { openNotesClient, type NotesClient } from '../support/notes-client';
import { areGone, ScratchNetwork, until } from '../support/scratch-network';
import { TEST_LEDGER } from '../support/test-ledger';

const MEMBERS = ['northside', 'lakeview', 'unity', 'authority'];
const PROCESSES = ['ca', ...MEMBERS.map((name) => `chaincode-${name}`), ...MEMBERS.map((name) => `gateway-${name}`)];
const LEDGER = { devnet: ['ledger'], fabric: ['orderer-northside', 'peer-unity'] }[TEST_LEDGER];
const DIFFERS = { devnet: 'DEVNET_CONSORTIUM_DIFFERS', fabric: 'FABRIC_CHANNEL_DIFFERS' }[TEST_LEDGER];
const RESUMES_WITHIN_MS = { devnet: 8_000, fabric: 25_000 }[TEST_LEDGER];
const RULES = '{"version":1}';

/** A command takes seconds on a machine that others use too. */
jest.setTimeout(40_000);

let network: ScratchNetwork;
let up: Record<string, unknown> | undefined;

async function withClient<T>(organisation: string, use: (client: NotesClient) => Promise<T>): Promise<T> {
  const client = openNotesClient(network.topology, organisation);
  try {
    return await use(client);
  } finally {
    client.close();
  }
}

const read = (organisation: string, key: string): Promise<string> => withClient(organisation, (client) => client.read(key));

/** Reconnecting takes a moment; what counts is that it comes without anybody's doing. */
function untilReadable(organisation: string, key: string, text: string): Promise<void> {
  return until(() =>
    read(organisation, key).then(
      (found) => found === text,
      () => false,
    ),
  );
}

/** The stock client gives up where a gateway would go on: while peers meet again, or the orderers choose another leader. */
function untilWritten(organisation: string, key: string, text: string): Promise<void> {
  return until(() =>
    withClient(organisation, (client) => client.write(key, text)).then(
      () => true,
      () => false,
    ),
  );
}

beforeAll(async () => {
  network = await ScratchNetwork.create();
  const { code, lines } = await network.ask('up');
  expect({ code, lines }).toMatchObject({ code: 0, lines: [{ ok: true }] });
  [up] = lines;
}, 90_000);

afterAll(async () => {
  await network.remove();
}, 60_000);

describe('a network that came up from nothing', () => {
  test('says what it did: a new ledger, five lifecycle transactions and the first transaction', () => {
    expect(up).toMatchObject({ step: 'up', ok: true, resumed: false, sequence: 1, ms: expect.any(Number) });
    expect(up?.['organisations']).toHaveLength(4);
    expect(new Set(up?.['transactions'] as string[]).size).toBe(6);
  });

  test('shows every process ready, with its memory, in its status', async () => {
    const { code, lines } = await network.ask('status');
    expect(code).toBe(0);
    const processes = lines[0]?.['processes'] as { name: string; state: string; memory: number }[];
    expect(processes.map(({ name }) => name).sort()).toEqual([...PROCESSES, ...network.ledgerProcesses].sort());
    expect(processes.every(({ state, memory }) => state === 'ready' && memory > 1_000_000)).toBe(true);
  });

  test('answers the stock client at every organisation, by its connection document alone', async () => {
    for (const organisation of network.topology.organisations) {
      expect(await withClient(organisation.name, (client) => client.evaluate('Where'))).toBe(organisation.mspId);
      expect(await read(organisation.name, 'rules')).toBe(RULES);
    }
  });

  test('commits what two organisations endorse, for all to read', async () => {
    await withClient('lakeview', (client) => client.write('note', 'hello'));
    await untilReadable('unity', 'note', 'hello');
  });

  test('lets nobody talk to a chaincode process who has no certificate of the organisation', async () => {
    const [organisation] = network.topology.organisations;
    const { host } = network.topology;
    const outcome = await new Promise<string>((resolve) => {
      const ca = readFileSync(organisation?.tls.chaincode.rootCertificate ?? '');
      const socket = connectTls({ host, port: organisation?.ports.chaincode ?? 0, ca, servername: 'localhost', ALPNProtocols: ['h2'] });
      socket.on('error', (error: NodeJS.ErrnoException) => {
        resolve(error.code ?? error.message);
      });
      socket.on('data', () => {
        resolve('it answered');
      });
      socket.on('close', () => {
        resolve('closed');
      });
    });
    expect(outcome).toMatch(/CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE|ECONNRESET|closed/);
  });

  test('keeps what it writes to its owner: folder, keys, state and logs', () => {
    const readable = readdirSync(network.topology.paths.run, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /key|secret|supervisor|\.log$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((file) => (statMode(file) & 0o077) !== 0);
    expect(readable).toEqual([]);
    expect(statMode(network.topology.paths.run) & 0o077).toBe(0);
  });

  test('is not harmed by a second start, a reset or an up, which say who runs and where', async () => {
    const before = network.listProcesses();
    for (const verb of ['start', 'up', 'reset']) {
      const { code, output } = await network.run(verb);
      expect(code).toBe(3);
      expect(output).toContain(`pid ${String(network.state?.supervisor.pid)}`);
      expect(output).toContain(network.topology.organisations[0]?.endpoints.gateway);
    }
    expect(network.listProcesses()).toEqual(before);
  });

  test.each([...LEDGER, 'chaincode-unity', 'gateway-lakeview', 'ca'])(
    'starts %s again when it is killed, and goes on',
    async (name) => {
      const killed = network.processOf(name);
      process.kill(killed.pid, 'SIGKILL');
      await until(() => network.state?.processes.find((each) => each.name === name)?.restarts === 1);
      await until(() => network.state?.processes.find((each) => each.name === name)?.state === 'ready');
      expect(network.processOf(name).pid).not.toBe(killed.pid);
      await untilReadable('unity', 'rules', RULES);
      await untilWritten('unity', `after-${name}`, 'still here');
      await untilReadable('authority', `after-${name}`, 'still here');
    },
    40_000,
  );

  test('shows the log of each process, and refuses to show one that it does not have', async () => {
    const { code, output } = await network.run('logs', 'ca');
    expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('ready') });
    expect((await network.run('logs', 'nobody')).code).toBe(2);
  });
});

describe('a chaincode', () => {
  test('is not deployed again as long as it is the same', async () => {
    expect((await network.ask('deploy')).lines).toMatchObject([{ step: 'deploy', ok: true, sequence: 1, transactions: [] }]);
  });

  test('becomes the next sequence when it was changed, and the new release answers', async () => {
    const file = join(network.folder, 'chaincode/index.js');
    writeFileSync(file, readFileSync(file, 'utf8').replace('first release', 'second release'));
    const { lines } = await network.ask('deploy');
    expect(lines).toMatchObject([{ ok: true, sequence: 2 }]);
    expect(lines[0]?.['transactions']).toHaveLength(5);
    for (const name of MEMBERS) expect(await withClient(name, (client) => client.evaluate('Release'))).toBe('second release');
  }, 40_000);
});

describe('a network that was taken down', () => {
  test('leaves no process and no port, and keeps its ledger', async () => {
    const processes = network.listProcesses();
    expect(processes).toHaveLength(PROCESSES.length + network.ledgerProcesses.length + 1);
    expect((await network.run('down')).code).toBe(0);
    expect(areGone(processes)).toBe(true);
    expect(await network.listBusyPorts()).toEqual([]);
    expect((await network.run('status')).code).toBe(4);
    expect((await network.run('deploy')).code).toBe(4);
  }, 40_000);

  test('names the process that holds a port it needs, and starts nothing', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(network.topology.organisations[2]?.ports.chaincode, '127.0.0.1', resolve));
    const { code, output } = await network.run('up');
    await new Promise((resolve) => server.close(resolve));
    expect(code).toBe(1);
    expect(output).toContain('PORT_IN_USE');
    expect(output).toContain(`held by pid ${String(process.pid)}`);
    expect(await network.listBusyPorts()).toEqual([]);
  }, 40_000);

  test('refuses a topology that its ledger does not have', async () => {
    const before = readFileSync(network.topologyFile, 'utf8');
    network.editTopology((topology) => ({ ...topology, policies: { Witnessed: { outOf: 3, of: 'all' } } }));
    const { code, lines } = await network.ask('up');
    writeFileSync(network.topologyFile, before);
    expect({ code, lines }).toMatchObject({ code: 5, lines: [{ ok: false, error: { code: DIFFERS } }] });
    expect(await network.listBusyPorts()).toEqual([]);
  }, 40_000);

  test('goes on with the same ledger, without repeating what it did', async () => {
    const { code, lines } = await network.ask('up');
    expect({ code, lines }).toMatchObject({ code: 0, lines: [{ ok: true, resumed: true, sequence: 2, transactions: [] }] });
    expect(lines[0]?.['ms']).toBeLessThan(RESUMES_WITHIN_MS);
    await untilReadable('northside', 'after-ca', 'still here');
  }, 40_000);

  test('is forgotten with its run folder and nothing else', async () => {
    await network.run('down');
    const beside = readdirSync(network.folder);
    expect((await network.run('reset')).code).toBe(0);
    expect(existsSync(network.topology.paths.run)).toBe(false);
    expect(readdirSync(network.folder)).toEqual(beside.filter((entry) => entry !== 'run'));
    expect((await network.run('reset')).output).toContain('nothing to forget');
  }, 40_000);

  test('does not touch a folder that it did not make', async () => {
    mkdirSync(network.topology.paths.run);
    writeFileSync(join(network.topology.paths.run, 'letters'), 'dear');
    const { code, output } = await network.run('reset');
    expect({ code, output }).toEqual({ code: 1, output: expect.stringContaining('RUN_FOLDER_FOREIGN') });
    expect((await network.run('up')).code).toBe(1);
    expect(readdirSync(network.topology.paths.run)).toEqual(['letters']);
  });
});

function statMode(path: string): number {
  return statSync(path).mode;
}
