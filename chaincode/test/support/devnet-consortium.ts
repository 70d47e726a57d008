import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { startDevnet, type Devnet } from '@medaccord/devnet';
import type { StaffRole } from '../../src/model';
import { LedgerConsortium, type ClientKey } from './ledger-consortium';

const CHAINCODE = join(__dirname, '../..');
export const LAWLESS = join(__dirname, '../fixtures/lawless-chaincode');
const PACKAGE_ID = 'medaccord:1';

/** How a member's chaincode process is run. */
export interface ChaincodeRun {
  /** Default: the chaincode of this package, as built. */
  readonly folder?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A consortium on a devnet: real endorsement, ordering and validation, a chaincode process per member. */
export class DevnetConsortium extends LedgerConsortium {
  private constructor(
    readonly devnet: Devnet,
    readonly processes: ReadonlyMap<string, ChildProcess>,
  ) {
    super();
  }

  static async start(
    folder: string,
    members: readonly string[],
    runs: Readonly<Record<string, ChaincodeRun>> = {},
  ): Promise<DevnetConsortium> {
    const started = await Promise.all(members.map(async (mspId) => ({ mspId, ...(await startChaincode(mspId, runs[mspId] ?? {})) })));
    const services = Object.fromEntries(started.map(({ mspId, address }) => [mspId, address]));
    const devnet = await startDevnet(
      {
        channel: 'medaccord',
        organisations: members.map((mspId) => ({ mspId })),
        policies: { Witnessed: { outOf: 2, role: 'peer' } },
        chaincodes: [{ name: 'medaccord', version: '1', policy: '/Channel/Application/Witnessed', services, packageId: PACKAGE_ID }],
      },
      { folder, testSwitches: true },
    );
    await Promise.all(members.map((mspId) => devnet.chaincodeReady(mspId, 'medaccord')));
    return new DevnetConsortium(devnet, new Map(started.map(({ mspId, child }) => [mspId, child])));
  }

  override async stop(): Promise<void> {
    await super.stop();
    await this.devnet.close();
    for (const child of this.processes.values()) {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    }
  }

  protected async newClient(mspId: string, role: StaffRole | 'admin' | undefined): Promise<ClientKey> {
    const { generated, endpoint, tlsRootCertificates } = this.devnet.organisation(mspId);
    if (generated === undefined) throw new Error('the devnet makes the identities');
    const attributes = role === undefined ? {} : { role };
    const commonName = `${mspId.toLowerCase()}-${role ?? 'none'}`;
    const key = role === 'admin' ? generated.admin : await generated.issueIdentity({ commonName, ou: 'client', attributes });
    return { ...key, endpoint, tlsRootCertificates };
  }

  /** Its peers are one. */
  protected settled(): Promise<void> {
    return Promise.resolve();
  }
}

/** Chaincode as a service by the stock shim: `fabric-chaincode-node server`. The devnet waits until it listens. */
async function startChaincode(
  mspId: string,
  { folder = CHAINCODE, env = {} }: ChaincodeRun,
): Promise<{ child: ChildProcess; address: string }> {
  const address = `127.0.0.1:${String(await freePort())}`;
  const shim = join(dirname(require.resolve('fabric-shim/package.json')), 'cli.js');
  const child = spawn(process.execPath, [shim, 'server', '--chaincode-address', address, '--chaincode-id', PACKAGE_ID], {
    cwd: folder,
    env: { PATH: process.env.PATH, CORE_PEER_LOCALMSPID: mspId, CORE_CHAINCODE_LOGGING_LEVEL: 'error', ...env },
    stdio: 'ignore',
  });
  return { child, address };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
