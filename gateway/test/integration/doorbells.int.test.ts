import { spawn } from 'node:child_process';
import { cpSync, existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
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
    .filter((line) => /^ {2}(RECORDS=|PHYSICIAN=|curl |\/.* wallet history )/.test(line));
  const tried = await run('sh', '-euc', lines.join('\necho ----\n')).ended;
  expect(tried.code).toBe(0);
  const [, , organisations = '', interface_ = '', records = '', release = '', again = '', history = ''] = tried.output.split('----\n');
  expect((JSON.parse(organisations) as { organisations: unknown[] }).organisations).toHaveLength(4);
  expect(JSON.parse(interface_)).toMatchObject({ openapi: expect.any(String) as unknown });
  expect((JSON.parse(records) as { records: unknown[] }).records).toHaveLength(27);
  expect(JSON.parse(release)).toMatchObject({ code: 'RELEASE_ENDED' });
  expect(JSON.parse(again)).toMatchObject({ status: 'refused', refusal: { code: 'NOT_PERMITTED' } });
  expect(history).toContain('consent-revoked');
  expect(history).not.toContain('Error');
  command.interrupt();
  expect((await command.ended).code).toBe(0);
  await expectNothingLeft();
});

/** Rings a doorbell of Fabric's test-network, on the ledger of this run. */
const ring = (...argv: readonly string[]): Promise<Shown> =>
  run(join(ROOT, 'test-network-scripts/network.sh'), ...argv, ...(TEST_LEDGER === 'fabric' ? ['-bft'] : []), ...place()).ended;

const saying = (code: number, words: string): object => ({ code, output: expect.stringContaining(words) as unknown });

const readManifest = (): { name: string; version: string } =>
  JSON.parse(readFileSync(join(ROOT, 'chaincode/package.json'), 'utf8')) as { name: string; version: string };

/** The chaincode as it is built, altered to be another version, in a folder of its own. */
function copyChaincode(version: string): string {
  const folder = join(network.folder, 'chaincode');
  cpSync(join(ROOT, 'chaincode/dist'), join(folder, 'dist'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...readManifest(), version }));
  symlinkSync(join(ROOT, 'node_modules'), join(network.folder, 'node_modules'));
  return folder;
}

describe('the words and flags of Fabric’s test-network', () => {
  test('make the network and the channel by the name that is asked for', async () => {
    expect((await ring('reset')).code).toBe(0);
    expect((await ring('status')).code).toBe(4);
    expect((await ring('deployCC')).code).toBe(4);
    const made = await ring('up', 'createChannel', '-c', 'mychannel', '-ca', '-r', '5', '-d', '3', '-s', 'goleveldb', '-verbose');
    expect(made).toMatchObject(saying(0, '+ npm run network -- up --channel mychannel'));
    expect(network.isWhole).toBe(true);
    expect(await ring('status')).toMatchObject(saying(0, 'gateway-'));
  });

  test('have nothing to do for a channel that is there, and make no other', async () => {
    expect((await ring('createChannel', '-c', 'mychannel')).code).toBe(0);
    expect((await ring('createChannel')).code).toBe(0);
    expect((await ring('createChannel', '-c', 'another')).code).toBe(3);
    expect((await ring('up')).code).toBe(3);
  });

  test('deploy altered chaincode as the next sequence, if it is the one that is asked for', async () => {
    const built = ['-ccv', readManifest().version, '-ccl', 'typescript', '-ccn', 'medaccord'];
    expect(await ring('deployCC', '-c', 'mychannel', ...built, '-ccs', '1')).toMatchObject(saying(0, 'Deployed already'));
    expect(await ring('deployCC', '-ccv', '9.9')).toMatchObject(saying(1, 'RELEASE_OTHER'));
    const altered = ['-ccp', copyChaincode('9.9.0'), '-ccv', '9.9.0'];
    expect(await ring('deployCC', ...altered, '-ccs', '7')).toMatchObject(saying(1, 'would be sequence 2, not 7'));
    expect(await ring('deployCC', ...altered, '-ccs', '2')).toMatchObject({
      code: 0,
      output: expect.stringMatching(/Deployed in .*medaccord_9\.9\.0:.* sequence 2\./) as unknown,
    });
    for (const gateway of network.gateways) expect((await gateway.send('/readyz')).status).toBe(200);
  });

  test('restart it as it was, stop it, and forget it', async () => {
    const altered = ['-c', 'mychannel', '-ccp', join(network.folder, 'chaincode')];
    expect(await ring('restart', ...altered)).toMatchObject({ code: 0 });
    expect(network.isWhole).toBe(true);
    expect(await ring('deployCC', ...altered, '-ccs', '2')).toMatchObject(saying(0, 'Deployed already'));
    expect((await ring('down')).code).toBe(0);
    await expectNothingLeft();
    expect((await ring('reset')).code).toBe(0);
    expect(existsSync(network.run)).toBe(false);
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
