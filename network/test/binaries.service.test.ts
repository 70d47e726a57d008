import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create } from 'tar';
import { findFabricBinaries, findInstalledFabric, type FabricBinaries, type FabricSurroundings } from '../src/binaries';
import { serveArchive, type ArchiveServer, type Misbehaviour } from './support/archive-server';
import { packRelease, writePrograms } from './support/release-archive';

const WANTED = { version: '3.1.5' };
const QUICK = { connectMs: 2000, stallMs: 200, retryDelaysMs: [0, 0, 0] };

let release: Buffer;
let folder: string;
let server: ArchiveServer | undefined;

beforeAll(async () => {
  release = await packRelease('3.1.5');
});

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'binaries-'));
});

afterEach(async () => {
  await server?.close();
  server = undefined;
  rmSync(folder, { recursive: true, force: true });
});

const surroundings = (more: Partial<FabricSurroundings> = {}): FabricSurroundings => ({
  folder: undefined,
  path: ['/nowhere'],
  cache: join(folder, 'cache'),
  archive: undefined,
  sha256: undefined,
  ...more,
});

const find = (more: Partial<FabricSurroundings> = {}, limits = QUICK): Promise<FabricBinaries> =>
  findFabricBinaries(WANTED, surroundings(more), { limits });

const refusal = async (search: Promise<unknown>): Promise<{ code: string; message: string; hint: string }> =>
  search.then(
    () => Promise.reject(new Error('was found')),
    (error: unknown) => error as { code: string; message: string; hint: string },
  );

