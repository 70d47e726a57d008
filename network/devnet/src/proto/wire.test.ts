import { common } from '@hyperledger/fabric-protos';
import { fromHex } from './bytes';
import { MalformedMessage, assertWellFormed, attempt, decode } from './wire';

describe('a message', () => {
  it.each([
    ['is cut off in a field', '0a05aa'],
    ['is cut off in a number', '08ff'],
    ['has field number 0', '0200'],
    ['has a number of more than ten bytes', '08ffffffffffffffffffffff01'],
    ['ends a group that did not begin', '0c'],
    ['ends another group than began', '0b14'],
    ['has wire type 7', '0f'],
  ])('that %s is malformed', (_what, digits) => {
    expect(() => {
      assertWellFormed(fromHex(digits));
    }).toThrow(MalformedMessage);
  });

  it('may hold fields that nobody knows, groups too', () => {
    expect(decode(common.Envelope, fromHex('7a016173089601740a0161')).getPayload_asU8()).toEqual(Uint8Array.of(0x61));
  });

  it('with broken UTF-8 is malformed where the field is text, at any depth', () => {
    const broken = fromHex('0a02c328');
    expect(attempt(() => decode(common.Envelope, broken, { strings: [1] }))).toBeUndefined();
    expect(attempt(() => decode(common.Payload, fromHex('0a040a02c328'), { messages: { 1: { strings: [1] } } }))).toBeUndefined();
    expect(attempt(() => decode(common.Envelope, broken))).toBeDefined();
  });
});
