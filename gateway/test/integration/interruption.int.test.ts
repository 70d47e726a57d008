import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProcessesOf, until } from './support/commanded-network';

jest.setTimeout(120_000);

const ROOT = join(__dirname, '../../..');
const JEST = ['node_modules/jest/bin/jest.js', '-c', '.config/jest.config.cjs', '--selectProjects', 'integration', '--'];

const temporary = mkdtempSync(join(tmpdir(), 'interruption-'));
const listNetworks = (): string[] => readdirSync(temporary).filter((name) => /^medaccord-\w{6}$/.test(name));

afterAll(() => {
  rmSync(temporary, { recursive: true, force: true });
});

test.each(['doorbells', 'kills.int'])('Ctrl-C in the middle of %s leaves no process and no folder', async (name) => {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...JEST, `gateway/test/integration/${name}`], {
    cwd: ROOT,
    stdio: 'ignore',
    env: { ...process.env, TMPDIR: temporary },
    detached: true,
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  await until('a gateway of the test begins', () =>
    listNetworks().some((network) => existsSync(join(temporary, network, 'run/logs/gateway-unity.log'))),
  );
  expect(findProcessesOf(temporary).length).toBeGreaterThan(5);
  process.kill(-(child.pid ?? 0), 'SIGINT');
  await ended;
  await until('nothing is left of it', () => findProcessesOf(temporary).length === 0 && listNetworks().length === 0, 40_000);
});
