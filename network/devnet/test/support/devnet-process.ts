import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConsortiumSpec, ControlAddress } from '../../src';
import type { ClientSpec } from './gateway-client';

const MAIN = [join(__dirname, '../../src/cli/main.ts')];
const TYPESCRIPT = ['--require', join(__dirname, 'register-typescript.cjs')];

/** A devnet in a process of its own, started by the command line. */
export interface DevnetProcess {
  readonly child: ChildProcess;
  readonly control: ControlAddress;
  /** The generated client of an organisation, from the files that the command wrote. */
  client(mspId: string): ClientSpec;
  /** Ends it with the signal. */
  end(signal: NodeJS.Signals): Promise<void>;
}

/** Resolves when it says that it is ready. @throws Error with its output when it ends instead */
export async function startDevnetProcess(spec: ConsortiumSpec, folder: string, flags: readonly string[] = []): Promise<DevnetProcess> {
  const config = `${folder}.json`;
  writeFileSync(config, JSON.stringify(spec));
  const child = spawn(process.execPath, [...TYPESCRIPT, ...MAIN, 'up', '--config', config, '--folder', folder, ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = await untilReady(child);
  return {
    child,
    control: JSON.parse(readFileSync(join(folder, 'control.json'), 'utf8')) as ControlAddress,
    client: (mspId) => {
      const [, endpoint = '', files = ''] =
        output
          .split('\n')
          .map((line) => line.split(/\s+/))
          .find(([name]) => name === mspId) ?? [];
      const read = (name: string): string => readFileSync(join(files, name), 'utf8');
      return {
        mspId,
        endpoint,
        tlsRootCertificates: read('tls-ca.pem'),
        certificate: read('client.pem'),
        privateKey: read('client-key.pem'),
      };
    },
    end: async (signal) => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill(signal);
      await exited;
    },
  };
}

/** Runs a command of the devnet to its end. */
export async function runDevnetCommand(...args: readonly string[]): Promise<{ readonly code: number; readonly output: string }> {
  const child = spawn(process.execPath, [...TYPESCRIPT, ...MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk.toString()));
  const [code] = (await once(child, 'close')) as [number];
  return { code, output: chunks.join('') };
}

function untilReady(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      if (/^ready$/m.test(output)) resolve(output);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('exit', () => reject(new Error(`the devnet ended: ${output}`)));
  });
}
