import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isRunning } from './process-table';

const ROOT = join(__dirname, '../../..');

/** A supervisor in a process of its own, so that it can be killed: prints the pids of what it started, then waits. */
const SUPERVISES = `
require('ts-jest');
const ts = require('typescript');
require.extensions['.ts'] = (module, file) => module._compile(ts.transpileModule(require('node:fs').readFileSync(file, 'utf8'),
  { compilerOptions: { module: 'commonjs', target: 'es2022', esModuleInterop: true } }).outputText, file);
const { Supervisor } = require(${JSON.stringify(join(__dirname, 'supervisor.ts'))});
const program = (name, code) => ({ name, title: name, argv: [process.execPath, '-e', code], cwd: '/', env: {}, listens: [],
  readiness: { kind: 'line', startsWith: 'up' }, readyWithinMs: 20000, stopsWithinMs: 2000, talks: false });
const supervisor = new Supervisor({ logs: process.argv[2] });
supervisor.startStage([
  program('mild', "console.log('up'); setInterval(() => {}, 1000)"),
  program('stubborn', "process.on('SIGTERM', () => {}); console.log('up'); setInterval(() => {}, 1000)"),
]).then(() => console.log('pids ' + supervisor.statuses.map(({ process }) => process.pid).join(' ')));
`;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'warden-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function startSupervising(): Promise<{ kill: (signal: NodeJS.Signals) => void; pids: number[] }> {
  const file = join(folder, 'supervises.cjs');
  writeFileSync(file, SUPERVISES);
  const child = spawn(process.execPath, [file, folder], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_PATH: join(ROOT, 'node_modules') },
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await until(() => output.includes('pids ') && output.endsWith('\n'));
  return {
    kill: (signal) => child.kill(signal),
    pids: output
      .replace(/^[^]*pids /, '')
      .trim()
      .split(' ')
      .map(Number),
  };
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('the condition did not come true');
    await pause(20);
  }
}

test('nothing outlives a supervisor that is killed, not even what ignores TERM', async () => {
  const { kill, pids } = await startSupervising();
  expect(pids.map((pid) => isRunning({ pid }))).toEqual([true, true]);
  kill('SIGKILL');
  await until(() => pids.every((pid) => !isRunning({ pid })));
}, 30_000);
