import { copyFileSync, mkdirSync, readFileSync, readlinkSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { CommitError, EndorseError } from '@hyperledger/fabric-gateway';
import { deployDefinition, openPeerConnection, readMembers, newDefinitionTerms, type PeerConnection } from '../../src/lifecycle';
import { newChaincodePackage } from '../../src/lifecycle/package';
import { readBuiltChaincode } from '../../src/deployment';
import { openNotesClient, type NotesClient } from '../support/notes-client';
import { ScratchNetwork, until } from '../support/scratch-network';
import { onFabricAlone } from '../support/test-ledger';

const { describe } = onFabricAlone('the devnet keeps the definition itself and has no approvals to ask for');
const MEMBERS = ['northside', 'lakeview', 'unity', 'authority'];
const MVCC_READ_CONFLICT = 11;
const LETTERS = { name: 'letters', members: 'all', blockToLive: 100 };

let network: ScratchNetwork;

/** One step of one member, as the member takes it on a machine of its own. */
async function step(organisation: string, word: string, ...options: string[]): Promise<Record<string, unknown>> {
  const { lines } = await network.ask('lifecycle', word, '--organisation', organisation, ...options);
  return lines.at(-1) ?? {};
}

function editChaincode(file: string, before: string, after: string): void {
  const path = join(network.folder, 'chaincode', file);
  writeFileSync(path, readFileSync(path, 'utf8').replace(before, after));
}

/** The network's topology with something else wanted of the chaincode. */
function writeOtherTopology(change: object): string {
  const file = join(network.folder, 'other.json');
  const topology = JSON.parse(readFileSync(network.topologyFile, 'utf8')) as { chaincode: object };
  writeFileSync(file, JSON.stringify({ ...topology, chaincode: { ...topology.chaincode, ...change } }));
  return file;
}

async function withConnections<T>(
  names: readonly string[],
  use: (connections: [PeerConnection, ...PeerConnection[]]) => Promise<T>,
): Promise<T> {
  const organisations = network.topology.organisations.filter(({ name }) => names.includes(name));
  const connections = organisations.map(openPeerConnection) as [PeerConnection, ...PeerConnection[]];
  try {
    return await use(connections);
  } finally {
    for (const connection of connections) connection.close();
  }
}

describe('a chaincode’s life on Fabric', () => {
  beforeAll(async () => {
    network = await ScratchNetwork.create();
    const { lines: found } = await network.ask('binaries');
    mkdirSync(programs());
    for (const { name, file } of found[0]?.['programs'] as { name: string; file: string }[]) copyFileSync(file, join(programs(), name));
    process.env['MEDACCORD_FABRIC_BIN'] = programs();
    const { code, lines } = await network.ask('up');
    expect({ code, lines }).toMatchObject({ code: 0, lines: [{ ok: true, sequence: 1 }] });
  }, 180_000);

  afterAll(async () => {
    await network.remove();
  }, 60_000);

  test('begins with one package at all members, which all approved and committed as sequence 1', async () => {
    const { packageId } = newChaincodePackage(readBuiltChaincode(network.topology.chaincode.folder, 'notes'));
    for (const name of MEMBERS) {
      const known = await step(name, 'query');
      expect(known).toMatchObject({ ok: true, committed: { sequence: 1, version: '1.0.0', collections: 'none' }, runs: packageId });
      expect(known['installed']).toEqual([{ packageId, label: 'notes_1.0.0', uses: expect.any(Array) }]);
      expect(new Set(Object.values((known['committed'] as { approvals: object }).approvals))).toEqual(new Set([true]));
    }
  }, 60_000);

  test('has the package id that the peer itself calculates', async () => {
    const file = join(network.folder, 'notes.tgz');
    const packed = await step('unity', 'package', '--out', file);
    const installed = await step('unity', 'install', '--package', file);
    expect(installed).toMatchObject({ ok: true, packageId: packed['packageId'], before: true });
  }, 30_000);

  test('does not change when every step is taken again', async () => {
    const { topology } = network;
    const built = readBuiltChaincode(topology.chaincode.folder, 'notes');
    const wanted = { package: newChaincodePackage(built), version: built.version, onApproved: () => Promise.reject(new Error('changed')) };
    await expect(deployDefinition(topology, wanted)).resolves.toEqual({ sequence: 1, transactions: [] });
    for (const word of ['approve', 'commit']) {
      const taken = await step('lakeview', word);
      expect(taken).toMatchObject({ ok: true, sequence: 1 });
      expect(taken).not.toHaveProperty('transactionId');
    }
  }, 60_000);

  test('explains a definition on which members do not agree: who approved what, and in which fields it differs', async () => {
    const other = writeOtherTopology({ collections: [LETTERS] });
    expect(await step('northside', 'approve', '--version', '2.0.0')).toMatchObject({ ok: true, sequence: 2 });
    expect(await step('lakeview', 'approve', '--version', '2.1.0', '--topology', other)).toMatchObject({ ok: true, sequence: 2 });
    const { error } = await step('northside', 'commit', '--version', '2.0.0');
    expect(error).toMatchObject({ code: 'DEFINITION_NOT_READY', hint: expect.stringContaining('lifecycle approve') });
    const { message } = error as { message: string };
    expect(message).toContain('NorthsideMSP: approved\n');
    expect(message).toMatch(/LakeviewMSP: approved another version .*, other collections\n/);
    expect(message).toContain('UnityMSP: approved nothing for this sequence');

    const definition = { name: 'notes', sequence: 2, terms: newDefinitionTerms(network.topology, '2.0.0') };
    const members = await withConnections(['northside', 'lakeview'], (both) => readMembers(both, network.topology.channel, definition));
    expect(members.find(({ mspId }) => mspId === 'LakeviewMSP')?.fields).toEqual([
      { field: 'version', wanted: '2.0.0', found: '2.1.0' },
      { field: 'collections', wanted: 'none', found: 'letters' },
    ]);
  }, 60_000);

  test('is committed when enough members have come to one definition, and a late member joins it', async () => {
    for (const name of ['lakeview', 'unity']) await step(name, 'approve', '--version', '2.0.0');
    const readiness = (await step('authority', 'readiness', '--version', '2.0.0')) as { members?: { mspId: string; approved: boolean }[] };
    expect(readiness.members?.filter(({ approved }) => approved).map(({ mspId }) => mspId)).toEqual([
      'LakeviewMSP',
      'NorthsideMSP',
      'UnityMSP',
    ]);
    expect(await step('unity', 'commit', '--version', '2.0.0')).toMatchObject({ ok: true, sequence: 2, transactionId: expect.any(String) });
    await until(async () => (await step('authority', 'readiness', '--version', '2.0.0'))['committed'] === true);
    expect(await step('authority', 'approve', '--version', '2.0.0')).toMatchObject({
      ok: true,
      sequence: 2,
      transactionId: expect.any(String),
    });
    expect(await step('authority', 'query')).toMatchObject({ committed: { approvals: { AuthorityMSP: true } } });
  }, 90_000);

  test('refuses a sequence that is taken, and names the fields in which it is other', async () => {
    const { error } = await step('northside', 'approve', '--version', '2.1.0', '--sequence', '2');
    expect(error).toMatchObject({ code: 'DEFINITION_DIFFERS', message: expect.stringContaining('version: 2.0.0; wanted: 2.1.0') });
  }, 30_000);

  test('is completed by a deployment where an interrupted one stopped', async () => {
    editChaincode('package.json', '"1.0.0"', '"3.0.0"');
    await step('northside', 'install');
    await step('northside', 'approve');
    const { lines } = await network.ask('deploy');
    expect(lines).toMatchObject([{ ok: true, sequence: 3 }]);
    expect(lines[0]?.['transactions']).toHaveLength(MEMBERS.length);
  }, 120_000);

  test('changes over to another release while transactions go on: none that was acknowledged is lost, and none fails but to be done again', async () => {
    const refused = await underLoad('release', writeAgain, async () => {
      editChaincode('index.js', 'first release', 'second release');
      expect((await network.ask('deploy')).lines).toMatchObject([{ ok: true, sequence: 4 }]);
    });
    expect(refused).toEqual([]);
    expect(await evaluateAt('authority', 'Release')).toBe('second release');
  }, 180_000);

  test('goes on with new programs of Fabric that were put in the place of the old ones, one node after another, while transactions go on', async () => {
    const nodes = network.ledgerProcesses;
    const programOf = (name: string): string => readlinkSync(`/proc/${String(network.processOf(name).pid)}/exe`);
    for (const name of ['peer', 'orderer']) {
      copyFileSync(join(programs(), name), join(programs(), `${name}.new`));
      renameSync(join(programs(), `${name}.new`), join(programs(), name));
    }
    for (const node of nodes) expect(programOf(node)).toMatch(/ \(deleted\)$/);
    await underLoad('upgrade', writeUntilWritten, async () => {
      expect(await network.ask('restart', 'orderer', 'peer')).toMatchObject({ code: 0 });
    });
    for (const node of nodes) expect(programOf(node)).toBe(join(programs(), node.replace(/-.*/, '')));
  }, 300_000);

  test('goes on at a member whose peer was restored from a backup older than what it approved last', async () => {
    const archive = join(network.folder, 'northside.backup');
    const passphrase = join(network.folder, 'passphrase');
    writeFileSync(passphrase, 'a passphrase of this test alone\n', { mode: 0o600 });
    const sealed = [archive, '--organisation', 'northside', '--passphrase-file', passphrase];
    expect(await network.ask('backup', ...sealed)).toMatchObject({ code: 0 });
    editChaincode('index.js', 'second release', 'third release');
    expect((await network.ask('deploy')).lines).toMatchObject([{ ok: true, sequence: 5 }]);
    await network.run('down');
    rmSync(join(network.folder, 'run/organisations/northside/peer/data'), { recursive: true });
    expect(await network.ask('restore', ...sealed, '--only', 'peer')).toMatchObject({ code: 0 });

    expect((await network.ask('up')).lines).toMatchObject([{ ok: true, resumed: true, sequence: 5 }]);
    const { packageId } = newChaincodePackage(readBuiltChaincode(network.topology.chaincode.folder, 'notes'));
    expect(await step('northside', 'query')).toMatchObject({
      committed: { sequence: 5, approvals: { NorthsideMSP: true } },
      runs: packageId,
    });
    expect(await evaluateAt('northside', 'Release')).toBe('third release');
    await using('northside', (client) => client.write('restored', 'restored', ['NorthsideMSP', 'UnityMSP']));
    expect(await network.ask('deploy')).toMatchObject({ lines: [{ ok: true, sequence: 5, transactions: [] }] });
    editChaincode('index.js', 'third release', 'fourth release');
    expect((await network.ask('deploy')).lines).toMatchObject([{ ok: true, sequence: 6 }]);
  }, 300_000);
});

/** What every member writes while something is done; all of it can be read afterwards. Returns why others were not written. */
async function underLoad(
  label: string,
  attempt: (write: () => Promise<void>) => Promise<void>,
  act: () => Promise<void>,
): Promise<unknown[]> {
  const written: string[] = [];
  const refused: unknown[] = [];
  let stop = false;
  const writers = MEMBERS.map((name) =>
    using(name, async (client) => {
      for (let count = 0; !stop; count += 1) {
        const key = `${label}-${name}-${String(count)}`;
        await attempt(() => client.write(key, key)).then(
          () => written.push(key),
          (error: unknown) => refused.push(error),
        );
      }
    }),
  );
  try {
    await until(() => written.length > 20);
    await act();
    const before = written.length;
    await until(() => written.length > before + 20);
  } finally {
    stop = true;
    await Promise.all(writers);
  }
  await using('authority', async (reader) => {
    for (const key of written) await until(async () => (await reader.read(key)) === key);
  });
  return refused;
}

const programs = (): string => join(network.folder, 'fabric');
const evaluateAt = (name: string, transaction: string): Promise<string> => using(name, (client) => client.evaluate(transaction));

async function using<T>(name: string, use: (client: NotesClient) => Promise<T>): Promise<T> {
  const client = openNotesClient(network.topology, name);
  try {
    return await use(client);
  } finally {
    client.close();
  }
}

/** While its own peer restarts a member cannot write; a gateway of ours would wait and go on. */
async function writeUntilWritten(write: () => Promise<void>): Promise<void> {
  await until(
    () =>
      write().then(
        () => true,
        () => false,
      ),
    60_000,
  );
}

/**
 * Every transaction reads the definition: one that was endorsed under the old and ordered after the new is a conflict, and peers of which one
 * already has the new endorse nothing together. Either wrote nothing and is done again, for as long as a gateway of ours tries.
 */
async function writeAgain(write: () => Promise<void>): Promise<void> {
  for (const until = Date.now() + 5_000; ;) {
    try {
      await write();
      return;
    } catch (error) {
      if (!isToBeDoneAgain(error) || Date.now() > until) throw error;
    }
  }
}

const DISAGREE = [status.FAILED_PRECONDITION, status.ABORTED].map(Number);

function isToBeDoneAgain(error: unknown): boolean {
  if (error instanceof CommitError) return error.code === MVCC_READ_CONFLICT;
  return error instanceof EndorseError && DISAGREE.includes(error.code);
}
