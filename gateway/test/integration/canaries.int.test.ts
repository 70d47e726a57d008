import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Answers } from '../../src/story/answers';
import { TEST_LEDGER } from '../../../network/test/support/test-ledger';
import { TestPatient } from '../support/test-patient';
import { Canaries, newCanaryBundle } from './support/canary-bundle';
import { CanarySearch } from './support/canary-search';
import { CommandedNetwork, until, type CommandedGateway, type RunningCommand } from './support/commanded-network';
import { provokeErrors } from './support/provoke-errors';
import { readChain } from './support/read-chain';
import { runCommand } from './support/run-command';

jest.setTimeout(240_000);

const SAMPLE = readFileSync(join(__dirname, '../../samples/diabetes-follow-up.json'), 'utf8');
const DEVNET = join(__dirname, '../../../network/devnet/dist/cli/main.js');
/** What must have been looked through, so that a search which finds nothing proves something. */
const PLACES = {
  devnet: ['chain.sqlite (', 'chain.sqlite-wal', 'NorthsideMSP.sqlite', '.block'],
  fabric: [
    'peer/data/ledgersData/chains/chains/medaccord/blockfile_000000',
    'stateLeveldb',
    'pvtdataStore',
    'orderer/data',
    'peer-lakeview.log',
  ],
};
/** The only place where canaries may stand: the user's own file, beside the run folder. */
const INPUT = 'input.json';

const canaries = new Canaries();
/** Everything that is looked through, by a name for the report. */
const haystacks: [place: string, bytes: Uint8Array][] = [];

let network: CommandedNetwork;
let command: RunningCommand;
let custodian: CommandedGateway;
let counterparty: CommandedGateway;

beforeAll(async () => {
  network = await CommandedNetwork.create();
  const input = join(network.folder, INPUT);
  writeFileSync(input, newCanaryBundle(SAMPLE, canaries));
  command = network.start('start', '--bundle', input);
  await until('the story is told', () => command.lines().some(({ step, ok }) => step === 'history' || !ok), 120_000);
  [custodian, counterparty] = network.gateways as [CommandedGateway, CommandedGateway];
});

afterAll(async () => {
  await network.remove();
});

/** Every file of the test's folder but the user's own. */
function* readFiles(when: string): Iterable<[string, Uint8Array]> {
  for (const entry of readdirSync(network.folder, { recursive: true, withFileTypes: true })) {
    const path = relative(network.folder, join(entry.parentPath, entry.name));
    if (!entry.isFile() || path === INPUT) continue;
    yield [`the name of ${path}`, Buffer.from(path)];
    // A running database may have put another file in its place.
    if (existsSync(join(network.folder, path))) yield [`${path} (${when})`, readFileSync(join(network.folder, path))];
  }
}

/** What the system shows everybody, and what it shows the owner, of a process. */
const readProcess = (pid: number): [string, Uint8Array][] =>
  ['cmdline', 'environ'].map((file) => [`/proc/${String(pid)}/${file}`, readFileSync(`/proc/${String(pid)}/${file}`)]);

async function exportBlocks(): Promise<void> {
  const blocks = join(network.folder, 'blocks');
  expect(await runCommand(DEVNET, 'export', blocks, '--folder', join(network.run, 'ledger'))).toMatchObject({ code: 0 });
  expect(readdirSync(blocks).length).toBeGreaterThan(20);
}

