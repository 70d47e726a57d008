import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openRunFolder } from '../src/deployment';
import { backUpOrganisation, readPassphrase, restoreOrganisation, type Part, type RestoreFacts } from '../src/operations';
import { loadTopology, type LedgerName, type Organisation, type Topology } from '../src/topology';

const TOPOLOGY = join(__dirname, '../topologies/default.json');
const PASSPHRASE = 'correct horse battery staple';
/** What a gateway cannot make again: intents and answers, the audit log, accounts and who is signed in. */
const STORES = ['gateway/gateway.sqlite', 'gateway/audit.sqlite', 'gateway/people.sqlite'];
let folder: string;
let file: string;
let topology: Topology;
let organisation: Organisation;

const place = (run: string, ledger: LedgerName = 'fabric'): Topology =>
  loadTopology(TOPOLOGY, { root: folder, runFolder: join(folder, run), basePort: 40_000, ledger });

function organisationOf(of: Topology, name = 'northside'): Organisation {
  const found = of.organisations.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no organisation ${name}`);
  return found;
}

function write(path: string, content: string): void {
  mkdirSync(dirname(join(organisation.folder, path)), { recursive: true, mode: 0o700 });
  writeFileSync(join(organisation.folder, path), content, { mode: 0o600 });
}

/** What an organisation has after a start, as files; nothing here runs. */
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'backup-'));
  file = join(folder, 'northside.backup');
  topology = place('run');
  organisation = organisationOf(topology);
  openRunFolder(topology)();
  write('peer/data/ledgersData/chains/blockfile_000000', 'b'.repeat(100_000));
  write('peer/data/ledgersData/pvtdataStore/000001.ldb', 'private values');
  write('peer/data/externalbuilder/builds/x/connection.json', '{}');
  write('peer/core.yaml', 'peer:');
  write('orderer/data/wal/medaccord/0.wal', 'votes');
  write('identities/peer/msp/keystore/key.pem', 'a key');
  write('identities/peer/msp/signcerts/cert.pem', 'a certificate');
  write('ca/registrar-secret', 'secret');
  write('gateway/keys/local.key', 'wrapping key');
  write('gateway/projection.sqlite', 'read again from the ledger');
  for (const name of STORES) {
    const store = new DatabaseSync(join(organisation.folder, name));
    store.exec("CREATE TABLE intent (id TEXT); INSERT INTO intent VALUES ('one')");
    store.close();
  }
  mkdirSync(topology.paths.ledger);
  writeFileSync(join(topology.paths.ledger, 'genesis.block'), 'first block');
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const backUp = (withoutElsewhere = false): ReturnType<typeof backUpOrganisation> =>
  backUpOrganisation(topology, organisation, { file, passphrase: PASSPHRASE }, { withoutElsewhere });

interface Change {
  readonly to?: Topology;
  readonly organisation?: string;
  readonly passphrase?: string;
  readonly parts?: readonly Part[];
  readonly force?: boolean;
  readonly dryRun?: boolean;
}

function restore({
  to = topology,
  organisation: name,
  passphrase = PASSPHRASE,
  parts,
  force = false,
  dryRun = false,
}: Change = {}): Promise<RestoreFacts> {
  return restoreOrganisation(to, organisationOf(to, name), { file, passphrase }, { parts, force, dryRun });
}

/** Every file of a folder with its bytes. */
function readAll(root: string): Record<string, string> {
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map((entry) => [
      join(entry.parentPath, entry.name).slice(root.length + 1),
      readFileSync(join(entry.parentPath, entry.name), 'latin1'),
    ]),
  );
}

test('what an organisation keeps comes back on another machine, byte for byte: ledger, keys, authorities, the gateway’s store', async () => {
  const before = readAll(organisation.folder);
  const facts = await backUp();
  expect(facts).toMatchObject({ file, stoppedMs: undefined, height: undefined });
  const elsewhere = place('elsewhere');
  const { restored, aside, orderer } = await restore({ to: elsewhere });
  expect({ restored, aside, orderer }).toEqual({
    restored: ['peer', 'identities', 'authorities', 'gateway'],
    aside: undefined,
    orderer: 'joins again',
  });
  const after = readAll(organisationOf(elsewhere).folder);
  const isRebuilt = (path: string): boolean => /^orderer|core\.yaml$|builds|projection/.test(path);
  const expected = Object.keys(before).filter((path) => !isRebuilt(path) && !STORES.includes(path));
  expect(Object.keys(after).sort()).toEqual([...expected, ...STORES].sort());
  for (const path of expected) expect(after[path]).toBe(before[path]);
  for (const name of STORES) {
    const store = new DatabaseSync(join(organisationOf(elsewhere).folder, name));
    expect(store.prepare('SELECT id FROM intent').all()).toEqual([{ id: 'one' }]);
    store.close();
  }
  expect(readFileSync(join(elsewhere.paths.ledger, 'genesis.block'), 'utf8')).toBe('first block');
  expect(statSync(join(organisationOf(elsewhere).folder, 'identities/peer/msp/keystore/key.pem')).mode & 0o777).toBe(0o600);
});

test('the archive is one file for its owner alone, tells whose it is, and nothing of what is in it', async () => {
  await backUp();
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const bytes = readFileSync(file, 'latin1');
  expect(bytes.split('\n', 2)).toEqual([
    'medaccord backup 1',
    expect.stringContaining('"organisation":"northside","mspId":"NorthsideMSP"') as unknown,
  ]);
  for (const secret of ['private values', 'wrapping key', 'key.pem', 'ustar']) expect(bytes).not.toContain(secret);
  expect(readdirSync(folder).sort()).toEqual(['northside.backup', 'run']);
  expect(readdirSync(topology.paths.run)).not.toContain('backup-northside');
});

test('a backup replaces no file, and leaves nothing when there is nothing to back up', async () => {
  writeFileSync(file, 'another');
  await expect(backUp()).rejects.toMatchObject({ code: 'BACKUP_EXISTS' });
  expect(readFileSync(file, 'utf8')).toBe('another');
  rmSync(file);
  rmSync(join(organisation.folder, 'peer/data'), { recursive: true });
  await expect(backUp()).rejects.toMatchObject({ code: 'BACKUP_NOTHING_THERE' });
  expect(existsSync(file)).toBe(false);
  const nowhere = backUpOrganisation(place('nowhere'), organisation, { file, passphrase: PASSPHRASE }, { withoutElsewhere: false });
  await expect(nowhere).rejects.toMatchObject({ code: 'BACKUP_NOTHING_THERE' });
  expect(existsSync(join(folder, 'nowhere'))).toBe(false);
});

test('what a gateway keeps elsewhere is refused by name before anything is done, or left out by choice and told at the restore', async () => {
  write('gateway/elsewhere-0123456789abcdef.json', '{"folders":["/srv/keys"],"database":"db.example:5432/northside"}');
  write('gateway/elsewhere-fedcba9876543210.json', '{"folders":[],"database":"db.example:5432/northside"}');
  const elsewhere = ['/srv/keys', 'the database db.example:5432/northside'];
  const message = expect.stringContaining(elsewhere.join(', ')) as unknown;
  await expect(backUp()).rejects.toMatchObject({ code: 'BACKUP_INCOMPLETE', message });
  expect(existsSync(file)).toBe(false);
  expect(await backUp(true)).toMatchObject({ elsewhere });
  const { manifest } = await restore({ dryRun: true, force: true });
  expect(manifest).toMatchObject({ elsewhere });
});

test('the devnet is told apart, with the way out', async () => {
  const devnet = place('run', 'devnet');
  const refusal = { code: 'BACKUP_NEEDS_FABRIC', hint: expect.stringContaining(devnet.paths.run) as unknown };
  const archive = { file, passphrase: PASSPHRASE };
  await expect(backUpOrganisation(devnet, organisationOf(devnet), archive, { withoutElsewhere: false })).rejects.toMatchObject(refusal);
  await expect(restore({ to: devnet })).rejects.toMatchObject(refusal);
});

describe('a restore', () => {
  let archive: Buffer | undefined;

  beforeEach(async () => {
    // A key is derived slowly on purpose: one archive serves all.
    if (archive === undefined) await backUp();
    else writeFileSync(file, archive);
    archive ??= readFileSync(file);
    rmSync(join(organisation.folder, 'peer/data'), { recursive: true });
    write('identities/peer/msp/signcerts/cert.pem', 'a renewed certificate');
  });

  const flip = (at: number): void => {
    const bytes = readFileSync(file);
    const place = at < 0 ? bytes.length + at : at;
    bytes.writeUInt8(bytes.readUInt8(place) ^ 1, place);
    writeFileSync(file, bytes);
  };

  test.each<[string, string, () => void, Change]>([
    ['altered in the middle', 'BACKUP_DAMAGED', () => flip(-500), {}],
    ['altered in its last byte', 'BACKUP_DAMAGED', () => flip(-1), {}],
    ['that ends too soon', 'BACKUP_DAMAGED', () => truncateSync(file, statSync(file).size - 100), {}],
    [
      'that ends after its first lines',
      'BACKUP_DAMAGED',
      () => truncateSync(file, readFileSync(file, 'latin1').split('\n', 3).join('\n').length + 1),
      {},
    ],
    [
      'whose second line names another organisation',
      'BACKUP_PASSPHRASE_WRONG',
      () => writeFileSync(file, readFileSync(file, 'latin1').replace('northside', 'southside'), 'latin1'),
      {},
    ],
    ['that is none', 'BACKUP_UNREADABLE', () => writeFileSync(file, 'not a backup'), {}],
    ['that is not there', 'BACKUP_UNREADABLE', () => rmSync(file), {}],
    ['with another passphrase', 'BACKUP_PASSPHRASE_WRONG', () => undefined, { passphrase: 'incorrect horse battery' }],
    ['of another organisation', 'BACKUP_OF_ANOTHER', () => undefined, { organisation: 'lakeview' }],
    [
      'of another channel of the same name',
      'BACKUP_OF_ANOTHER',
      () => writeFileSync(join(topology.paths.ledger, 'genesis.block'), 'other'),
      {},
    ],
    ['over what is there', 'BACKUP_WOULD_OVERWRITE', () => undefined, {}],
  ])('of an archive %s is refused with %s, and nothing is touched', async (_what, code, spoil, change) => {
    spoil();
    const before = readAll(topology.paths.run);
    await expect(restore(change)).rejects.toMatchObject({ code });
    const after = readAll(topology.paths.run);
    delete before['lock'];
    delete after['lock'];
    expect(after).toEqual(before);
  });

  test('of the missing part alone leaves what is newer', async () => {
    await expect(restore()).rejects.toMatchObject({ hint: expect.stringContaining('--only peer,') as unknown });
    const { restored, aside, orderer } = await restore({ parts: ['peer'] });
    expect({ restored, aside, orderer }).toEqual({ restored: ['peer'], aside: undefined, orderer: 'joins again' });
    const now = readAll(organisation.folder);
    expect(now['peer/data/ledgersData/pvtdataStore/000001.ldb']).toBe('private values');
    expect(now['identities/peer/msp/signcerts/cert.pem']).toBe('a renewed certificate');
  });

  test('that is forced puts aside what was there, and never touches the orderer’s votes', async () => {
    mkdirSync(join(organisation.folder, 'orderer/data/chains/chains/medaccord'), { recursive: true });
    const { aside, orderer } = await restore({ force: true });
    expect(orderer).toBe('keeps its chain');
    const now = readAll(organisation.folder);
    expect(now['identities/peer/msp/signcerts/cert.pem']).toBe('a certificate');
    expect(now['orderer/data/wal/medaccord/0.wal']).toBe('votes');
    expect(readFileSync(join(aside ?? '', 'identities/peer/msp/signcerts/cert.pem'), 'utf8')).toBe('a renewed certificate');
  });

  test('that only tries proves the archive and changes nothing', async () => {
    const before = readAll(organisation.folder);
    expect(await restore({ parts: ['peer'], dryRun: true })).toMatchObject({ restored: ['peer'], aside: undefined });
    expect(readAll(organisation.folder)).toEqual(before);
  });

  test('is refused while the network runs', async () => {
    const release = openRunFolder(topology);
    await expect(restore({ parts: ['peer'] })).rejects.toMatchObject({ code: 'NETWORK_RUNNING' });
    release();
  });
});

test.each([
  ['that others may read', () => chmodSync(join(folder, 'passphrase'), 0o640)],
  ['that is short', () => writeFileSync(join(folder, 'passphrase'), 'password\n')],
  ['of two lines', () => writeFileSync(join(folder, 'passphrase'), `${PASSPHRASE}\n${PASSPHRASE}\n`)],
  ['that is not there', () => rmSync(join(folder, 'passphrase'))],
])('a passphrase file %s is refused', (_what, spoil) => {
  const passphraseFile = join(folder, 'passphrase');
  writeFileSync(passphraseFile, `${PASSPHRASE}\n`, { mode: 0o600 });
  expect(readPassphrase(passphraseFile)).toBe(PASSPHRASE);
  spoil();
  expect(() => readPassphrase(passphraseFile)).toThrow(expect.objectContaining({ code: 'PASSPHRASE_UNFIT' }) as Error);
});
