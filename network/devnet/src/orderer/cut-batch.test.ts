import { batchLength, isBatchFull } from './cut-batch';

const limits = { maxMessageCount: 3, preferredMaxBytes: 100 };
const message = (bytes: number, isConfig = false) => ({ sequence: 0, key: '', isConfig, envelope: new Uint8Array(bytes) });
const small = message(10);
const config = message(10, true);

test.each([
  [[small], 1],
  [[small, small, small, small], 3],
  [[message(60), message(40), small], 2],
  [[message(60), message(60)], 1],
  [[message(500), small], 1],
  [[config, small], 1],
  [[small, small, config], 2],
])('a block takes the first messages within count and size, a configuration alone (%#)', (waiting, length) => {
  expect(batchLength(waiting, limits)).toBe(length);
});

test('a batch is full at its count, beyond its size, and with a configuration', () => {
  expect(isBatchFull([small, small], limits)).toBe(false);
  expect(isBatchFull([small, small, small], limits)).toBe(true);
  expect(isBatchFull([message(60), message(60)], limits)).toBe(true);
  expect(isBatchFull([small, config], limits)).toBe(true);
});
