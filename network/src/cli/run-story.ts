import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import type { Network } from '../deployment';
import type { Platform } from '../process';
import type { Topology } from '../topology';

/**
 * Runs the gateway's own telling of the main job as a child with this terminal. Returns its exit code, or undefined when the gateway has no
 * story to tell.
 */
export function runStory(
  topology: Topology,
  network: Network,
  platform: Platform,
  options: readonly string[],
): Promise<number | undefined> {
  if (topology.gateway === undefined) return Promise.resolve(undefined);
  const program = join(topology.gateway.folder, 'dist/cli/main.js');
  if (!existsSync(program)) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    const argv = ['--disable-warning=ExperimentalWarning', program, 'story', '--connections', topology.paths.run, ...options];
    const child = spawn(platform.node, argv, { stdio: 'inherit', env: { ...platform.environment } });
    const release = child.pid === undefined ? (): void => undefined : network.guard(child.pid);
    // The terminal tells the child itself; these two reach only us.
    const forward = (signal: NodeJS.Signals): void => void child.kill(signal);
    process.on('SIGTERM', forward).on('SIGHUP', forward);
    child.once('error', () => {
      resolve(1);
    });
    child.once('exit', (code, signal) => {
      release();
      process.off('SIGTERM', forward).off('SIGHUP', forward);
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}