/** Serves the release, or other bytes, misbehaving as told in its first answers. */
async function serve(bytes = release, ...misbehaviour: Misbehaviour[]): Promise<ArchiveServer> {
  server = await serveArchive(() => ({ bytes, misbehaviour }));
  return server;
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const cached = (): string => join(folder, 'cache/fabric/3.1.5');
const isFoundNow = async (): Promise<boolean> => (await findInstalledFabric(WANTED, surroundings())) !== undefined;

/** An archive with one entry that no release has. */
async function packWith(change: (entry: { path: string; linkpath?: string | undefined }) => void, name: string): Promise<Buffer> {
  const source = join(folder, 'source');
  writePrograms(join(source, 'bin'), '3.1.5');
  writeFileSync(join(source, 'guest'), 'guest');
  const file = join(folder, `${name}.tar.gz`);
  await create(
    {
      file,
      gzip: true,
      cwd: source,
      portable: true,
      preservePaths: true,
      onWriteEntry: (entry) => entry.path === 'guest' && change(entry),
    },
    ['bin', 'guest'],
  );
  return readFileSync(file);
}

describe('places on this machine', () => {
  it('takes the folder that the operator names', async () => {
    const named = writePrograms(join(folder, 'named'), '3.1.6');
    const found = await find({ folder: named, path: [writePrograms(join(folder, 'path'), '3.1.5')] });
    expect(found).toMatchObject({ way: 'environment', version: '3.1.6', folder: named, programs: { peer: join(named, 'peer') } });
  });

  it('takes nothing else when the named folder does not do, and says what is the matter there', async () => {
    const named = writePrograms(join(folder, 'named'), '2.5.16');
    const path = [writePrograms(join(folder, 'path'), '3.1.5')];
    const { code, message } = await refusal(find({ folder: named, path }));
    expect(code).toBe('FABRIC_NOT_FOUND');
    expect(message).toContain(`${named}/peer is 2.5.16`);
  });

  it('takes programs on PATH that say a version that fits, and leaves out those that are not there', async () => {
    const path = writePrograms(join(folder, 'path'), '3.1.5');
    const { way, programs } = await find({ path: ['/nowhere', path] });
    expect(way).toBe('path');
    expect(Object.keys(programs).sort()).toEqual(['configtxgen', 'orderer', 'osnadmin', 'peer']);
  });

  it.each(['3.1.4', '2.5.16', '4.0.0', '3.0.9'])('goes on from version %s on PATH to the cache', async (version) => {
    writePrograms(join(cached(), 'bin'), '3.1.5');
    expect(await find({ path: [writePrograms(join(folder, 'path'), version)] })).toMatchObject({ way: 'cache', version: '3.1.5' });
  });

  it.each(['3.1.10', '3.2.0', '3.10.1'])('takes version %s from PATH', async (version) => {
    expect(await find({ path: [writePrograms(join(folder, 'path'), version)] })).toMatchObject({ way: 'path', version });
  });

  it('does not mix versions', async () => {
    const [one, other] = [writePrograms(join(folder, 'one'), '3.1.5', ['peer']), writePrograms(join(folder, 'other'), '3.1.6')];
    const { message } = await refusal(find({ path: [one, other], archive: join(folder, 'none') }));
    expect(message).toContain('programs of different versions');
  });

  it('takes no program that cannot be run here', async () => {
    const path = writePrograms(join(folder, 'path'), '3.1.5');
    writeFileSync(join(path, 'orderer'), 'not of this machine');
    chmodSync(join(path, 'orderer'), 0o755);
    const { message } = await refusal(find({ path: [path], archive: join(folder, 'none') }));
    expect(message).toContain(`${path}/orderer is no program of Fabric for this machine`);
  });

  it('names all four ways, each with what is the matter, and the way on without Fabric', async () => {
    const path = writePrograms(join(folder, 'path'), '2.5.16');
    const gone = await serve();
    await gone.close();
    const { code, message, hint } = await refusal(find({ path: [path], archive: gone.url }));
    expect(code).toBe('FABRIC_NOT_FOUND');
    expect(message).toContain('MEDACCORD_FABRIC_BIN: is not set');
    expect(message).toContain(`PATH: ${path}/peer is 2.5.16`);
    expect(message).toContain(`cache ${cached()}/bin: no peer, orderer, configtxgen`);
    expect(message).toContain(`archive ${gone.url}: connection refused`);
    for (const way of ['MEDACCORD_FABRIC_BIN', 'PATH', cached(), 'MEDACCORD_FABRIC_ARCHIVE', 'devnet']) expect(hint).toContain(way);
  });

  it('refuses to look for a version that the network cannot run on', async () => {
    const search = findFabricBinaries({ version: '2.5.16' }, surroundings());
    expect(await refusal(search)).toMatchObject({ code: 'FABRIC_VERSION_UNSUPPORTED' });
  });
});

describe('the release archive', () => {
  it('is downloaded once, and found in the cache from then on', async () => {
    const { url, ranges } = await serve();
    const found = await find({ archive: url });
    expect(found).toMatchObject({ way: 'archive', version: '3.1.5', folder: join(cached(), 'bin'), archiveDigest: sha256(release) });
    expect(existsSync(join(cached(), 'config/core.yaml'))).toBe(true);
    expect(await find({ archive: url })).toMatchObject({ way: 'cache', programs: found.programs });
    expect(ranges).toEqual([undefined]);
    expect(readdirSync(join(folder, 'cache/fabric/downloads'))).toEqual([]);
  });

  it('is taken from a file as well, which stays where it is', async () => {
    const file = join(folder, 'hyperledger-fabric-linux-amd64-3.1.5.tar.gz');
    writeFileSync(file, release);
    expect(await find({ archive: file })).toMatchObject({ way: 'archive', archiveDigest: sha256(release) });
    expect(existsSync(file)).toBe(true);
  });

  it('tells how the download gets on', async () => {
    const told: string[] = [];
    const { url } = await serve(release, { after: 100_000, then: 'break off' });
    await findFabricBinaries(WANTED, surroundings({ archive: url }), { limits: QUICK, tell: (line) => told.push(line) });
    expect(told.join('\n')).toMatch(/fetching http.*\ndownloading 0\.4 MB\nthe download stopped: .*; it goes on at 0\.1 MB\ndownloading/);
  });

  it('goes on where the connection broke off', async () => {
    const { url, ranges } = await serve(release, { after: 100_000, then: 'break off' }, { after: 50_000, then: 'break off' });
    expect(await find({ archive: url })).toMatchObject({ archiveDigest: sha256(release) });
    expect(ranges).toEqual([undefined, expect.stringMatching(/^bytes=[1-9]\d*-$/), expect.stringMatching(/^bytes=[1-9]\d*-$/)]);
  });

  it('goes on after a stall', async () => {
    const { url, ranges } = await serve(release, { after: 100_000, then: 'stall' });
    expect(await find({ archive: url })).toMatchObject({ archiveDigest: sha256(release) });
    expect(ranges[1]).toMatch(/^bytes=[1-9]\d*-$/);
  });

  it('is given up when it keeps stalling; the next search goes on, and meanwhile nothing is found', async () => {
    const stall = { after: 100_000, then: 'stall' } as const;
    const { url, ranges } = await serve(release, stall, stall);
    const { code, message } = await refusal(find({ archive: url }, { ...QUICK, retryDelaysMs: [0] }));
    expect(code).toBe('FABRIC_NOT_FOUND');
    expect(message).toContain('nothing more came for 0.2 s');
    expect(await isFoundNow()).toBe(false);
    expect(await find({ archive: url })).toMatchObject({ archiveDigest: sha256(release) });
    expect(ranges).toEqual([undefined, expect.stringMatching(/^bytes=\d{5,}-$/), expect.stringMatching(/^bytes=\d{6}-$/)]);
  });

  it('that answers nothing at all is given up within the time for an answer', async () => {
    const { url } = await serve(release, { after: 0, then: 'say nothing' });
    const { message } = await refusal(find({ archive: url }, { ...QUICK, connectMs: 200 }));
    expect(message).toContain('no answer within 0.2 s');
  });

  it('that was whole when its process was killed is not downloaded again', async () => {
    const { url, ranges } = await serve(release, { after: release.length - 1, then: 'break off' });
    await refusal(find({ archive: url }, { ...QUICK, retryDelaysMs: [] }));
    writeFileSync(join(folder, 'cache/fabric/downloads/hyperledger-fabric-linux-amd64-3.1.5.tar.gz'), release);
    expect(await find({ archive: url })).toMatchObject({ archiveDigest: sha256(release) });
    expect(ranges).toEqual([undefined, `bytes=${String(release.length)}-`]);
  });

  it('is downloaded from the start when it changed since the interruption', async () => {
    const other = await packRelease('3.1.5');
    let content = { bytes: release, etag: '"1"', misbehaviour: [{ after: 100_000, then: 'break off' as const }] };
    server = await serveArchive(() => content);
    await refusal(find({ archive: server.url }, { ...QUICK, retryDelaysMs: [] }));
    content = { bytes: other, etag: '"2"', misbehaviour: [] };
    expect(await find({ archive: server.url })).toMatchObject({ archiveDigest: sha256(other) });
  });

  it('is downloaded from the start at the second try when the server has less than had arrived', async () => {
    const { url } = await serve(release, { after: 100_000, then: 'break off' });
    await refusal(find({ archive: url }, { ...QUICK, retryDelaysMs: [] }));
    const part = join(folder, 'cache/fabric/downloads/hyperledger-fabric-linux-amd64-3.1.5.tar.gz');
    writeFileSync(part, Buffer.concat([release, release]));
    expect((await refusal(find({ archive: url }))).message).toContain('begins anew');
    expect(await find({ archive: url })).toMatchObject({ archiveDigest: sha256(release) });
  });

  it('that is truncated is refused, and leaves nothing', async () => {
    const { url } = await serve(release, { after: 200_000, then: 'end' });
    expect(await refusal(find({ archive: url }))).toMatchObject({
      code: 'FABRIC_ARCHIVE_REFUSED',
      message: expect.stringContaining('not a whole .tar.gz') as string,
    });
    expect(await isFoundNow()).toBe(false);
    expect(existsSync(cached())).toBe(false);
    // Its digest is not that of the archive, so it binds nobody.
    expect(await find({ archive: url })).toMatchObject({ archiveDigest: sha256(release) });
  });

  it('must have the digest that the operator pins', async () => {
    const { url } = await serve();
    const { code, message } = await refusal(find({ archive: url, sha256: '0'.repeat(64) }));
    expect(code).toBe('FABRIC_ARCHIVE_REFUSED');
    expect(message).toContain(sha256(release));
    expect(await isFoundNow()).toBe(false);
    expect(await find({ archive: url, sha256: sha256(release).toUpperCase() })).toMatchObject({ way: 'archive' });
  });

  it('must be the same for ever after, wherever it comes from', async () => {
    await find({ archive: (await serve()).url });
    await server?.close();
    rmSync(cached(), { recursive: true });
    const other = await packRelease('3.1.5');
    const { url } = await serve(other);
    const { code, message } = await refusal(find({ archive: url }));
    expect(code).toBe('FABRIC_ARCHIVE_REFUSED');
    expect(message).toContain(`it was ${sha256(release)}`);
    expect(await isFoundNow()).toBe(false);
    expect(await find({ archive: url, sha256: sha256(other) })).toMatchObject({ way: 'archive' });
  });

  it('must hold the version that was asked for', async () => {
    const { url } = await serve(await packRelease('3.1.6'));
    const { message } = await refusal(find({ archive: url }));
    expect(message).toContain('it holds 3.1.6, not 3.1.5');
    expect(await isFoundNow()).toBe(false);
  });

  it.each([
    ['climbs out of its folder', '../../../guest'],
    ['names an absolute path', '/tmp/medaccord-guest-of-an-archive'],
  ])('that %s is refused, and nothing is written there', async (_case, path) => {
    const bytes = await packWith((entry) => (entry.path = path), 'traversal');
    const { url } = await serve(bytes);
    expect(await refusal(find({ archive: url }))).toMatchObject({
      code: 'FABRIC_ARCHIVE_REFUSED',
      message: expect.stringContaining('leads out of the folder') as string,
    });
    expect(existsSync(join(folder, 'guest'))).toBe(false);
    expect(existsSync('/tmp/medaccord-guest-of-an-archive')).toBe(false);
    expect(existsSync(cached())).toBe(false);
  });

  it('that is no archive of Fabric is refused', async () => {
    const { url } = await serve(Buffer.from('<html>Please log in to the proxy</html>'));
    expect(await refusal(find({ archive: url }))).toMatchObject({ code: 'FABRIC_ARCHIVE_REFUSED' });
    expect(existsSync(cached())).toBe(false);
  });

  it('takes the place of what a killed process left, which never counts as found', async () => {
    writePrograms(`${cached()}.unpacking/bin`, '3.1.5', ['peer', 'orderer', 'configtxgen', 'leftover']);
    mkdirSync(join(cached(), 'bin'), { recursive: true });
    writeFileSync(join(cached(), 'bin/peer'), 'half a fi');
    expect(await isFoundNow()).toBe(false);
    expect(await find({ archive: (await serve()).url })).toMatchObject({ way: 'archive' });
    expect(readdirSync(join(cached(), 'bin')).sort()).toEqual(['configtxgen', 'orderer', 'osnadmin', 'peer']);
    expect(existsSync(`${cached()}.unpacking`)).toBe(false);
  });

  it('is fetched by one of two that search at the same time; the other takes what it brought', async () => {
    const { url, ranges } = await serve();
    const both = await Promise.all([find({ archive: url }), find({ archive: url })]);
    expect(both.map(({ way }) => way).sort()).toEqual(['archive', 'cache']);
    expect(ranges).toHaveLength(1);
  });
});
