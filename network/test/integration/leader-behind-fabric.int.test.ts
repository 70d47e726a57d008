import { cpSync, renameSync } from 'node:fs';
import { readNodes, type OrdererFacts } from '../../src/operations';
import { openNotesClient } from '../support/notes-client';
import { ScratchNetwork } from '../support/scratch-network';
import { onFabricAlone } from '../support/test-ledger';

const { test: onFabric } = onFabricAlone('the devnet has no orderers that lead each other');
jest.setTimeout(300_000);

let network: ScratchNetwork;

async function write(key: string): Promise<void> {
  const client = openNotesClient(network.topology, 'unity');
  await client.write(key, key);
  client.close();
}

async function readOrderers(): Promise<OrdererFacts[]> {
  return (await readNodes(network.topology)).filter((node) => node.kind === 'orderer');
}

beforeAll(async () => {
  network = await ScratchNetwork.create();
  expect(await network.run('up')).toMatchObject({ code: 0 });
});

afterAll(async () => {
  await network.remove();
});

onFabric('an orderer that comes back as the leader and lacks a block gets it, though nothing is to be ordered', async () => {
  await write('one');
  const leader = (await readOrderers()).find(({ isLeader }) => isLeader)?.organisation;
  const data = network.topology.organisations.find(({ name }) => name === leader)?.nodes.orderer?.data;
  if (data === undefined) throw new Error('nobody says that it leads');
  expect(await network.run('down')).toMatchObject({ code: 0 });
  cpSync(data, `${data}.former`, { recursive: true });
  expect(await network.run('up')).toMatchObject({ code: 0 });
  await write('two');
  // Killed in the moment before it wrote the last block: what it opens when it starts again has all but that.
  renameSync(data, `${data}.later`);
  renameSync(`${data}.former`, data);

  expect(await network.run('restart', `orderer-${leader ?? ''}`)).toMatchObject({ code: 0 });
  const orderers = await readOrderers();
  expect(new Set(orderers.map(({ height }) => height)).size).toBe(1);
  expect(orderers.find(({ organisation }) => organisation === leader)).toMatchObject({ isActive: true, isLeader: false });
  await write('three');
});
