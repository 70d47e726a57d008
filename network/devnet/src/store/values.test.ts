import { formatModification, parseModification } from './values';

describe('a kept modification of a key', () => {
  const modification = { txId: 'a1', isDelete: false, value: Uint8Array.of(1, 2) };

  it.each([
    ['the time that its client gave', Uint8Array.of(8, 1)],
    ['the first second of all time', new Uint8Array(0)],
    ['no time where its client gave none', undefined],
  ])('has %s', (_, timestamp) => {
    expect(parseModification(formatModification({ ...modification, timestamp }))).toEqual({ ...modification, timestamp });
  });
});
