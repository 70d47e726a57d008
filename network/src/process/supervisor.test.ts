import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { ProcessSpec } from './process-spec';
import { canSignal, isRunning } from './process-table';
import { Supervisor, type SupervisorOptions } from './supervisor';
import type { ProcessEvent, ProcessStatus } from './supervised-process';

const SERVES = `require('node:http').createServer((_, r) => r.end()).listen(Number(process.argv[1]), '127.0.0.1');`;
const IGNORES_TERM = `process.on('SIGTERM', () => console.log('no')); setInterval(() => {}, 1000); console.log('up');`;
const TELLS = `process.on('message', ({ question, body }) => process.send(body === 'fail'
  ? { answer: question, error: { code: 'TEST_REFUSED', message: 'refused' } } : { answer: question, body: 'heard ' + body })); console.log('up');`;

let folder: string;
let supervisor: Supervisor;
let events: ProcessEvent[];
const servers: Server[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'supervisor-'));
});

afterEach(async () => {
  await supervisor.stop();
  for (const server of servers.splice(0)) server.close();
  rmSync(folder, { recursive: true, force: true });
});

function newSupervisor(more: Partial<SupervisorOptions> = {}): Supervisor {
  events = [];
  supervisor = new Supervisor({
    logs: folder,
    onEvent: (event) => events.push(event),
    restarts: { delaysMs: [0, 10], steadyAfterMs: 60_000 },
    ...more,
  });
  return supervisor;
}

/** A process that announces itself with the line `up`, unless told otherwise. */
function program(name: string, code: string, more: Partial<ProcessSpec> = {}): ProcessSpec {
  return {
    name,
    title: `The ${name}`,
    argv: [process.execPath, '-e', code],
    cwd: folder,
    env: {},
    listens: [],
    readiness: { kind: 'line', startsWith: 'up' },
    readyWithinMs: 10_000,
    stopsWithinMs: 5_000,
    talks: false,
    ...more,
  };
}

describe('processes that come and go while others run', () => {
  const WAITS = `setInterval(() => {}, 1000); console.log('up')`;
  const namesOf = (): string[] => supervisor.statuses.map(({ name }) => name);

  test('start in the stage of one that runs, so that they stop with it', async () => {
    await newSupervisor().startStage([program('a', WAITS)]);
    await supervisor.startStage([program('late', WAITS)]);
    await supervisor.startBeside('a', [program('b', WAITS)]);
    expect(namesOf()).toEqual(['a', 'b', 'late']);
    expect(supervisor.statuses.every(({ state }) => state === 'ready')).toBe(true);
  });

  test('start all or none: of a failed start nothing is left', async () => {
    await newSupervisor().startStage([program('a', WAITS)]);
    const failing = supervisor.startBeside('a', [program('b', WAITS), program('c', 'process.exit(3)')]);
    await expect(failing).rejects.toMatchObject({ code: 'PROCESS_EXITED' });
    expect(namesOf()).toEqual(['a']);
    await supervisor.startBeside('a', [program('b', WAITS)]);
    expect(namesOf()).toEqual(['a', 'b']);
  });

  test('are gone when they are retired', async () => {
    await newSupervisor().startStage([program('a', WAITS), program('b', WAITS)]);
    const [, b] = supervisor.statuses;
    await supervisor.retire(['b']);
    expect(namesOf()).toEqual(['a']);
    expect(b?.process !== undefined && isRunning(b.process)).toBe(false);
    await expect(supervisor.retire(['b'])).rejects.toMatchObject({ code: 'PROCESS_UNKNOWN' });
  });
});

