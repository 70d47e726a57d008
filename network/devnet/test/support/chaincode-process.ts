import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import type { ChaincodeService } from '../../src/chaincode/service-address';

export interface ChaincodeProcess {
  readonly service: ChaincodeService;
  readonly child: ChildProcess;
  /** What it wrote, for a failing test. */
  output(): string;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

export interface ChaincodeProcessSpec {
  readonly mspId: string;
  /** Folder with package.json. */
  readonly folder: string;
  readonly packageId: string;
  /** Default: any free one. */
  readonly port?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Further arguments of `fabric-chaincode-node server`. */
  readonly args?: readonly string[];
}

export const GOLDEN_CHAINCODE = join(__dirname, '../fixtures/golden-chaincode');

/** Starts unmodified Node chaincode as a service, one process per organisation. It listens a moment later: the dialler waits for it. */
export async function startChaincode(spec: ChaincodeProcessSpec): Promise<ChaincodeProcess> {
  const address = `127.0.0.1:${String(spec.port ?? (await freePort()))}`;
  const shim = join(dirname(require.resolve('fabric-shim/package.json')), 'cli.js');
  const args = [shim, 'server', '--chaincode-address', address, '--chaincode-id', spec.packageId, ...(spec.args ?? [])];
  const child = spawn(process.execPath, args, {
    cwd: spec.folder,
    env: { PATH: process.env['PATH'], CORE_PEER_LOCALMSPID: spec.mspId, CORE_CHAINCODE_LOGGING_LEVEL: 'error', ...spec.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  return {
    service: { packageId: spec.packageId, address, dialTimeoutMs: 20_000 },
    child,
    output: () => Buffer.concat(chunks).toString(),
    stop: async (signal = 'SIGKILL') => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill(signal);
      await exited;
    },
  };
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
