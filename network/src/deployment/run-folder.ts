import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writePrivateFile } from '../files';
import { tryLock } from '../process';
import { listHere, type Topology } from '../topology';
import { DeploymentError } from './deployment-error';
import { readNetworkState } from './network-state';

const LOCK = 'lock';
/** Made first, removed last: a folder without it was not made here. */
const MARK = '.network';

/**
 * Makes the run folder if need be and holds it for this process. Returns the function that lets go of it.
 * @throws DeploymentError NETWORK_RUNNING, naming the process and its addresses; RUN_FOLDER_FOREIGN.
 */
export function openRunFolder(topology: Topology): () => void {
  const { run } = topology.paths;
  assertOurs(run);
  mkdirSync(run, { recursive: true, mode: 0o700 });
  const release = tryLock(join(run, LOCK));
  if (release === undefined) throw newRunning(topology);
  writePrivateFile(join(run, MARK), 'Everything in this folder belongs to one network; the command `reset` removes it.\n');
  return release;
}

/** Removes the run folder with everything in it. False when there was none. @throws DeploymentError NETWORK_RUNNING, RUN_FOLDER_FOREIGN. */
export function removeRunFolder(topology: Topology): boolean {
  const { run } = topology.paths;
  if (!existsSync(run)) return false;
  const release = openRunFolder(topology);
  try {
    for (const entry of readdirSync(run)) {
      if (entry !== MARK) rmSync(join(run, entry), { recursive: true, force: true });
    }
    rmSync(run, { recursive: true, force: true });
  } finally {
    release();
  }
  return true;
}

function assertOurs(run: string): void {
  if (!existsSync(run) || existsSync(join(run, MARK))) return;
  // A start that was killed between making the folder and marking it leaves at most its lock.
  if (readdirSync(run).every((entry) => entry.startsWith(LOCK) || entry.startsWith(MARK))) return;
  throw new DeploymentError(
    'RUN_FOLDER_FOREIGN',
    `${run} holds something else than a network.`,
    'Move it away, or give the network another name in its topology file.',
  );
}

function newRunning(topology: Topology): DeploymentError {
  const state = readNetworkState(topology);
  const gateways = listHere(topology)
    .map(({ title, endpoints }) => `  ${title}: ${endpoints.gateway}`)
    .join('\n');
  const who = state === undefined ? '' : ` (pid ${String(state.supervisor.pid)}, ${state.phase} since ${state.startedAt})`;
  return new DeploymentError(
    'NETWORK_RUNNING',
    `The network ${topology.name} runs already${who}:\n${gateways}`,
    'Use it as it is, or stop it with `down` (or Ctrl-C where it was started).',
  );
}
