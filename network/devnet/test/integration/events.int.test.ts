import { common, peer } from '@hyperledger/fabric-protos';
import { connectGateway } from '../support/gateway-client';
import { readPrivateSets } from '../../src/proto/private-set';
import { readKvSet } from '../../src/proto/rwset';
import { script, type TestClient } from '../support/golden-client';
import { startGoldenNetwork, type GoldenNetwork } from '../support/golden-network';
import { take } from '../support/wait-for';

jest.setTimeout(60_000);

let network: GoldenNetwork;
let north: TestClient;
let east: TestClient;

beforeAll(async () => {
  network = await startGoldenNetwork();
  north = network.client('NorthMSP');
  east = network.client('EastMSP');
});
afterAll(() => network.stop());

const emit = async (name: string, ...more: (readonly unknown[])[]): Promise<string> => {
  const commit = await north.contract.submitAsync('run', { arguments: [script(['event', name, `about ${name}`], ...more)] });
  expect(await commit.getStatus()).toMatchObject({ code: 0 });
  return commit.getTransactionId();
};

test('chaincode events arrive in order, and restart after the transaction that was seen last', async () => {
  const startBlock = BigInt(network.devnet.height);
  const ids = [await emit('one'), await emit('two'), await emit('three')];
  const all = await east.network.getChaincodeEvents('golden', { startBlock });
  const seen = await take(all, 3);
  expect(seen.map(({ eventName, transactionId }) => [eventName, transactionId])).toEqual([
    ['one', ids[0]],
    ['two', ids[1]],
    ['three', ids[2]],
  ]);
  expect(Buffer.from(seen[0]?.payload ?? []).toString()).toBe('about one');
  const rest = await east.network.getChaincodeEvents('golden', {
    checkpoint: { getBlockNumber: () => seen[0]?.blockNumber, getTransactionId: () => ids[0] },
  });
  expect((await take(rest, 2)).map(({ eventName }) => eventName)).toEqual(['two', 'three']);
});

test('events of transactions to come are waited for', async () => {
  const events = await east.network.getChaincodeEvents('golden');
  const next = take(events, 1);
  await emit('future');
  expect((await next)[0]?.eventName).toBe('future');
});

test('an invalid transaction has no chaincode event, and is in the filtered block with it', async () => {
  const start = BigInt(network.devnet.height);
  const proposal = north.contract.newProposal('run', {
    arguments: [script(['put', 'x', '1'], ['event', 'lost', ''])],
    endorsingOrganizations: ['NorthMSP'],
  });
  const commit = await (await proposal.endorse()).submit();
  expect((await commit.getStatus()).code).toBe(10);
  await emit('kept');
  const events = await east.network.getChaincodeEvents('golden', { startBlock: start });
  expect((await take(events, 1))[0]?.eventName).toBe('kept');
  const [block] = await take(await east.network.getFilteredBlockEvents({ startBlock: start }), 1);
  const transaction = block?.getFilteredTransactionsList()[0];
  expect(transaction?.getTxValidationCode()).toBe(10);
  expect(transaction?.getTxid()).toBe(commit.getTransactionId());
  const event = transaction?.getTransactionActions()?.getChaincodeActionsList()[0]?.getChaincodeEvent();
  expect([event?.getEventName(), event?.getPayload_asU8().length]).toEqual(['lost', 0]);
});

test('full blocks come from the first on, with codes, commit hashes and signatures', async () => {
  const blocks: common.Block[] = await take(await north.network.getBlockEvents({ startBlock: 0n }), 6);
  expect(blocks.map((block) => block.getHeader()?.getNumber())).toEqual([0, 1, 2, 3, 4, 5]);
  const metadata = blocks[5]?.getMetadata()?.getMetadataList_asU8() ?? [];
  expect([...(metadata[2] ?? [])]).toEqual([0]);
  expect(metadata[4]?.length).toBe(34);
  expect(common.Metadata.deserializeBinary(metadata[0] ?? new Uint8Array()).getSignaturesList()).toHaveLength(2);
});

test('blocks with private data show a member its collection, and another organisation nothing of it', async () => {
  const start = BigInt(network.devnet.height);
  await north.contract.submit('run', {
    arguments: [script(['putp', 'pair', 'p', 'shown'])],
    endorsingOrganizations: ['NorthMSP', 'SouthMSP'],
  });
  const own = await firstPrivate(north, start);
  const values = [...own.values()].flatMap((bytes) => readPrivateSets(bytes)).flatMap(({ rwset }) => readKvSet(rwset).writes);
  expect(values.map(({ key, value }) => [key, Buffer.from(value).toString()])).toEqual([['p', 'shown']]);
  expect((await firstPrivate(east, start)).size).toBe(0);
});

test("a client of another organisation sees a member-only collection on the member's own peer neither", async () => {
  const start = BigInt(network.devnet.height);
  await north.contract.submit('run', {
    arguments: [script(['putp', 'pair', 'q', 'hidden'])],
    endorsingOrganizations: ['NorthMSP', 'SouthMSP'],
  });
  const generated = network.devnet.organisation('EastMSP').generated;
  const guest = connectGateway({
    ...network.devnet.organisation('NorthMSP'),
    mspId: 'EastMSP',
    ...(generated?.client ?? { certificate: '', privateKey: '' }),
  });
  const [found] = await take(await guest.gateway.getNetwork('main').getBlockAndPrivateDataEvents({ startBlock: start }), 1);
  expect(found?.getPrivateDataMapMap().getLength()).toBe(0);
  guest.close();
});

async function firstPrivate(client: TestClient, startBlock: bigint): Promise<ReadonlyMap<number, Uint8Array>> {
  const [found]: peer.BlockAndPrivateData[] = await take(await client.network.getBlockAndPrivateDataEvents({ startBlock }), 1);
  const sets = new Map<number, Uint8Array>();
  found?.getPrivateDataMapMap().forEach((set, index) => sets.set(index, set.serializeBinary()));
  return sets;
}
