import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { isDeepStrictEqual } from 'node:util';
import { common } from '@hyperledger/fabric-protos';
import type { LedgerBlock } from '../../src/ledger/ledger';
import { parseBlock } from '../../src/ledger/parse-block';
import { Facts } from '../../src/store';
import { CommandedNetwork, until, type CommandedGateway } from './support/commanded-network';
import {
  expectAcknowledged,
  expectDecisionsOnNewestConsent,
  expectOneEffectEach,
  expectSameAnswers,
  readAnswers,
} from './support/judge-effects';
import { Load } from './support/load';
import type { Operation } from './support/load-client';
import { listOpenWork, listUnsent } from './support/open-work';
import { KILLABLE } from './support/processes';
import { killAtRandom } from './support/random-kills';
import { proveChains, topologyOf, untilLevel } from './support/prove-chains';
import { readChain } from './support/read-chain';

jest.setTimeout(400_000);

const KILLS = 50;
const CLIENTS = { registrars: 1, importers: 2, relations: 3 };
/** What the clients have begun at least when they end: a slow machine works on after the last kill. */
const LEAST: readonly (readonly [Operation['kind'], number])[] = [
  ['import', 6],
  ['consent', 11],
  ['request', 11],
];

let network: CommandedNetwork;
let gateways: readonly CommandedGateway[];
let load: Load;

beforeAll(async () => {
  network = await CommandedNetwork.create();
  await network.up();
  ({ gateways } = network);
  load = await Load.open(gateways);
});

afterAll(async () => {
  await load.stop();
  await network.remove();
});

const countOf = (kind: Operation['kind']): number => load.log.operations.filter((each) => each.kind === kind).length;

function readModelOf(file: string): unknown {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").all() as { name: string }[];
    return tables.map(({ name }) => [
      name,
      database
        .prepare(`SELECT * FROM ${name}`)
        .all()
        .map((row) => JSON.stringify(row))
        .sort(),
    ]);
  } finally {
    database.close();
  }
}

describe('fifty random kills of ledger, chaincodes and gateways, under load', () => {
  let firstAnswers: ReadonlyMap<Operation, string>;
  let blocks: readonly LedgerBlock[];
  let rebuilt: Facts;

  beforeAll(async () => {
    load.start(CLIENTS);
    const kills = await killAtRandom(network, KILLABLE, KILLS);
    expect([...kills.values()].reduce((sum, count) => sum + count, 0)).toBe(KILLS);
    await until('there was load enough', () => LEAST.every(([kind, least]) => countOf(kind) >= least));
    await load.stop();
    await until('the network is whole again', () => network.isWhole);
    firstAnswers = readAnswers(load);
  });

  test('answer nobody with anything but success or a coded, passing trouble', () => {
    expect(load.log.surprises).toEqual([]);
  });

  test('leave no outcome unknown and nothing half done', async () => {
    const left = (): string[] => gateways.flatMap(listOpenWork);
    await until('every gateway has finished its work', () => left().length === 0, 60_000).catch(() => undefined);
    expect(left()).toEqual([]);
  });

  test('a repeat gives what was acknowledged first, and finishes what a client left', async () => {
    await expectSameAnswers(load, firstAnswers);
  });

  test('every peer has the same chain, and whoever replays it finds the same codes and commit hashes', async () => {
    const left = (): string[] => gateways.flatMap(listUnsent).concat(gateways.flatMap(listOpenWork));
    await until('every gateway has finished its work', () => left().length === 0, 60_000).catch(() => undefined);
    expect(left()).toEqual([]);
    const topology = topologyOf(network);
    await untilLevel(topology);
    await proveChains(topology, 0, true);
    const [{ connection, mspId }] = gateways as [CommandedGateway];
    const chain = (await readChain(connection, mspId)).blocks.map((block) => block.serializeBinary());
    blocks = chain.map((block) => parseBlock(common.Block.deserializeBinary(block), connection.chaincode));
  });

  test('every acknowledged transaction is on the ledger, once, and valid', () => {
    expectAcknowledged(firstAnswers, blocks);
  });

  test('no idempotency key and no signature has two effects, none that was acknowledged is without', () => {
    rebuilt = new Facts(join(network.folder, 'rebuilt.sqlite'), '');
    for (const block of blocks) rebuilt.apply(block);
    expectOneEffectEach(load, rebuilt);
  });

  test('no decision was committed on a consent that had a successor by then', () => {
    expect(expectDecisionsOnNewestConsent(blocks)).toBe(rebuilt.listType('decision').length);
  });

  test("every gateway's read model equals a rebuild from block 0", async () => {
    rebuilt.close();
    // While they run: one that is stopped anchors its audit log, and so adds a block.
    for (const { connection } of gateways) {
      const file = join(network.folder, `rebuilt-${connection.organisation.mspId}.sqlite`);
      const facts = new Facts(file, connection.organisation.mspId);
      for (const block of blocks) facts.apply(block);
      facts.close();
      const live = join(connection.data, 'projection.sqlite');
      await until('it has seen all blocks', () => isDeepStrictEqual(readModelOf(live), readModelOf(file))).catch(() => undefined);
      expect(readModelOf(live)).toEqual(readModelOf(file));
    }
  });
});
