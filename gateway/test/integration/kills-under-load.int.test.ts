import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  parseKey,
  type AccessRequest,
  type ConsentEntry,
  type Decision,
  type Group,
  type PatientEntry,
  type RecordAnchor,
} from '@medaccord/chaincode/model';
import { common } from '@hyperledger/fabric-protos';
import { replay } from '@medaccord/devnet';
import type { LedgerBlock } from '../../src/ledger/ledger';
import { parseBlock } from '../../src/ledger/parse-block';
import { Facts } from '../../src/store';
import type { Recipient } from '../../src/wallet';
import { newBundle } from '../support/test-patient';
import { CommandedNetwork, until, type CommandedGateway } from './support/commanded-network';
import { ClientLog, type Operation } from './support/load-client';
import { LoadPatient, type LoadStage } from './support/load-patient';
import { KILLABLE } from './support/processes';
import { killAtRandom } from './support/random-kills';
import { readChain } from './support/read-chain';

jest.setTimeout(400_000);

const KILLS = 50;
const IMPORTERS = 2;
const RELATIONS = 3;
/** Codes of transactions that met another one: they have no effect and are made anew. */
/** Codes of what lost a race and wrote nothing: what it read changed (11, 12), or the key that it wanted to make was sealed meanwhile (10). */
const LOST_RACES = [10, 11, 12];

let network: CommandedNetwork;
let gateways: readonly CommandedGateway[];
let stage: LoadStage;
const log = new ClientLog();
const patients: LoadPatient[] = [];
let isOver = false;

beforeAll(async () => {
  network = await CommandedNetwork.create();
  await network.up();
  ({ gateways } = network);
  const [custodian, counterparty] = gateways as [CommandedGateway, CommandedGateway];
  const { body } = await custodian.send('/api/organisations');
  const parties = [custodian.mspId, counterparty.mspId];
  const organisations = (body as { organisations: { mspId: string; encryption: Recipient['key'][] }[] }).organisations;
  const recipients = organisations
    .filter(({ mspId }) => parties.includes(mspId))
    .map(({ mspId, encryption }) => ({ mspId, key: encryption[0]! }));
  stage = { log, custodian, counterparty, recipients, anyGateway: () => gateways[randomInt(gateways.length)]! };
});

afterAll(async () => {
  isOver = true;
  await network.remove();
});

/** Every fifth client goes away after the first trouble: what it wanted must have one effect or none all the same. */
const mayLeave = (): boolean => randomInt(5) === 0;

async function newPatient(isLeaving = false): Promise<LoadPatient> {
  const patient = new LoadPatient(stage);
  patients.push(patient);
  await patient.register(isLeaving);
  return patient;
}

async function keepRegistering(): Promise<void> {
  while (!isOver) await newPatient(mayLeave());
}

async function keepImporting(): Promise<void> {
  const patient = await newPatient();
  while (!isOver) await patient.import(newBundle(randomInt(1, 60)), mayLeave());
}

async function keepDeciding(): Promise<void> {
  const patient = await newPatient();
  await patient.import(newBundle(3));
  await patient.checkIn();
  while (!isOver) {
    await patient.permit();
    await patient.request(mayLeave());
    // While one asks, the other decides.
    await Promise.all([patient.request(), patient.revoke()]);
    await patient.request(mayLeave());
  }
}

function countRows({ connection, mspId }: CommandedGateway, file: string, what: string, table: string): string[] {
  const database = new DatabaseSync(join(connection.data, file), { readOnly: true });
  try {
    const { rows } = database.prepare(`SELECT count(*) AS rows FROM ${table}`).get() as { rows: number };
    return rows === 0 ? [] : [`${mspId}: ${String(rows)} ${what}`];
  } finally {
    database.close();
  }
}

/** What a gateway has not finished. */
function listOpenWork(gateway: CommandedGateway): string[] {
  return [
    ...countRows(gateway, 'gateway.sqlite', 'unknown outcomes', "intent WHERE state = 'open'"),
    ...countRows(gateway, 'gateway.sqlite', 'running imports', "import WHERE state = 'running'"),
    ...countRows(gateway, 'projection.sqlite', 'undecided requests', 'undecided'),
  ];
}

