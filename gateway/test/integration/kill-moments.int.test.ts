import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { common } from '@hyperledger/fabric-protos';
import type { LedgerBlock } from '../../src/ledger/ledger';
import { parseBlock } from '../../src/ledger/parse-block';
import { Facts } from '../../src/store';
import { dumpReadModel } from '../support/dump-read-model';
import { CommandedNetwork, until, type CommandedGateway } from './support/commanded-network';
import { FhirClerk } from './support/fhir-clerk';
import { expectAnchored, expectHeld, expectRepeats, expectWrittenOnce } from './support/judge-charts';
import { expectConsentsAndRequests } from './support/judge-effects';
import { KillPoints, MOMENTS, type Kill, type Moment } from './support/kill-points';
import { readRecipients } from './support/load';
import { ClientLog } from './support/load-client';
import { LoadPatient, type LoadStage } from './support/load-patient';
import { listOpenWork, listUnsent } from './support/open-work';
import { topologyOf } from './support/prove-chains';
import { ProxiedGateway } from './support/proxied-gateway';
import { readChain } from './support/read-chain';
import { runCommand } from './support/run-command';

jest.setTimeout(900_000);

/** Proven kills of each moment, at least. A kill takes seconds: all hundred are for whoever asks for them. */
const EACH = Number(process.env['MEDACCORD_TEST_KILLS'] ?? 20) / MOMENTS.length;
const CLERKS = 4;
const RELATIONS = 2;
/** A repeat of what was ordered already: without effect, by Fabric's own rule. */
const DUPLICATE = 9;
const CLI = join(__dirname, '../../dist/cli/main.js');

const log = new ClientLog();
const clerks: FhirClerk[] = [];
const relations: LoadPatient[] = [];
const kills: Kill[] = [];
let network: CommandedNetwork;
let original: CommandedGateway;
let proxied: ProxiedGateway;
let isOver = false;

beforeAll(async () => {
  network = await CommandedNetwork.create();
  await network.up();
  [original] = network.gateways as [CommandedGateway];
  proxied = await ProxiedGateway.open(network, original.mspId);
});

afterAll(async () => {
  isOver = true;
  await proxied.close();
  await network.remove();
});

/** Charts are written at the gateway, and at the same time its organisation asks for records of another one's patients, who decide through it. */
async function runLoad(): Promise<void> {
  const { front } = proxied;
  const [, other] = network.gateways as [CommandedGateway, CommandedGateway];
  const anyGateway = (): typeof front => front;
  const own: LoadStage = { log, custodian: front, counterparty: other, recipients: [], anyGateway };
  const theirs: LoadStage = { log, custodian: other, counterparty: front, recipients: await readRecipients(other, front), anyGateway };
  clerks.push(...Array.from({ length: CLERKS }, () => new FhirClerk(own)));
  relations.push(...Array.from({ length: RELATIONS }, () => new LoadPatient(theirs)));
  await Promise.all([
    ...clerks.map(async (clerk) => {
      while (!isOver) await clerk.writeChart();
    }),
    ...relations.map(async (patient) => {
      await patient.register();
      await patient.checkIn();
      while (!isOver) {
        await patient.permit();
        await Promise.all([patient.request(), patient.revoke()]);
      }
    }),
  ]);
}

async function killAtAllMoments(): Promise<void> {
  const points = new KillPoints(proxied);
  const listMissing = (): Moment[] => MOMENTS.filter((moment) => provenOf(moment).length < EACH);
  while (listMissing().length > 0) for (const moment of listMissing()) kills.push(await points.killAt(moment));
}

const provenOf = (moment: Moment): Kill[] => kills.filter((kill) => kill.moment === moment && kill.isProven);
const worker = (): Parameters<typeof listOpenWork>[0] => ({ mspId: original.mspId, connection: { data: proxied.data } });

function readHeight(): number {
  const database = new DatabaseSync(join(proxied.data, 'projection.sqlite'), { readOnly: true });
  try {
    return Number(database.prepare('SELECT height FROM checkpoint').get()?.['height']);
  } finally {
    database.close();
  }
}

async function readBlocks(): Promise<readonly LedgerBlock[]> {
  const { connection, mspId } = original;
  const chain = (await readChain(connection, mspId)).blocks.map((block) => block.serializeBinary());
  return chain.map((block) => parseBlock(common.Block.deserializeBinary(block), connection.chaincode));
}

