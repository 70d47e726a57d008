import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Contract } from '@hyperledger/fabric-gateway';
import { replay, type ConsortiumSpec } from '../../src';
import { METADATA, readBlock, type Block } from '../../src/proto/blocks';
import { EMPTY, hex } from '../../src/proto/bytes';
import { digestBlock } from '../../src/services/block-digest';
import { GOLDEN_CHAINCODE, startChaincode, type ChaincodeProcess } from '../support/chaincode-process';
import { runDevnetCommand, startDevnetProcess, type DevnetProcess } from '../support/devnet-process';
import { connectGateway } from '../support/gateway-client';
import { parse, script } from '../support/golden-client';
import { waitFor } from '../support/wait-for';

jest.setTimeout(120_000);

const MSP_IDS = ['NorthMSP', 'SouthMSP', 'EastMSP', 'WestMSP'];
const RUNNING = ['NorthMSP', 'SouthMSP'];
const PACKAGE = 'golden:kill';
const ROUNDS = 4;
const SUBMITTERS = 8;

let folder = '';
let spec: ConsortiumSpec;
let chaincodes: readonly ChaincodeProcess[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'devnet-kill-'));
  chaincodes = await Promise.all(RUNNING.map((mspId) => startChaincode({ mspId, folder: GOLDEN_CHAINCODE, packageId: PACKAGE })));
  const services = Object.fromEntries(RUNNING.map((mspId, index) => [mspId, chaincodes[index]?.service.address ?? '']));
  spec = {
    organisations: MSP_IDS.map((mspId) => ({ mspId })),
    policies: { Witnessed: { outOf: 2, role: 'peer' } },
    chaincodes: [{ name: 'golden', version: '1.0', policy: '/Channel/Application/Witnessed', packageId: PACKAGE, services }],
  };
});
afterAll(async () => {
  await Promise.all(chaincodes.map((chaincode) => chaincode.stop()));
  rmSync(folder, { recursive: true, force: true });
  rmSync(`${folder}.json`, { force: true });
});

interface Acknowledged {
  readonly txId: string;
  readonly key: string;
}

test('kill -9 under load loses nothing that was acknowledged, and doubles nothing', async () => {
  const acknowledged: Acknowledged[] = [];
  for (let round = 0; round < ROUNDS; round++) await loadAndKill(round, acknowledged);
  const devnet = await startDevnetProcess(spec, folder);
  const values = await readAll(devnet, acknowledged);
  await devnet.end('SIGTERM');
  expect(acknowledged.length).toBeGreaterThan(ROUNDS * SUBMITTERS);
  expect(values).toEqual(acknowledged.map(() => 'kept'));

  const blocks = await exportBlocks();
  const committed = blocks.flatMap(({ bytes }) => digestBlock(bytes).transactions).filter(({ txId }) => txId !== '');
  const counts = new Map<string, number>();
  for (const { txId } of committed) counts.set(txId, (counts.get(txId) ?? 0) + 1);
  expect([...counts].filter(([, count]) => count > 1)).toEqual([]);
  expect(acknowledged.filter(({ txId }) => !counts.has(txId))).toEqual([]);
  expect(committed.filter(({ code }) => code !== 0)).toEqual([]);

  const replayed = replay(blocks.map(({ bytes }) => bytes));
  expect(replayed.codes).toEqual(blocks.map(({ block }) => [...(block.metadata[METADATA.transactionsFilter] ?? EMPTY)]));
  expect(replayed.commitHashes.slice(1).map((hash) => hex(hash ?? EMPTY))).toEqual(
    blocks.slice(1).map(({ block }) => hex((block.metadata[METADATA.commitHash] ?? EMPTY).slice(2))),
  );
});

async function loadAndKill(round: number, acknowledged: Acknowledged[]): Promise<void> {
  const devnet = await startDevnetProcess(spec, folder);
  const client = connectGateway(devnet.client('NorthMSP'));
  const contract = client.gateway.getNetwork('main').getContract('golden');
  await waitFor(async () => (await evaluate(contract, script())).length > 0);
  let isOver = false;
  const before = acknowledged.length;
  const submitters = Array.from({ length: SUBMITTERS }, async (_, submitter) => {
    for (let count = 0; !isOver; count++) {
      const key = `${String(round)}-${String(submitter)}-${String(count)}`;
      const txId = await submit(contract, key).catch(() => undefined);
      if (txId !== undefined) acknowledged.push({ txId, key });
    }
  });
  await waitFor(() => acknowledged.length > before + SUBMITTERS * (2 + round));
  await devnet.end('SIGKILL');
  isOver = true;
  client.close();
  await Promise.all(submitters);
}

/** Only the answer of submit is waited for: that is what a client may rely on. */
async function submit(contract: Contract, key: string): Promise<string> {
  const transaction = await contract
    .newProposal('run', { arguments: [script(['put', key, 'kept'])] })
    .endorse({ deadline: Date.now() + 5000 });
  const commit = await transaction.submit({ deadline: Date.now() + 5000 });
  return commit.getTransactionId();
}

function evaluate(contract: Contract, argument: string): Promise<Uint8Array> {
  return contract.newProposal('run', { arguments: [argument] }).evaluate({ deadline: Date.now() + 5000 });
}

/** The state of the keys, once the ledger has committed what was accepted before the last kill. */
async function readAll(devnet: DevnetProcess, acknowledged: readonly Acknowledged[]): Promise<readonly string[]> {
  const client = connectGateway(devnet.client('NorthMSP'));
  const contract = client.gateway.getNetwork('main').getContract('golden');
  const gets = acknowledged.map(({ key }) => ['get', key]);
  let values: string[] = [];
  await waitFor(async () => {
    values = parse(await evaluate(contract, JSON.stringify(gets))) as string[];
    return values.every((value) => value !== '');
  });
  client.close();
  return values;
}

async function exportBlocks(): Promise<readonly { readonly bytes: Uint8Array; readonly block: Block }[]> {
  const target = join(folder, 'exported');
  expect(await runDevnetCommand('export', target, '--folder', folder)).toMatchObject({ code: 0 });
  return readdirSync(target)
    .sort()
    .map((name) => {
      const bytes = new Uint8Array(readFileSync(join(target, name)));
      return { bytes, block: readBlock(bytes) };
    });
}
