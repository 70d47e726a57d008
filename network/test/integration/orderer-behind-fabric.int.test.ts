import { cpSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readNodes, type OrdererFacts } from '../../src/operations';
import { openNotesClient } from '../support/notes-client';
import { ScratchNetwork, until } from '../support/scratch-network';
import { onFabricAlone } from '../support/test-ledger';

const { test: onFabric } = onFabricAlone('the devnet has no orderers that lead each other');
jest.setTimeout(300_000);

let network: ScratchNetwork;

/** Writes until every orderer has all blocks: one that was away loses what the others tell it first, and learns of it with the next block. */
async function write(key: string): Promise<void> {
  const client = openNotesClient(network.topology, 'unity');
  let round = 0;
  await until(async () => {
    round += 1;
    await client.write(`${key}-${String(round)}`, key).catch(() => undefined);
    return areLevel(await readOrderers());
  }, 90_000);
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

const areLevel = (orderers: readonly OrdererFacts[]): boolean => new Set(orderers.map(({ height }) => height)).size === 1;

/** Takes an orderer back to before the last block, as if it had been killed in the moment before it wrote that. */
async function loseLastBlock(organisation: string, change: () => Promise<unknown>): Promise<void> {
  const data = network.topology.organisations.find(({ name }) => name === organisation)?.nodes.orderer?.data;
  if (data === undefined) throw new Error(`${organisation} runs no orderer`);
  expect(await network.run('down')).toMatchObject({ code: 0 });
  cpSync(data, `${data}.former`, { recursive: true });
  expect(await network.run('up')).toMatchObject({ code: 0 });
  await change();
  rmSync(data, { recursive: true });
  renameSync(`${data}.former`, data);
}

async function findOrderer(isWanted: (orderer: OrdererFacts) => boolean): Promise<string> {
  return (await readOrderers()).find(isWanted)?.organisation ?? '';
}

describe('an orderer that lacks the last block while nothing is to be ordered gets it when it starts', () => {
  onFabric('as the leader', async () => {
    await write('one');
    const leader = await findOrderer(({ isLeader }) => isLeader);
    await loseLastBlock(leader, () => write('two'));
    expect(await network.run('restart', `orderer-${leader}`)).toMatchObject({ code: 0 });
    expect(areLevel(await readOrderers())).toBe(true);
    await write('three');
  });

  onFabric('as one that follows', async () => {
    const follower = await findOrderer(({ isLeader }) => !isLeader);
    await loseLastBlock(follower, () => write('four'));
    expect(await network.run('restart', `orderer-${follower}`)).toMatchObject({ code: 0 });
    expect(areLevel(await readOrderers())).toBe(true);
    await write('five');
  });

  onFabric('when that changed the channel', async () => {
    const follower = await findOrderer(({ isLeader }) => !isLeader);
    await loseLastBlock(follower, async () => {
      const topology = join(network.folder, 'other.json');
      writeFileSync(
        topology,
        JSON.stringify({ ...(JSON.parse(readFileSync(network.topologyFile, 'utf8')) as object), fabric: { block: { messages: 50 } } }),
      );
      expect(await network.run('channel', 'set', 'batch', '--topology', topology, '--sign-all')).toMatchObject({ code: 0 });
    });
    expect(await network.run('restart', `orderer-${follower}`)).toMatchObject({ code: 0 });
    expect(areLevel(await readOrderers())).toBe(true);
    await write('six');
  });
});
