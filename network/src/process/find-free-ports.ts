import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { tryLock } from './exclusive-lock';
import { ProcessError } from './process-error';

/** Below the range from which the system gives ports to clients (32768 on Linux), above what services usually take. */
const FIRST = 12_000;
const LAST = 31_900;
const STEP = 100;
const TRIES = 200;

export interface FreePorts {
  readonly base: number;
  /** Lets others of this machine have the block. */
  release(): void;
}

/**
 * Finds a block of free neighbouring ports, for tests that run several networks side by side. Held by a lock until released or until this
 * process ends, so that two of them never choose the same.
 * @throws ProcessError PORT_IN_USE when none is found
 */
export async function findFreePorts(count = STEP, host = '127.0.0.1'): Promise<FreePorts> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const base = FIRST + STEP * randomInt((LAST - FIRST) / STEP);
    const release = tryLock(join(tmpdir(), `medaccord-ports-${String(base)}.lock`));
    if (release === undefined) continue;
    const free = await Promise.all(Array.from({ length: count }, (_, offset) => isFree(host, base + offset)));
    if (free.every(Boolean)) return { base, release };
    release();
  }
  throw new ProcessError('PORT_IN_USE', `No ${String(count)} free neighbouring ports were found from ${String(FIRST)} to ${String(LAST)}.`);
}

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => {
      resolve(false);
    });
    probe.listen({ host, port, exclusive: true }, () => {
      probe.close(() => {
        resolve(true);
      });
    });
  });
}
