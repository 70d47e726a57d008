import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { common } from '@hyperledger/fabric-protos';
import type { LedgerBlock } from '../../src/ledger/ledger';
import { parseBlock } from '../../src/ledger/parse-block';
import { Facts } from '../../src/store';
import { onFabricAlone } from '../../../network/test/support/test-ledger';
import { CommandedNetwork, until, type CommandedGateway } from './support/commanded-network';
import { FabricFaults } from './support/fabric-faults';
import {
  expectAcknowledged,
  expectDecisionsOnNewestConsent,
  expectOneEffectEach,
  expectSameAnswers,
  readAnswers,
} from './support/judge-effects';
import { Load } from './support/load';
import type { Operation } from './support/load-client';
import { countUnknown, listOpenWork, listUnsent } from './support/open-work';
import { proveChains, untilLevel } from './support/prove-chains';
import { readChain } from './support/read-chain';
import { takeSnapshots } from './support/take-snapshots';

const { describe } = onFabricAlone('the devnet has no orderers and no peers to lose');

jest.setTimeout(300_000);

const MEMBERS = ['northside', 'lakeview', 'unity', 'authority'];
const CLIENTS = { registrars: 2, importers: 1, relations: 2 };
const MISSED_BLOCKS = 1_000;
/** Answers for good that must come while a fault lasts, and again after it. */
const PROGRESS = 10;
/** Outcomes that are unknown at the same time while nothing is ordered. */
const UNKNOWN = 4;

let network: CommandedNetwork;
let gateways: readonly CommandedGateway[];
let faults: FabricFaults;
let load: Load;
/** All blocks before this one were compared. */
let proved = 0;

/** Writes go on: what is answered for good becomes more, of every kind that is named. */
async function untilProgress(count = PROGRESS, withinMs = 90_000): Promise<void> {
  const before = load.acknowledged().length;
  await until(`${String(count)} more answers`, () => load.acknowledged().length >= before + count, withinMs);
}

/** What holds after every fault: nothing is left unknown or half done, and every peer has the same chain and the same state. */
async function expectWhole(): Promise<void> {
  await load.stop();
  expect(load.log.surprises).toEqual([]);
  await faults.untilInOffice();
  const left = (): string[] => gateways.flatMap(listOpenWork);
  await until('every gateway has finished its work', () => left().length === 0).catch(() => undefined);
  expect(left()).toEqual([]);
  await untilLevel(faults.topology);
  proved = await proveChains(faults.topology, Math.max(0, proved - 1));
}