describe('a gateway that is killed before endorse, after endorse, after submit and before the answer, under load', () => {
  let blocks: readonly LedgerBlock[];
  let facts: Facts;

  beforeAll(async () => {
    facts = new Facts(join(network.folder, 'judged.sqlite'), '');
    const load = runLoad();
    // The load ends before the kills only when a client is told what it must not be told.
    await Promise.race([killAtAllMoments(), load]);
    isOver = true;
    await load;
    const left = (): string[] => [...listOpenWork(worker()), ...listUnsent(worker())];
    await until('the gateway has finished its work', () => left().length === 0).catch(() => undefined);
    expect(left()).toEqual([]);
    blocks = await readBlocks();
    for (const block of blocks) facts.apply(block);
  });

  afterAll(() => {
    facts.close();
  });

  test('was hit at each of the four moments as often as was wanted, with requests under way', () => {
    for (const moment of MOMENTS) expect(provenOf(moment).length).toBeGreaterThanOrEqual(EACH);
    expect(kills.reduce((sum, { waiting }) => sum + waiting, 0) / kills.length).toBeGreaterThan(2);
  });

  test('had kept by then what the moment says, and the ledger has since what it says', () => {
    const codes = new Map<string, number[]>();
    for (const { transactionId, code } of blocks.flatMap(({ transactions }) => transactions))
      if (code !== DUPLICATE) codes.set(transactionId, [...(codes.get(transactionId) ?? []), code]);
    const story = kills.map(({ point, transactionId = '', kept = 'nothing' }) => [point, kept, codes.get(transactionId)?.length ?? 0]);
    const allowed: Readonly<Record<string, readonly unknown[]>> = {
      'Endorse asked': [['nothing', 0]],
      'Endorse answered': [['nothing', 0]],
      'Submit asked': [['open', 1]],
      'Submit answered': [['open', 1]],
      // The block may come before anybody asks for it.
      'CommitStatus asked': [
        ['open', 1],
        ['committed', 1],
      ],
      'CommitStatus answered': [
        ['open', 1],
        ['committed', 1],
      ],
      answer: [['answer', 0]],
    };
    for (const [point = '', ...found] of story) expect([point, allowed[point]]).toEqual([point, expect.arrayContaining([found])]);
  });

  test('answers nobody with anything but success or a coded, passing trouble', () => {
    expect(log.surprises).toEqual([]);
    expect(log.operations.filter(({ acknowledged }) => acknowledged === undefined)).toEqual([]);
  });

  test('gives the answer that a client did not get when the client asks again', () => {
    const held = kills.flatMap(({ answer }) => answer ?? []);
    const told = held.map(({ key }) => log.operations.find((operation) => operation.key === key)?.acknowledged);
    expect(told.map((answer) => [answer?.status, answer?.text])).toEqual(held.map(({ status, text }) => [status, text]));
  });

  test('holds every acknowledged version, in its order, and nothing else', async () => {
    const charts = clerks.flatMap((clerk) => clerk.charts);
    await expectHeld(proxied.front, charts);
  });

  test('has each operation on the ledger exactly once', async () => {
    const charts = clerks.flatMap((clerk) => clerk.charts);
    expectWrittenOnce(blocks);
    await expectAnchored(proxied.front, charts, facts);
    const registered = [...relations, ...charts.map(({ patient }) => patient)].map(({ subjectRef }) => subjectRef);
    expect(new Set(facts.listType('patient').map(({ ref }) => ref))).toEqual(new Set(registered));
    const requests = log.operations.filter(({ kind }) => kind === 'request');
    expectConsentsAndRequests(relations, requests, facts);
  });

  test('repeats what it acknowledged first', async () => {
    await expectRepeats(log);
  });

  test('has the read model that a rebuild from block 0 makes', async () => {
    const names = topologyOf(network).organisations.map(({ name }) => name);
    for (const name of names) network.signal(`gateway-${name}`, 'SIGSTOP');
    await until('it has seen all blocks', async () => readHeight() === (await readBlocks()).length);
    // One that is stopped in order would anchor its audit log, and so add a block that it does not see.
    await proxied.gateway.end('SIGKILL');
    const connection = join(network.run, 'organisations', original.connection.organisation.name, 'connection.json');
    const place = ['--connection', connection, '--data', proxied.data, '--keys', proxied.gateway.keys];
    const { code, output } = await runCommand(CLI, 'rebuild', ...place);
    for (const name of names) network.signal(`gateway-${name}`, 'SIGCONT');
    expect([code, output]).toEqual([0, expect.stringContaining('is made anew')]);
    expect(dumpReadModel(join(proxied.data, 'rebuilt'))).toEqual(dumpReadModel(proxied.data));
  });
});
