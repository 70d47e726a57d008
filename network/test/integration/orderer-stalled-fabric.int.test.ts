import { cpSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { askNetwork } from '../../src/deployment';
import { readNodes, type OrdererFacts } from '../../src/operations';
import type { Organisation } from '../../src/topology';
import { openNotesClient, type NotesClient } from '../support/notes-client';
import { ScratchNetwork, until } from '../support/scratch-network';
import { onFabricAlone } from '../support/test-ledger';

const { test: onFabric } = onFabricAlone('the devnet has no orderers that go on without each other');
jest.setTimeout(300_000);

/** An orderer that lacks the last block does not ask for it: it stands still, and answers, until the next one. */
const DEAF = { syncOnStart: false, heartbeat: '10m' };

let network: ScratchNetwork;
let client: NotesClient;
let count = 0;

async function writeUntil(condition: () => boolean | Promise<boolean>): Promise<void> {
  await until(async () => {
    count += 1;
    await client.write(`note-${String(count)}`, 'text').catch(() => undefined);
    return condition();
  }, 120_000);
}

async function readOrderers(): Promise<OrdererFacts[]> {
  return (await readNodes(network.topology)).filter((node) => node.kind === 'orderer');
}

async function areLevel(): Promise<boolean> {
  const orderers = await readOrderers();
  return orderers.length === 4 && new Set(orderers.map(({ height }) => height)).size === 1;
}

async function findFollower(): Promise<Organisation> {
  const orderer = (await readOrderers()).find(({ isLeader }) => !isLeader);
  const found = network.topology.organisations.find(({ name }) => name === orderer?.organisation);
  if (found === undefined) throw new Error('there is no orderer that follows');
  return found;
}

/** What is told of that organisation's orderer from now on, and only then. */
function listenFor({ title }: Organisation): () => string[] {
  const read = (): string[] => readFileSync(join(network.topology.paths.logs, 'supervisor.log'), 'utf8').split('\n');
  const before = read().length - 1;
  return () =>
    read()
      .slice(before)
      .filter((line) => line.includes(`Orderer of ${title}`));
}

const pidsOf = (): Map<string, number | undefined> =>
  new Map(network.state?.processes.map(({ name, state, process }) => [name, state === 'ready' ? process?.pid : undefined]));

beforeAll(async () => {
  network = await ScratchNetwork.create();
  network.editTopology((topology) => ({ ...topology, fabric: { restartStalledAfter: '3s', bft: DEAF } }));
  expect(await network.run('up')).toMatchObject({ code: 0 });
  client = openNotesClient(network.topology, 'unity');
});

afterAll(async () => {
  client.close();
  await network.remove();
});

onFabric('an orderer that is halted while others go on is restarted, it alone, and has all blocks again', async () => {
  const halted = await findFollower();
  const name = `orderer-${halted.name}`;
  await writeUntil(areLevel);
  const told = listenFor(halted);
  const before = pidsOf();
  process.kill(network.processOf(name).pid, 'SIGSTOP');
  await writeUntil(() => ![undefined, before.get(name)].includes(pidsOf().get(name)));
  await writeUntil(areLevel);
  expect(told()[0]).toMatch(/ ! .* stands still \(for \d+ s it tells of no block, others have \d+ blocks\); starting it again$/);
  expect(told()[1]).toMatch(/ ✓ .*: back after /);
  const after = pidsOf();
  expect([...before].filter(([each, pid]) => after.get(each) !== pid).map(([each]) => each)).toEqual([name]);
});

onFabric('one that answers and gets no more is restarted three times, then it is told that this does not help', async () => {
  const behind = await findFollower();
  const data = behind.nodes.orderer?.data ?? '';
  expect(await network.run('down')).toMatchObject({ code: 0 });
  cpSync(data, `${data}.former`, { recursive: true });
  expect(await network.run('up')).toMatchObject({ code: 0 });
  await writeUntil(areLevel);
  const told = listenFor(behind);
  rmSync(data, { recursive: true });
  renameSync(`${data}.former`, data);
  await askNetwork(network.topology, 'restart', `orderer-${behind.name}`);
  await until(() => told().some((line) => line.includes('given up')), 150_000);
  expect(told().filter((line) => line.includes('; starting it again'))).toHaveLength(3);
  expect(told().at(-1)).toMatch(
    / ✗ .* keeps standing still \(for \d+ s it has \d+, others have \d+ blocks, after 3 restarts within a day\)/,
  );
  await writeUntil(areLevel);
});
