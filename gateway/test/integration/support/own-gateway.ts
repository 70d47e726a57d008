import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { PrivateJwk } from '../../../src/crypto';
import { Door } from '../../support/door';
import { waitFor } from '../../support/test-consortium';

const MAIN = join(__dirname, '../../../dist/main.js');

/** A gateway process that the test itself starts and ends, with the keys of one that the network started and data of its own. */
export class OwnGateway extends Door {
  /** Where it listens now; empty before its first start. */
  url = '';
  #process: ChildProcess | undefined;

  constructor(
    readonly mspId: string,
    readonly keys: string,
    readonly env: Readonly<Record<string, string>>,
  ) {
    super();
  }

  /** Resolves when it listens, which is before it answers everything. */
  async start(): Promise<void> {
    const env = { PATH: process.env.PATH, MEDACCORD_KEYS: this.keys, MEDACCORD_LISTEN_PORT: '0', ...this.env };
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    this.#process = child;
    const port = new Promise<number>((resolve, reject) => {
      createInterface({ input: child.stdout }).on('line', (line) => {
        const { listening } = JSON.parse(line) as { listening?: { port: number } };
        if (listening !== undefined) resolve(listening.port);
      });
      child.once('exit', (code) => {
        reject(new Error(`The gateway ended with ${String(code)} before it listened`));
      });
    });
    this.url = `http://127.0.0.1:${String(await port)}`;
  }

  async untilReady(): Promise<void> {
    const isReady = (): Promise<boolean> =>
      fetch(`${this.url}/readyz`).then(
        ({ status }) => status === 200,
        () => false,
      );
    await waitFor(isReady, 40_000);
  }

  /** The signal is sent at once. Resolves when the process has ended. */
  async end(signal: NodeJS.Signals): Promise<void> {
    const running = this.#process;
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
    const ended = new Promise((resolve) => running.once('exit', resolve));
    running.kill(signal);
    await ended;
  }

  readTokenKey(): PrivateJwk {
    return JSON.parse(readFileSync(join(this.keys, 'token.json'), 'utf8')) as PrivateJwk;
  }
}