describe('with canaries in every string, date, number and identifier of a bundle', () => {
  test('the whole story is told', () => {
    expect(canaries.texts.size).toBeGreaterThan(250);
    expect(command.lines().filter(({ ok }) => !ok)).toEqual([]);
    haystacks.push(['what the command printed', Buffer.from(JSON.stringify(command.lines()))]);
  });

  test('and, with canaries in identities, names of staff and keys of requests as well, everything is told to those who may know', async () => {
    const patient = new TestPatient(network, custodian.mspId);
    expect((await patient.register({ name: canaries.sentence(), birthDate: canaries.day(), nationalId: canaries.word() })).status).toBe(
      201,
    );
    const token = await custodian.token('records', canaries.sentence());
    const request = { token, key: canaries.word(), body: newCanaryBundle(SAMPLE, canaries) };
    const imported = await custodian.send(`/api/imports?subject=${patient.subjectRef}`, request);
    expect(imported.status).toBe(201);
    expect((await custodian.send(`/api/imports?subject=${patient.subjectRef}`, request)).text).toBe(imported.text);
    const told: string[] = [];
    for (const { recordId, reference } of (imported.body as Answers['import']).resources) {
      const { text } = await custodian.send(`/api/records/${recordId}`, { token });
      told.push(text, reference.split('/')[1] ?? '');
    }
    await patient.checkIn(counterparty.mspId);
    await patient.consent(counterparty.mspId, ['laboratory', 'demographics', 'documents', 'conditions', 'psychiatry']);
    const physician = await counterparty.token('physician', canaries.sentence());
    const wish = {
      relationRef: patient.relationRef,
      purpose: 'TREAT',
      categories: ['laboratory', 'demographics', 'documents', 'conditions', 'psychiatry'],
    };
    const asked = await counterparty.send('/api/access-requests', {
      token: physician,
      key: canaries.word(),
      headers: { prefer: 'wait=40' },
      body: wish,
    });
    expect(asked.body).toMatchObject({ status: 'released' });
    const { text: released } = await counterparty.send(`/api/releases/${String(asked.body.requestId)}`, { token: physician });
    expect(new CanarySearch(canaries.texts).find('the release', Buffer.from(released)).length).toBeGreaterThan(50);
    // Whole resources, for their hashes, and the ids that the custodian gave.
    for (const text of told) canaries.texts.add(text);

    const scene = { canaries, custodian, counterparty, subjectRef: patient.subjectRef, relationRef: patient.relationRef };
    const answers = await provokeErrors({ ...scene, bundle: newCanaryBundle(SAMPLE, canaries) });
    const codes = answers.map(([what, { status, body }]) => [what, status >= 400 && status < 500, typeof body?.code]);
    expect(codes).toEqual(answers.map(([what]) => [what, true, 'string']));
    for (const [what, { text, headers }] of answers)
      haystacks.push([`the answer to ${what}`, Buffer.from(text + JSON.stringify([...headers]))]);
  });

  test('every member reads every stream of every peer', async () => {
    const pairs = network.gateways.flatMap((reader) => network.gateways.map(({ mspId }) => ({ reader, mspId })));
    const streams = await Promise.all(
      pairs.map(async ({ reader, mspId }) => ({
        reader: reader.mspId,
        mspId,
        ...(await readChain(reader.connection, mspId, ['blocks', 'privateBlocks', 'events'])),
      })),
    );
    for (const { reader, mspId, blocks, privateBlocks, events } of streams) {
      const place = `what ${reader} reads from the peer of ${mspId}`;
      expect([blocks.length, privateBlocks.length]).toEqual([privateBlocks.length, blocks.length]);
      expect(events.length).toBeGreaterThan(10);
      haystacks.push([`blocks: ${place}`, Buffer.concat(blocks.map((block) => block.serializeBinary()))]);
      haystacks.push([`private data: ${place}`, Buffer.concat(privateBlocks.map((block) => block.serializeBinary()))]);
      haystacks.push([
        `events: ${place}`,
        Buffer.from(events.map(({ name, payload }) => name + Buffer.from(payload).toString()).join('\n')),
      ]);
    }
    const own = streams.find(({ reader, mspId }) => reader === custodian.mspId && mspId === custodian.mspId);
    expect(own?.privateBlocks.filter((block) => block.getPrivateDataMapMap().getLength() > 0).length).toBeGreaterThan(3);
  });

  test('every file, running and stopped, every stream, error and exported block is clean, in every form', async () => {
    haystacks.push(...readFiles('while running'));
    haystacks.push(
      ...network
        .listSurvivors()
        .filter((pid) => pid !== command.child.pid)
        .flatMap(readProcess),
    );
    await network.ask('down');
    await command.ended;
    if (TEST_LEDGER === 'devnet') await exportBlocks();
    haystacks.push(...readFiles('stopped'));

    const places = haystacks.map(([place]) => place).join('\n');
    for (const expected of [...PLACES[TEST_LEDGER], 'gateway.sqlite-wal', 'projection.sqlite', 'chaincode-lakeview.log', 'wallets/']) {
      expect(places).toContain(expected);
    }
    const search = new CanarySearch(canaries.texts);
    const found = haystacks.flatMap(([place, bytes]) => search.find(place, bytes));
    expect(found).toEqual([]);
    expect(search.bytes).toBeGreaterThan(5_000_000);
  });
});

describe('the search', () => {
  const planted = new Canaries();
  const [sentence, word, day, number] = [planted.sentence(), planted.word(), planted.day(), String(planted.number(false))];
  const search = new CanarySearch(planted.texts);
  const around = (bytes: Uint8Array): Buffer =>
    Buffer.concat([randomBytes(1 + (bytes.length % 7)), Buffer.from([0]), bytes, randomBytes(9)]);
  const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

  test.each([sentence, word, day, number])('finds %j in every form', (text) => {
    const written: (string | Uint8Array)[] = [
      text,
      Buffer.from(text, 'utf16le'),
      Buffer.from(text).toString('hex'),
      encodeURIComponent(text),
      sha256(text),
      sha256(text).toString('hex'),
      sha256(text).toString('base64'),
      sha256(text).toString('base64url'),
      ...['', 'a', 'ab'].flatMap((before) =>
        ['base64', 'base64url'].map((form) => Buffer.from(`${before}${text} tail`).toString(form as 'base64')),
      ),
      `${Buffer.from('{"alg":"ES256"}').toString('base64url')}.${Buffer.from(JSON.stringify({ inside: Buffer.from(`{"text":"${text}"}`).toString('base64') })).toString('base64url')}`,
    ];
    expect(written.map((form) => search.find('here', around(Buffer.from(form as string))).length > 0)).toEqual(written.map(() => true));
    expect(search.find('here', around(randomBytes(50_000)))).toEqual([]);
  });

  test('finds a canary that is planted in a database of the run folder', () => {
    const file = join(network.folder, 'planted.sqlite');
    const database = new DatabaseSync(file);
    database.exec('CREATE TABLE secret (value TEXT)');
    database.prepare('INSERT INTO secret VALUES (?)').run(Buffer.from(`x ${[...canaries.texts][3] ?? ''}`).toString('base64'));
    database.close();
    expect(new CanarySearch(canaries.texts).find('planted', readFileSync(file))).not.toEqual([]);
  });
});
