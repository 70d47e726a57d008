import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readNodes, type OrdererFacts } from '../../src/operations';
import type { Organisation } from '../../src/topology';
import { openNotesClient, type NotesClient } from '../support/notes-client';
import { ScratchNetwork, until } from '../support/scratch-network';
import { onFabricAlone } from '../support/test-ledger';

const { describe } = onFabricAlone('the devnet keeps the ledgers of all organisations in one database');
/** What one organisation keeps alone, and what two keep. */
const OWN = '_implicit_org_NorthsideMSP';
const LETTERS = 'letters';
const TWO = ['NorthsideMSP', 'LakeviewMSP'];

let network: ScratchNetwork;
let archive: string;
let passphraseFile: string;

const pathOf = (organisation: string): Organisation => {
  const found = network.topology.organisations.find(({ name }) => name === organisation);
  if (found === undefined) throw new Error(`no organisation ${organisation}`);
  return found;
};

async function using<T>(organisation: string, use: (client: NotesClient) => Promise<T>): Promise<T> {
  const client = openNotesClient(network.topology, organisation);
  try {
    return await use(client);
  } finally {
    client.close();
  }
}

/** A value as long as a record. */
const textOf = (key: string): string => createHash('sha512').update(key).digest('hex').repeat(40);

async function writeAll(keys: readonly string[]): Promise<void> {
  await using('northside', async (client) => {
    for (const key of keys) {
      await client.hide(OWN, key, textOf(`own ${key}`), ['NorthsideMSP']);
      await client.hide(LETTERS, key, textOf(`letter ${key}`), TWO);
      await client.write(key, textOf(key));
    }
  });
}

const command = (verb: 'backup' | 'restore', ...options: string[]): ReturnType<ScratchNetwork['ask']> =>
  network.ask(verb, archive, '--organisation', 'northside', '--passphrase-file', passphraseFile, ...options);

/** The blocks of the peer, proved, and compared with those of another node: exit code 0 only when all of it holds. */
async function expectSameChain(one: string, other: string): Promise<void> {
  const { code, output } = await network.run('verify', '--organisation', one, '--against', other);
  expect({ code, output }).toMatchObject({ code: 0 });
}

/** Whether a transaction went through; the orderers may be choosing a leader. */
const isWritten = (key: string): Promise<boolean> =>
  using('lakeview', (client) =>
    client.write(key, 'x').then(
      () => true,
      () => false,
    ),
  );

async function untilLevel(): Promise<void> {
  await until(async () => {
    const nodes = await readNodes(network.topology);
    const heights = nodes.map((node) => (node.kind === 'silent' ? undefined : node.height));
    return nodes.length === 8 && new Set(heights).size === 1 && heights[0] !== undefined;
  }, 120_000);
}

