import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultPackageId, startDevnet, type ConsortiumSpec, type Devnet, type DevnetOptions } from '../../src';
import { GOLDEN_CHAINCODE, startChaincode, type ChaincodeProcess } from './chaincode-process';
import { connectClient, type TestClient } from './golden-client';

/** A devnet with the golden chaincode in one process per organisation, on a folder of its own. */
export interface GoldenNetwork {
  readonly devnet: Devnet;
  readonly spec: ConsortiumSpec;
  readonly folder: string;
  readonly chaincodes: readonly ChaincodeProcess[];
  /** A stock client of the organisation, as its first client. */
  client(mspId: string): TestClient;
  /** Closes the devnet and starts it again on its folder. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export const COLLECTIONS = [
  { name: 'pair', policy: "OR('NorthMSP.member','SouthMSP.member')", maxPeerCount: 3, memberOnlyRead: true, memberOnlyWrite: true },
] as const;

export const MEMBERS = ['NorthMSP', 'SouthMSP', 'EastMSP'] as const;

export async function startGoldenNetwork(
  options: Partial<DevnetOptions> = {},
  running: readonly string[] = MEMBERS,
): Promise<GoldenNetwork> {
  const folder = mkdtempSync(join(tmpdir(), 'devnet-'));
  const packageId = defaultPackageId('golden', '1.0');
  const chaincodes = await Promise.all(running.map((mspId) => startChaincode({ mspId, folder: GOLDEN_CHAINCODE, packageId })));
  const services = Object.fromEntries(running.map((mspId, index) => [mspId, chaincodes[index]?.service.address ?? '']));
  const spec: ConsortiumSpec = {
    organisations: MEMBERS.map((mspId) => ({ mspId })),
    policies: { Witnessed: { outOf: 2, role: 'peer' } },
    chaincodes: [
      { name: 'golden', version: '1.0', policy: '/Channel/Application/Witnessed', collections: COLLECTIONS, services, packageId },
    ],
  };
  const problems: unknown[] = [];
  const start = (): Promise<Devnet> => startDevnet(spec, { folder, onProblem: (error) => problems.push(error), ...options });
  let devnet = await start();
  const clients: TestClient[] = [];
  const closeClients = (): void => clients.splice(0).forEach((client) => client.close());
  await Promise.all(running.map((mspId) => devnet.chaincodeReady(mspId, 'golden')));
  return {
    get devnet() {
      return devnet;
    },
    spec,
    folder,
    chaincodes,
    client: (mspId) => {
      const organisation = devnet.organisation(mspId);
      if (organisation.generated === undefined) throw new Error('no client');
      const client = connectClient(organisation, organisation.generated.client);
      clients.push(client);
      return client;
    },
    restart: async () => {
      closeClients();
      await devnet.close();
      devnet = await start();
    },
    stop: async () => {
      closeClients();
      await devnet.close();
      await Promise.all(chaincodes.map((chaincode) => chaincode.stop()));
      rmSync(folder, { recursive: true, force: true });
      if (problems.length > 0) throw new AggregateError(problems, 'the devnet met problems of its own');
    },
  };
}
