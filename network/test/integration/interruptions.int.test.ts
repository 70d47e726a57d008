import { rmSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { ProcessIdentity } from '../../src/process';
import { openNotesClient } from '../support/notes-client';
import { areGone, ScratchNetwork, until } from '../support/scratch-network';
import { TEST_LEDGER } from '../support/test-ledger';

let network: ScratchNetwork;

beforeEach(async () => {
  network = await ScratchNetwork.create();
}, 60_000);

afterEach(async () => {
  await network.remove();
}, 60_000);

/** Collects every process that is ever seen, so that none can hide behind a later state. */
function watchProcesses(): { seen: Map<number, ProcessIdentity>; end: () => void } {
  const seen = new Map<number, ProcessIdentity>();
  const look = (): void => {
    for (const process of network.listProcesses()) seen.set(process.pid, process);
  };
  const timer = setInterval(look, 5);
  return {
    seen,
    end: () => {
      clearInterval(timer);
    },
  };
}

async function expectNothingLeft(seen: Map<number, ProcessIdentity>): Promise<void> {
  await until(() => areGone([...seen.values()]));
  expect(await network.listBusyPorts()).toEqual([]);
}

const stateOf = (name: string): string | undefined => network.state?.processes.find((each) => each.name === name)?.state;

const LEDGER = { devnet: 'ledger', fabric: 'peer-unity' }[TEST_LEDGER];

/** Moments of a start, by what can be observed then. */
const MOMENTS: [string, () => boolean][] = [
  ['the certificate authorities start', () => stateOf('ca') === 'starting'],
  ['the ledger starts', () => stateOf(LEDGER) === 'starting'],
  ['the ledger is there, and the chaincode is being deployed', () => stateOf(LEDGER) === 'ready'],
  ['the gateways start', () => stateOf('gateway-unity') === 'starting'],
];

async function expectResumes(): Promise<void> {
  const { code, lines } = await network.ask('up');
  expect(lines).toEqual([expect.objectContaining({ ok: true, sequence: 1 })]);
  expect(code).toBe(0);
  const client = openNotesClient(network.topology, 'unity');
  expect(await client.read('rules')).toBe('{"version":1}');
  client.close();
}

describe.each(MOMENTS)('when %s', (_moment, isNow) => {
  async function interrupt(signal: 'SIGINT' | 'SIGKILL') {
    const { seen, end } = watchProcesses();
    const command = network.start('start');
    await until(isNow);
    command.child.kill(signal);
    const ended = await command.ended;
    end();
    await expectNothingLeft(seen);
    return ended;
  }

  test('neither killing the supervisor nor Ctrl-C leaves a process or a port, and the next start goes on from there', async () => {
    await interrupt('SIGKILL');
    const { code, output } = await interrupt('SIGINT');
    expect({ code, output }).toEqual({ code: 130, output: expect.stringContaining('Stopped while it was starting') });
    await expectResumes();
  }, 120_000);
});

describe('a network that is up', () => {
  async function startForeground(...options: string[]) {
    const command = network.start('start', ...options);
    await until(() => command.said().includes('stays up'), 60_000);
    return { command, processes: network.listProcesses() };
  }

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'stops in order on %s, with the exit code of its story',
    async (signal) => {
      const { command, processes } = await startForeground();
      command.child.kill(signal);
      expect(await command.ended).toMatchObject({ code: 0, output: expect.stringContaining('Stopping in order') });
      expect(areGone(processes)).toBe(true);
      expect(network.state).toBeUndefined();
      expect(await network.listBusyPorts()).toEqual([]);
    },
    90_000,
  );

  test('ends at once when it is asked twice, even if a process does not want to', async () => {
    const { command, processes } = await startForeground();
    // A stopped process hears no TERM.
    process.kill(network.processOf('gateway-unity').pid, 'SIGSTOP');
    const since = Date.now();
    command.child.kill('SIGINT');
    await until(() => command.said().includes('Stopping in order'));
    // Two signals within half a second are one and the same Ctrl-C.
    await pause(600);
    command.child.kill('SIGINT');
    await command.ended;
    expect(Date.now() - since).toBeLessThan(5000);
    expect(areGone(processes)).toBe(true);
  }, 90_000);

  test('stops in order also when its run folder was removed under it', async () => {
    const { command, processes } = await startForeground();
    rmSync(network.topology.paths.run, { recursive: true });
    command.child.kill('SIGINT');
    expect((await command.ended).code).toBe(0);
    await until(() => areGone(processes));
    expect(await network.listBusyPorts()).toEqual([]);
  }, 90_000);

  test('leaves nothing when its supervisor is killed, and the next start does not wait to be told', async () => {
    const { command, processes } = await startForeground();
    command.child.kill('SIGKILL');
    await command.ended;
    await expectResumes();
    await until(() => areGone(processes));
  }, 90_000);

  test('tells the story with what it was asked, and stays up even when the story fails', async () => {
    const { command } = await startForeground('--bundle', 'broken');
    expect(command.said()).toContain('"--bundle","broken"');
    command.child.kill('SIGINT');
    expect((await command.ended).code).toBe(7);
  }, 90_000);
});

test('a start for one story ends with it and with its exit code, one line of JSON per step', async () => {
  const good = await network.ask('start', '--once');
  expect(good).toMatchObject({
    code: 0,
    lines: [
      { step: 'up', ok: true },
      { step: 'told', ok: true },
    ],
  });
  expect(good.lines[1]?.['argv']).toEqual(['story', '--connections', network.topology.paths.run, '--json', '--once']);
  const bad = await network.ask('start', '--once', '--bundle', 'broken');
  expect(bad).toMatchObject({
    code: 7,
    lines: [
      { step: 'up', resumed: true },
      { step: 'told', ok: false },
    ],
  });
  expect(await network.listBusyPorts()).toEqual([]);
}, 90_000);

test('an up whose command is interrupted leaves nothing', async () => {
  const { seen, end } = watchProcesses();
  const command = network.start('up');
  await until(() => stateOf(LEDGER) === 'starting');
  command.child.kill('SIGKILL');
  await command.ended;
  end();
  await expectNothingLeft(seen);
}, 60_000);