/** Sealed values that have not arrived yet; what belongs to an entry that never came waits there for a day. */
const listUnsent = (gateway: CommandedGateway): string[] => countRows(gateway, 'gateway.sqlite', 'sealed values on their way', 'outbox');

function readModelOf(file: string): unknown {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    return ['checkpoint', 'fact', 'undecided', 'undelivered'].map((table) =>
      database.prepare(`SELECT * FROM ${table} ORDER BY ${table === 'fact' ? 'type, ref, id' : '1, 2'}`).all(),
    );
  } finally {
    database.close();
  }
}

const acknowledgedOf = (kind: Operation['kind']): Operation[] =>
  log.operations.filter((each) => each.kind === kind && each.acknowledged !== undefined);
const countOf = (kind: Operation['kind']): number => log.operations.filter((each) => each.kind === kind).length;

/** What an answer says that must not change when it is given again, by whichever gateway. */
function nameOf(text: string): unknown {
  const { subjectRef, relationRef, version, requestId, groupId, resources } = JSON.parse(text) as Record<string, unknown>;
  return { subjectRef, relationRef, version, requestId, groupId, resources };
}

describe('fifty random kills of ledger, chaincodes and gateways, under load', () => {
  let firstAnswers: ReadonlyMap<Operation, string>;
  let raw: readonly (readonly Uint8Array[])[];
  let blocks: readonly LedgerBlock[];
  let rebuilt: Facts;

  beforeAll(async () => {
    const clients = [
      keepRegistering(),
      ...Array.from({ length: IMPORTERS }, keepImporting),
      ...Array.from({ length: RELATIONS }, keepDeciding),
    ];
    const kills = await killAtRandom(network, KILLABLE, KILLS);
    expect([...kills.values()].reduce((sum, count) => sum + count, 0)).toBe(KILLS);
    isOver = true;
    await Promise.all(clients);
    await until('the network is whole again', () => network.isWhole);
    firstAnswers = new Map(
      log.operations.flatMap((each) => (each.acknowledged === undefined ? [] : [[each, each.acknowledged.text] as const])),
    );
  });

  test('answer nobody with anything but success or a coded, passing trouble', () => {
    expect(log.surprises).toEqual([]);
    expect(countOf('import')).toBeGreaterThan(5);
    expect(countOf('consent')).toBeGreaterThan(10);
    expect(countOf('request')).toBeGreaterThan(10);
  });

  test('leave no outcome unknown and nothing half done', async () => {
    const left = (): string[] => gateways.flatMap(listOpenWork);
    await until('every gateway has finished its work', () => left().length === 0, 60_000).catch(() => undefined);
    expect(left()).toEqual([]);
  });

  test('a repeat gives what was acknowledged first, and finishes what a client left', async () => {
    for (const operation of log.operations) await log.pursue(operation);
    expect(log.surprises).toEqual([]);
    for (const [operation, text] of firstAnswers) {
      expect(nameOf(operation.acknowledged?.text ?? '')).toEqual(nameOf(text));
    }
  });

  test('every peer has the same chain, and whoever replays it finds the same codes and commit hashes', async () => {
    const left = (): string[] => gateways.flatMap(listUnsent).concat(gateways.flatMap(listOpenWork));
    await until('every gateway has finished its work', () => left().length === 0, 60_000).catch(() => undefined);
    expect(left()).toEqual([]);
    raw = await Promise.all(
      gateways.map(async ({ connection, mspId }) => (await readChain(connection, mspId)).blocks.map((block) => block.serializeBinary())),
    );
    const [chain = []] = raw;
    blocks = chain.map((block) => parseBlock(common.Block.deserializeBinary(block), gateways[0]!.connection.chaincode));
    for (const other of raw)
      expect(other.map((block) => Buffer.from(block).toString('base64'))).toEqual(
        chain.map((block) => Buffer.from(block).toString('base64')),
      );
    const { codes } = replay(chain);
    const metadata = chain.map((block) => common.Block.deserializeBinary(block).getMetadata()?.getMetadataList_asU8() ?? []);
    expect(codes.map((list) => [...list])).toEqual(
      metadata.map((list) => [...(list[common.BlockMetadataIndex.TRANSACTIONS_FILTER] ?? [])]),
    );
  });

  test('every acknowledged transaction is on the ledger, once, and valid', () => {
    const seen = new Map<string, number[]>();
    for (const { transactions } of blocks)
      for (const { transactionId, code } of transactions) seen.set(transactionId, [...(seen.get(transactionId) ?? []), code]);
    expect([...seen].filter(([, codes]) => codes.length > 1)).toEqual([]);
    const acknowledged = [...firstAnswers.values()].flatMap((text) => {
      const { transactionId, transactions = [] } = JSON.parse(text) as { transactionId?: string; transactions?: string[] };
      return transactionId === undefined ? transactions : [transactionId];
    });
    expect(acknowledged.length).toBeGreaterThan(20);
    expect(acknowledged.filter((id) => seen.get(id)?.[0] !== 0)).toEqual([]);
    const refused = [...seen.values()].flat().filter((code) => code !== 0 && !LOST_RACES.includes(code));
    expect(refused).toEqual([]);
  });

  test('no idempotency key and no signature has two effects, none that was acknowledged is without', () => {
    rebuilt = new Facts(join(network.folder, 'rebuilt.sqlite'), '');
    for (const block of blocks) rebuilt.apply(block);

    expect(
      rebuilt
        .listType<PatientEntry>('patient')
        .map(({ ref }) => ref)
        .sort(),
    ).toEqual(patients.map(({ subjectRef }) => subjectRef).sort());

    const closed = rebuilt.listType<Group>('group').filter(({ value }) => value.status === 'closed');
    const imports = acknowledgedOf('import').map(
      ({ acknowledged }) => acknowledged?.body as { groupId: string; resources: { recordId: string; version: number }[] },
    );
    expect(closed.map(({ value }) => value.groupId).sort()).toEqual(imports.map(({ groupId }) => groupId).sort());
    const anchors = rebuilt.listType<RecordAnchor>('record').map(({ value }) => value);
    for (const { groupId, resources } of imports) {
      const anchored = anchors
        .filter((anchor) => anchor.groupId === groupId)
        .map(({ recordId, version }) => `${recordId}/${String(version)}`);
      expect(anchored.sort()).toEqual(resources.map(({ recordId, version }) => `${recordId}/${String(version)}`).sort());
    }

    for (const { relationRef, consents } of patients.filter((patient) => patient.consents.length > 0)) {
      expect(rebuilt.list<ConsentEntry>('consent', relationRef).map(({ value }) => value.jws)).toEqual(consents);
    }

    const requests = acknowledgedOf('request').map(({ acknowledged }) => (acknowledged?.body as { requestId: string }).requestId);
    expect(
      rebuilt
        .listType<AccessRequest>('request')
        .map(({ value }) => value.requestId)
        .sort(),
    ).toEqual(requests.sort());
    expect(
      rebuilt
        .listType<Decision>('decision')
        .map(({ value }) => value.requestId)
        .sort(),
    ).toEqual(requests.sort());
  });

  test('no decision was committed on a consent that had a successor by then', () => {
    const newest = new Map<string, ConsentEntry>();
    let decisions = 0;
    for (const { key, value = 'null' } of blocks.flatMap(({ transactions }) => transactions).flatMap(({ writes }) => writes)) {
      const { type, attributes: [relationRef = ''] = [] } = parseKey(key) ?? {};
      if (type === 'consent') newest.set(relationRef, JSON.parse(value) as ConsentEntry);
      if (type !== 'decision') continue;
      const { consentVersion, outcome } = JSON.parse(value) as Decision;
      const standing = newest.get(relationRef);
      decisions += 1;
      expect(consentVersion).toBe(standing?.version);
      if (outcome === 'released') expect(standing?.status).toBe('in-force');
    }
    expect(decisions).toBe(rebuilt.listType('decision').length);
  });

  test("every gateway's read model equals a rebuild from block 0", async () => {
    rebuilt.close();
    await network.ask('down');
    for (const { connection } of gateways) {
      const file = join(network.folder, `rebuilt-${connection.organisation.mspId}.sqlite`);
      const facts = new Facts(file, connection.organisation.mspId);
      for (const block of blocks) facts.apply(block);
      facts.close();
      expect(readModelOf(join(connection.data, 'projection.sqlite'))).toEqual(readModelOf(file));
    }
  });
});