describe('an exchange', () => {
  const WAITS = `setInterval(() => {}, 1000); console.log('up')`;
  const pidsOf = (): (number | undefined)[] => supervisor.statuses.map(({ process }) => process?.pid);

  test('lets the new process run beside the old one, which stops when the time between is over', async () => {
    await newSupervisor().startStage([program('a', WAITS), program('b', WAITS)]);
    const [oldA, oldB] = supervisor.statuses;
    const done = await supervisor.exchange([program('a', WAITS)], () => {
      expect(supervisor.statuses.map(({ name, state }) => [name, state])).toEqual([
        ['a', 'ready'],
        ['b', 'ready'],
        ['a', 'ready'],
      ]);
      return Promise.resolve('done');
    });
    expect(done).toBe('done');
    expect(supervisor.statuses.map(({ name, state }) => [name, state])).toEqual([
      ['b', 'ready'],
      ['a', 'ready'],
    ]);
    expect(pidsOf()[0]).toBe(oldB?.process?.pid);
    expect(oldA?.process !== undefined && isRunning(oldA.process)).toBe(false);
  });

  test.each([
    ['what is done between fails', WAITS, () => Promise.reject(new Error('refused')), /refused/],
    ['the new process does not come up', 'process.exit(3)', () => Promise.resolve(), /exit code 3/],
  ])('leaves the old process alone when %s', async (_what, code, meanwhile, message) => {
    await newSupervisor().startStage([program('a', WAITS)]);
    const before = pidsOf();
    await expect(supervisor.exchange([program('a', code)], meanwhile)).rejects.toThrow(message);
    expect(pidsOf()).toEqual(before);
    expect(supervisor.statuses.map(({ state }) => state)).toEqual(['ready']);
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function statusOf(name: string): ProcessStatus {
  const status = supervisor.statuses.find((each) => each.name === name);
  if (status === undefined) throw new Error(`no ${name}`);
  return status;
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('the condition did not come true');
    await pause(10);
  }
}

const idle = (line = 'up'): string => `console.log('${line}'); setInterval(() => {}, 1000);`;

describe('the supervisor', () => {
  test('a process is ready when its port accepts, or its URL answers 200, or its line is seen', async () => {
    const [first, second] = [await freePort(), await freePort()];
    const serving = (name: string, port: number): Partial<ProcessSpec> => ({
      argv: [process.execPath, '-e', SERVES, String(port)],
      listens: [{ host: '127.0.0.1', port }],
    });
    await newSupervisor().startStage([
      program('port', '', { ...serving('port', first), readiness: { kind: 'port', host: '127.0.0.1', port: first } }),
      program('http', '', { ...serving('http', second), readiness: { kind: 'http', url: `http://127.0.0.1:${String(second)}/` } }),
      program('line', `setTimeout(() => console.log('up and about'), 50); setInterval(() => {}, 1000)`),
    ]);
    expect(supervisor.statuses.map(({ state }) => state)).toEqual(['ready', 'ready', 'ready']);
  });

  test('a process that ends before it is ready fails the start with its exit code, its last lines and its log', async () => {
    const broken = program('broken', `console.error('the disk is on fire'); process.exit(3)`);
    await expect(newSupervisor().startStage([broken])).rejects.toMatchObject({
      code: 'PROCESS_EXITED',
      message: 'The broken (broken) ended with exit code 3 before it was ready.',
      lastLines: ['the disk is on fire'],
      hint: expect.stringContaining('broken.log'),
    });
  });

  test('a program that does not exist fails the start and is named', async () => {
    const missing = program('missing', '', { argv: ['/no/such/program'] });
    await expect(newSupervisor().startStage([missing])).rejects.toMatchObject({
      code: 'PROCESS_EXITED',
      lastLines: [expect.stringContaining('/no/such/program')],
    });
  });

  test('a folder that does not exist fails the start', async () => {
    await expect(newSupervisor().startStage([program('lost', idle(), { cwd: join(folder, 'none') })])).rejects.toMatchObject({
      code: 'PROCESS_NOT_STARTED',
    });
  });

  test('a process that is not ready in time is ended and fails the start', async () => {
    const late = program('late', idle('not yet'), { readyWithinMs: 300 });
    await expect(newSupervisor().startStage([late])).rejects.toMatchObject({ code: 'PROCESS_NOT_READY' });
    expect(statusOf('late')).toMatchObject({ state: 'failed', process: undefined });
  });

  test('a busy port is refused before anything starts, with pid and command of its holder', async () => {
    const server = createServer();
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const wanting = program('wanting', idle(), { listens: [{ host: '127.0.0.1', port }] });
    await expect(newSupervisor().startStage([wanting])).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      message: expect.stringContaining(`Port 127.0.0.1:${String(port)}, needed by The wanting, is held by pid ${String(process.pid)} (`),
    });
    expect(supervisor.statuses).toEqual([]);
  });

  test('a process that is killed is started again', async () => {
    await newSupervisor().startStage([program('mortal', idle())]);
    const first = statusOf('mortal').process?.pid ?? 0;
    process.kill(first, 'SIGKILL');
    await until(() => statusOf('mortal').restarts === 1 && statusOf('mortal').state === 'ready');
    expect(statusOf('mortal').process?.pid).not.toBe(first);
    expect(events).toEqual([
      { kind: 'died', title: 'The mortal', how: 'signal SIGKILL', again: true },
      { kind: 'restarted', title: 'The mortal', ms: expect.any(Number) },
    ]);
  });

  test('a process that keeps dying is given up after the tries the policy allows', async () => {
    await newSupervisor().startStage([program('sickly', `console.log('up'); setTimeout(() => process.exit(1), 20)`)]);
    await until(() => statusOf('sickly').state === 'failed');
    expect(statusOf('sickly').restarts).toBe(2);
    expect(events.at(-1)).toEqual({ kind: 'died', title: 'The sickly', how: 'exit code 1', again: false });
  });

  test('a process that stayed up long enough has all its tries again', async () => {
    const policy = { delaysMs: [0], steadyAfterMs: 0 };
    await newSupervisor({ restarts: policy }).startStage([program('steady', idle())]);
    for (const restarts of [1, 2, 3]) {
      process.kill(statusOf('steady').process?.pid ?? 0, 'SIGKILL');
      await until(() => statusOf('steady').restarts === restarts && statusOf('steady').state === 'ready');
    }
  });

  test('stages stop in the opposite order of their start', async () => {
    const order: string[] = [];
    newSupervisor({
      onChange: (statuses) =>
        statuses.filter(({ state }) => state === 'stopped').forEach(({ name }) => order.includes(name) || order.push(name)),
    });
    await supervisor.startStage([program('ground', idle())]);
    order.length = 0;
    await supervisor.startStage([program('roof', idle())]);
    order.length = 0;
    await supervisor.stop();
    expect(order).toEqual(['roof', 'ground']);
  });

  test('a process that ignores TERM is killed with everything it had started', async () => {
    const parent = `const { pid } = require('node:child_process').spawn('sleep', ['1000'], { stdio: 'ignore' }); console.log('child ' + pid); ${IGNORES_TERM}`;
    await newSupervisor().startStage([program('stubborn', parent, { stopsWithinMs: 200 })]);
    const log = readFileSync(join(folder, 'stubborn.log'), 'utf8');
    const child = Number(/child (\d+)/.exec(log)?.[1]);
    expect(canSignal(child, 0)).toBe(true);
    await supervisor.stop();
    await until(() => !isRunning({ pid: child }));
  });

  test('a stop in the middle of a start ends the start and leaves nothing', async () => {
    const starting = newSupervisor().startStage([program('slow', idle('not yet'))]);
    const refused = expect(starting).rejects.toMatchObject({ code: 'PROCESS_INTERRUPTED' });
    await until(() => supervisor.statuses[0]?.process !== undefined);
    const pid = statusOf('slow').process?.pid ?? 0;
    await supervisor.stop();
    await refused;
    expect(canSignal(-pid, 0)).toBe(false);
    await expect(supervisor.startStage([program('later', idle())])).rejects.toMatchObject({ code: 'PROCESS_INTERRUPTED' });
  });

  test('a replaced process runs what the new specification says', async () => {
    await newSupervisor().startStage([program('one', idle('up as first'))]);
    await supervisor.replace([program('one', idle('up as second'))]);
    expect(readFileSync(join(folder, 'one.log'), 'utf8')).toBe('up as first\nup as second\n');
    expect(statusOf('one')).toMatchObject({ state: 'ready', restarts: 0 });
  });

  test('a restarted process is another one that runs the same, and its restart is no death', async () => {
    await newSupervisor().startStage([program('one', idle('up as ever'))]);
    const before = statusOf('one').process;
    await supervisor.restart('one');
    expect(readFileSync(join(folder, 'one.log'), 'utf8')).toBe('up as ever\nup as ever\n');
    expect(statusOf('one')).toMatchObject({ state: 'ready', restarts: 0 });
    expect(statusOf('one').process).not.toEqual(before);
    await expect(supervisor.restart('nobody')).rejects.toMatchObject({ code: 'PROCESS_UNKNOWN' });
  });

  describe('a process that is stopped for a piece of work', () => {
    const WAITS = `setInterval(() => {}, 1000); console.log('up')`;
    const pidOf = (name: string): number | undefined => supervisor.statuses.find((status) => status.name === name)?.process?.pid;

    test('is not there while the work lasts, the others are, and nobody else can start it', async () => {
      await newSupervisor().startStage([program('a', WAITS), program('b', WAITS)]);
      const [before, other] = [pidOf('a'), pidOf('b')];
      const during = await supervisor.whileStopped('a', async () => {
        await expect(supervisor.restart('a')).rejects.toMatchObject({ code: 'PROCESS_HELD' });
        await expect(supervisor.whileStopped('a', () => Promise.resolve())).rejects.toMatchObject({ code: 'PROCESS_HELD' });
        return [pidOf('a'), pidOf('b')];
      });
      expect(during).toEqual([undefined, other]);
      expect(supervisor.statuses.map(({ state }) => state)).toEqual(['ready', 'ready']);
      expect(pidOf('a')).not.toBe(before);
      expect(events).toEqual([]);
    });

    test('runs again when the work fails, and the failure is told', async () => {
      await newSupervisor().startStage([program('a', WAITS)]);
      await expect(supervisor.whileStopped('a', () => Promise.reject(new Error('no room')))).rejects.toThrow('no room');
      expect(supervisor.statuses[0]?.state).toBe('ready');
    });
  });

  test('a talking process answers questions, and its errors keep their code', async () => {
    await newSupervisor().startStage([program('talker', TELLS, { talks: true })]);
    await expect(supervisor.ask('talker', 'me')).resolves.toBe('heard me');
    await expect(supervisor.ask('talker', 'fail')).rejects.toMatchObject({ code: 'TEST_REFUSED' });
    await expect(supervisor.ask('nobody', 'me')).rejects.toMatchObject({ code: 'PROCESS_UNKNOWN' });
  });

  test('a question to a process that dies is answered with an error, not never', async () => {
    await newSupervisor().startStage([program('mute', `process.on('message', () => process.exit(1)); console.log('up')`, { talks: true })]);
    await expect(supervisor.ask('mute', 'me')).rejects.toMatchObject({ code: 'PROCESS_UNREACHABLE' });
  });
});
