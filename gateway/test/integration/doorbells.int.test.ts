import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { TEST_LEDGER } from '../../../network/test/support/test-ledger';
import { CommandedNetwork, until } from './support/commanded-network';

jest.setTimeout(120_000);

const ROOT = join(__dirname, '../../..');
const CLI = join(ROOT, 'network/dist/cli/main.js');

let network: CommandedNetwork;

beforeAll(async () => {
  network = await CommandedNetwork.create();
});

afterAll(async () => {
  await network.remove();
});

interface Shown {
  readonly code: number | null;
  readonly output: string;
}

/** Runs a program of the shell as its own process group, as a terminal does. */
function run(command: string, ...argv: readonly string[]): { said(): string; interrupt(): void; readonly ended: Promise<Shown> } {
  const child = spawn(command, argv, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TMPDIR: network.temporary },
    detached: true,
  });
  network.watch(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return {
    said: () => output,
    interrupt: () => process.kill(-(child.pid ?? 0), 'SIGINT'),
    ended: new Promise((resolve) => child.once('exit', (code) => setImmediate(() => resolve({ code, output })))),
  };
}

const place = (): string[] => ['--run-folder', network.run, '--base-port', String(network.basePort)];

async function expectNothingLeft(): Promise<void> {
  await until('every process of the network is gone', () => network.listSurvivors().length === 0, 20_000);
  expect(await network.listBusyPorts()).toEqual([]);
}

test('every line that a start prints to try works as it is printed, and Ctrl-C stops everything in order', async () => {
  const command = run(process.execPath, '--disable-warning=ExperimentalWarning', CLI, 'start', ...place());
  await until('the last line to try is printed', () => command.said().includes(' wallet history --connections '), 100_000);
  const lines = command
    .said()
    .split('\n')
    .filter((line) => /^ {2}(RECORDS=|CLINICIAN=|curl |\/.* wallet history )/.test(line));
  const tried = await run('sh', '-euc', lines.join('\necho ----\n')).ended;
  expect(tried.code).toBe(0);
  const [, , organisations = '', interface_ = '', records = '', release = '', again = '', history = ''] = tried.output.split('----\n');
  expect((JSON.parse(organisations) as { organisations: unknown[] }).organisations).toHaveLength(4);
  expect(JSON.parse(interface_)).toMatchObject({ openapi: expect.any(String) as unknown });
  expect((JSON.parse(records) as { records: unknown[] }).records).toHaveLength(27);
  expect((JSON.parse(release) as { resources: unknown[] }).resources).toHaveLength(12);
  expect(JSON.parse(again)).toMatchObject({ status: 'refused', refusal: { code: 'NOT_PERMITTED' } });
  expect(history).toContain('consent-revoked');
  expect(history).not.toContain('Error');
  command.interrupt();
  expect((await command.ended).code).toBe(0);
  await expectNothingLeft();
});

test('the doorbells that operators of a test network expect ring: up, status, down', async () => {
  const ring = (verb: string): Promise<Shown> => run(join(ROOT, 'test-network-scripts/network.sh'), verb, ...place()).ended;
  expect((await ring('status')).code).toBe(4);
  expect(await ring('up')).toMatchObject({ code: 0 });
  expect(network.isWhole).toBe(true);
  const status = await ring('status');
  expect(status).toMatchObject({ code: 0, output: expect.stringContaining('gateway-') as unknown });
  expect((await ring('down')).code).toBe(0);
  await expectNothingLeft();
});

describe('the flags of Fabric’s test-network', () => {
  const ring = (...argv: readonly string[]): Promise<Shown> =>
    run(join(ROOT, 'test-network-scripts/network.sh'), ...argv, ...(TEST_LEDGER === 'fabric' ? ['-bft'] : []), ...place()).ended;

  test('name the channel: it is made, is there already when it is asked for again, and is no other', async () => {
    expect((await ring('reset')).code).toBe(0);
    expect((await ring('createChannel', '-c', 'mychannel')).code).toBe(0);
    expect((await ring('createChannel')).code).toBe(0);
    expect((await ring('createChannel', '-c', 'another')).code).toBe(3);
    expect((await ring('up')).code).toBe(3);
  });

  test.each([
    [['deployCC', '-ccep', "OR('OneMSP.peer')"], 'chaincode.policy'],
    [['deployCC', '-cccg', 'collections.json'], 'chaincode.collections'],
    [['deployCC', '-cci', 'Init'], 'chaincode.first'],
    [['deployCC', '-ccl', 'go'], 'chaincode.folder'],
    [['deployCC', '-ccn', 'basic'], 'chaincode.name'],
    [['up', '-i', '2.5'], 'fabric.version'],
    [['up', '-s', 'couchdb'], 'LevelDB'],
    [['up', '-ccv', '1.0'], 'deployCC'],
    [['up', '-c', 'My Channel'], '--channel My Channel'],
    [['up', '-c'], 'needs a value'],
    [['up', '-x'], '-x'],
    [['fly'], 'fly'],
  ])('refuse %j, and name the way', async (argv, named) => {
    const { code, output } = await run(join(ROOT, 'test-network-scripts/network.sh'), ...argv).ended;
    expect([code, output]).toEqual([2, expect.stringContaining(named)]);
  });

  test('explain themselves', async () => {
    for (const argv of [['-h'], ['help'], ['up', '-h'], []]) {
      const { code, output } = await run(join(ROOT, 'test-network-scripts/network.sh'), ...argv).ended;
      expect([code, output]).toEqual([0, expect.stringContaining('-bft')]);
    }
  });
});