describe('a consortium on Fabric, under load', () => {
  beforeAll(async () => {
    network = await CommandedNetwork.create();
    await network.up();
    ({ gateways } = network);
    faults = new FabricFaults(network);
    load = await Load.open(gateways);
  });

  afterAll(async () => {
    await network.remove();
  });

  describe('which', () => {
    beforeEach(() => {
      load.start(CLIENTS);
    });

    // What one fault left must not be taken for what the next one does.
    afterEach(async () => {
      await load.stop();
      await faults.reviveAll();
    });

    test('loses each orderer to kill -9, the leader first: it comes back by itself, and all agree', async () => {
      await untilProgress();
      for (const name of await faults.listOrderers()) {
        await faults.kill(name);
        await faults.untilInOffice();
        await untilProgress();
      }
      await expectWhole();
    });

    test.each(['peer', 'chaincode'])('loses the %s of each member to kill -9: it comes back by itself, and all agree', async (kind) => {
      for (const member of MEMBERS) {
        await untilProgress();
        await faults.kill(`${kind}-${member}`);
        await faults.untilInOffice();
      }
      await untilProgress();
      await expectWhole();
    });

    test('has two of four orderers down, the leader one of them: nothing is ordered and nothing forks until one is back', async () => {
      await untilProgress();
      const [leader = '', follower = ''] = await faults.listOrderers();
      await faults.keepDown(leader, follower);
      const height = await faults.readCommonHeight();
      await until(
        'clients wait for outcomes that nobody knows',
        () => gateways.map(countUnknown).reduce((sum, count) => sum + count, 0) >= UNKNOWN,
      );
      expect(await faults.readCommonHeight()).toBe(height);
      await faults.restart(follower);
      await untilProgress();
      await faults.revive(leader);
      await untilProgress();
      await expectWhole();
    });

    test.each([
      ['peer', 'the others go on without it'],
      ['orderer', 'another one leads'],
    ])('has a frozen %s: %s, and it goes on where it was', async (kind) => {
      await untilProgress();
      const [leader = ''] = await faults.listOrderers();
      const goOn = faults.freeze(kind === 'orderer' ? leader : 'peer-unity');
      try {
        await untilProgress(2 * PROGRESS);
      } finally {
        goOn();
      }
      await untilProgress();
      await expectWhole();
    });

    test('has a full disk at one peer: it ends rather than go on wrongly, the others go on, and with space it has all that they have', async () => {
      await untilProgress();
      await faults.fillDisk('peer-lakeview');
      await untilProgress();
      await faults.revive('peer-lakeview');
      await untilProgress();
      await expectWhole();
    });

    test(`has a peer that was down for ${String(MISSED_BLOCKS)} blocks: it catches up with all of them`, async () => {
      await setLargestBlock(1);
      const first = await faults.heightAt('northside');
      await faults.keepDown('peer-unity');
      await load.stop();
      load.start({ ...CLIENTS, registrars: 20 });
      const isMissed = async (): Promise<boolean> => (await faults.heightAt('northside')) >= first + MISSED_BLOCKS;
      await until(`${String(MISSED_BLOCKS)} blocks came`, isMissed, 120_000);
      await setLargestBlock(100);
      await faults.revive('peer-unity');
      await expectWhole();
      expect(await faults.heightAt('unity')).toBeGreaterThan(first + MISSED_BLOCKS);
    });

    test('loses everything at once, and goes on where it was', async () => {
      await untilProgress();
      faults.killAll();
      await network.up();
      await untilProgress();
      await expectWhole();
    });
  });

  describe('after all that', () => {
    let first: ReadonlyMap<Operation, string>;
    let blocks: readonly LedgerBlock[];

    test('a repeat gives what was acknowledged first, and finishes what a client left', async () => {
      await load.stop();
      first = readAnswers(load);
      await expectSameAnswers(load, first);
      const left = (): string[] => [...gateways.flatMap(listOpenWork), ...gateways.flatMap(listUnsent)];
      await until('every gateway has finished its work', () => left().length === 0).catch(() => undefined);
      expect(left()).toEqual([]);
    });

    test('every peer has the same chain from its first block on, and whoever replays it finds the same codes and hashes', async () => {
      await untilLevel(faults.topology);
      expect(await proveChains(faults.topology, 0, true)).toBeGreaterThan(MISSED_BLOCKS);
    });

    test('every peer holds the same state in its database', async () => {
      const [one, ...others] = await takeSnapshots(faults.topology, await faults.heightAt('northside'));
      expect(Object.keys(one?.snapshot_files_raw_hashes ?? {}).length).toBeGreaterThan(0);
      for (const other of others) expect(other).toEqual(one);
    });

    test('no acknowledged write is lost, and no effect doubled', async () => {
      const [{ connection, mspId }] = gateways as [CommandedGateway];
      const chain = (await readChain(connection, mspId)).blocks.map((block) => block.serializeBinary());
      blocks = chain.map((block) => parseBlock(common.Block.deserializeBinary(block), connection.chaincode));
      expectAcknowledged(first, blocks);
      const facts = new Facts(join(network.folder, 'rebuilt.sqlite'), '');
      for (const block of blocks) facts.apply(block);
      expectOneEffectEach(load, facts);
      expect(expectDecisionsOnNewestConsent(blocks)).toBe(facts.listType('decision').length);
      facts.close();
    });
  });
});

/** Changes the running channel: how many transactions a block holds at most. */
async function setLargestBlock(messages: number): Promise<void> {
  const file = join(network.folder, 'blocks.json');
  const topology = JSON.parse(readFileSync(network.topologyFile, 'utf8')) as object;
  writeFileSync(file, JSON.stringify({ ...topology, fabric: { block: { messages } } }));
  const { code, output } = await network.ask('channel', 'set', 'batch', '--sign-all', '--topology', file);
  expect({ code, output }).toMatchObject({ code: 0 });
}
