import type { BlockDigest, TransactionDigest } from './block-digest';
import { chaincodeEvents } from './chaincode-events';

const transaction = (txId: string, chaincode: string, code = 0): TransactionDigest => ({
  txId,
  type: 3,
  code,
  event: { chaincode, txId, name: `event of ${txId}`, payload: new Uint8Array() },
});
const silent = (txId: string): TransactionDigest => ({ txId, type: 3, code: 0, event: undefined });

/** A chain of blocks with these transactions, which ends where the stream would wait. */
async function collect(blocks: readonly (readonly TransactionDigest[])[], block: number, afterTxId = ''): Promise<unknown> {
  const ending = new AbortController();
  const view = {
    reach: async (number: number) => {
      if (number >= blocks.length) ending.abort();
    },
    block: () => new Uint8Array(),
  };
  const digests = { of: (number: number): BlockDigest => ({ number, channelId: 'main', transactions: blocks[number] ?? [] }) };
  const messages: unknown[] = [];
  for await (const message of chaincodeEvents({ view, digests } as never, { chaincode: 'cc', block, afterTxId }, ending.signal))
    messages.push([message.getBlockNumber(), message.getEventsList().map((event) => event.getTxId())]);
  return messages;
}

const CHAIN = [
  [transaction('a', 'cc'), transaction('b', 'other'), transaction('c', 'cc', 11)],
  [silent('d')],
  [transaction('e', 'cc'), transaction('f', 'cc')],
];

test('there is one message per block that has events of the chaincode, of valid transactions only', async () => {
  expect(await collect(CHAIN, 0)).toEqual([
    [0, ['a']],
    [2, ['e', 'f']],
  ]);
});

test('everything up to and including the event of the transaction seen last is skipped', async () => {
  expect(await collect(CHAIN, 2, 'e')).toEqual([[2, ['f']]]);
  expect(await collect(CHAIN, 0, 'a')).toEqual([[2, ['e', 'f']]]);
});

test("another chaincode's event marks the place as well", async () => {
  expect(await collect(CHAIN, 0, 'b')).toEqual([[2, ['e', 'f']]]);
});

test('after a transaction that has no event or is invalid, nothing ever passes, as in Fabric', async () => {
  expect(await collect(CHAIN, 0, 'c')).toEqual([]);
  expect(await collect(CHAIN, 0, 'd')).toEqual([]);
});