describe('a backup of one organisation', () => {
  beforeAll(async () => {
    network = await ScratchNetwork.create();
    network.editTopology((topology) => {
      const chaincode = topology['chaincode'] as object;
      return { ...topology, chaincode: { ...chaincode, collections: [{ name: LETTERS, members: ['northside', 'lakeview'] }] } };
    });
    archive = join(network.folder, 'northside.backup');
    passphraseFile = join(network.folder, 'passphrase');
    writeFileSync(passphraseFile, 'a passphrase of this test alone\n', { mode: 0o600 });
    expect(await network.ask('up')).toMatchObject({ code: 0 });
    await writeAll(['one', 'two', 'three']);
  }, 240_000);

  afterAll(async () => {
    await network.remove();
  }, 60_000);

  test('stops its peer for a moment while the others go on', async () => {
    const peer = network.processOf('peer-northside').pid;
    const others = network.listProcesses().filter(({ pid }) => pid !== peer);
    const failures: unknown[] = [];
    let [written, done] = [0, false];
    const writer = using('lakeview', async (client) => {
      while (!done) {
        await client.write(`meanwhile-${String(written)}`, 'x').catch((error: unknown) => failures.push(error));
        written += 1;
      }
    });
    await until(() => written > 2);
    const before = written;
    const { code, lines } = await command('backup');
    const during = written - before;
    done = true;
    await writer;
    expect({ code, lines }).toMatchObject({ code: 0, lines: [{ ok: true, file: archive, height: expect.any(Number) as number }] });
    const { stoppedMs } = lines[0] as { stoppedMs: number };
    expect(stoppedMs).toBeLessThan(15_000);
    expect(during).toBeGreaterThan(3);
    expect(failures).toEqual([]);
    expect(network.processOf('peer-northside').pid).not.toBe(peer);
    expect(network.listProcesses()).toEqual(expect.arrayContaining(others));
    expect(existsSync(join(network.topology.paths.run, 'backup-northside'))).toBe(false);
  }, 120_000);

  test('is refused over the network while it runs, and when it is not what it was', async () => {
    await writeAll(['late']);
    await untilLevel();
    expect((await command('restore')).lines).toMatchObject([{ ok: false, error: { code: 'NETWORK_RUNNING' } }]);
    expect(await network.run('down')).toMatchObject({ code: 0 });
    rmSync(pathOf('northside').nodes.peer.data, { recursive: true });
    const whole = readFileSync(archive);
    const refused: Record<string, unknown> = {};
    const restoreAs = async (what: string, spoil: () => void): Promise<void> => {
      spoil();
      const { code, lines } = await command('restore', '--only', 'peer');
      refused[what] = [code, (lines[0]?.['error'] as { code?: string } | undefined)?.code];
      writeFileSync(archive, whole);
    };
    await restoreAs('altered', () => {
      const bytes = Buffer.from(whole);
      bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1);
      writeFileSync(archive, bytes);
    });
    await restoreAs('cut off', () => truncateSync(archive, whole.length - 1000));
    await restoreAs('passphrase', () => writeFileSync(passphraseFile, 'another passphrase than that\n'));
    writeFileSync(passphraseFile, 'a passphrase of this test alone\n');
    const other = await network.ask('restore', archive, '--organisation', 'lakeview', '--passphrase-file', passphraseFile);
    expect(other.lines).toMatchObject([{ ok: false, error: { code: 'BACKUP_OF_ANOTHER' } }]);
    expect((await command('restore')).lines).toMatchObject([{ ok: false, error: { code: 'BACKUP_WOULD_OVERWRITE' } }]);
    expect(refused).toEqual({
      altered: [1, 'BACKUP_DAMAGED'],
      'cut off': [1, 'BACKUP_DAMAGED'],
      passphrase: [1, 'BACKUP_PASSPHRASE_WRONG'],
    });
    expect(existsSync(pathOf('northside').nodes.peer.data)).toBe(false);
  }, 120_000);

  test('brings a destroyed peer back with its private data; what others keep too comes from them, what it alone kept since is gone', async () => {
    expect((await command('restore', '--only', 'peer')).lines).toMatchObject([
      { ok: true, restored: ['peer'], orderer: 'keeps its chain', archive: { organisation: 'northside' } },
    ]);
    expect(await network.ask('up')).toMatchObject({ code: 0 });
    await untilLevel();
    await using('northside', async (client) => {
      for (const key of ['one', 'two', 'three']) {
        expect(await client.show(OWN, key)).toBe(textOf(`own ${key}`));
        expect(await client.show(LETTERS, key)).toBe(textOf(`letter ${key}`));
        expect(await client.read(key)).toBe(textOf(key));
      }
      expect(await client.read('late')).toBe(textOf('late'));
      expect(await client.show(LETTERS, 'late')).toBe(textOf('letter late'));
      await expect(client.show(OWN, 'late')).rejects.toThrow();
      await client.hide(OWN, 'after', textOf('own after'), ['NorthsideMSP']);
      expect(await client.show(OWN, 'after')).toBe(textOf('own after'));
    });
    await expectSameChain('northside', 'lakeview');
  }, 240_000);

  test('brings a whole lost machine back: its orderer, which led and is in no backup, joins again, and its vote counts', async () => {
    rmSync(archive);
    expect((await command('backup')).code).toBe(0);
    expect(await network.run('down')).toMatchObject({ code: 0 });
    rmSync(pathOf('northside').folder, { recursive: true });
    expect((await command('restore')).lines).toMatchObject([
      { ok: true, restored: ['peer', 'identities', 'authorities'], orderer: 'joins again' },
    ]);
    expect(await network.ask('up')).toMatchObject({ code: 0 });
    // Nothing has been ordered since.
    await untilLevel();
    await using('northside', async (client) => {
      for (const key of ['one', 'after']) expect(await client.show(OWN, key)).toBe(textOf(`own ${key}`));
    });
    const orderer = network.processOf('orderer-unity').pid;
    process.kill(orderer, 'SIGSTOP');
    try {
      await until(() => isWritten('with the vote of the restored one'), 120_000);
    } finally {
      process.kill(orderer, 'SIGCONT');
    }
    await untilLevel();
    const own = (await readNodes(network.topology)).find(
      (node): node is OrdererFacts => node.name === 'orderer-northside' && node.kind === 'orderer',
    );
    expect(own).toMatchObject({ isConsenter: true, isActive: true });
    await expectSameChain('northside', 'unity');
    await expectSameChain('northside/orderer', 'unity/orderer');
  }, 300_000);
});
