import { orderer } from '@hyperledger/fabric-protos';
import { newChannelHeader } from '../genesis/config-envelope';
import { EMPTY, utf8 } from '../proto/bytes';
import { writeEnvelope, writePayload, writeSignatureHeader } from '../proto/envelopes';
import type { Position } from './seek-position';
import { readSeekRequest, resolveRange } from './seek-request';

const HEIGHT = 10;
const at = (number: number): Position => ({ kind: 'specified', number });
const seek = (start: Position | undefined, stop: Position | undefined) => ({ start, stop, waits: true, headersOnly: false });
const [oldest, newest, next] = (['oldest', 'newest', 'next'] as const).map((kind): Position => ({ kind }));

test.each([
  [oldest, newest, { first: 0, last: 9 }],
  [oldest, oldest, { first: 0, last: 0 }],
  [newest, newest, { first: 9, last: 9 }],
  [next, at(99), { first: 10, last: 99 }],
  [at(3), at(5), { first: 3, last: 5 }],
  [at(10), at(12), { first: 10, last: 12 }],
  [at(4), newest, { first: 4, last: 9 }],
  [at(11), at(12), 404],
  [at(5), at(4), 400],
  [undefined, newest, 400],
  [oldest, undefined, 400],
])('blocks %j to %j of ten are %j', (start, stop, range) => {
  expect(resolveRange(seek(start, stop), HEIGHT)).toEqual(range);
});

const envelope = (data: Uint8Array, channelHeader = newChannelHeader({ type: 5, channelId: 'main' })): Uint8Array =>
  writeEnvelope({
    payload: writePayload({ channelHeader, signatureHeader: writeSignatureHeader({ creator: utf8('somebody'), nonce: EMPTY }), data }),
    signature: utf8('signed'),
  });

test('a request tells who signed what, and where it starts and stops', () => {
  const info = new orderer.SeekInfo();
  const start = new orderer.SeekPosition();
  const specified = new orderer.SeekSpecified();
  specified.setNumber(7);
  start.setSpecified(specified);
  info.setStart(start);
  info.setBehavior(orderer.SeekInfo.SeekBehavior.FAIL_IF_NOT_READY);
  const request = readSeekRequest(envelope(info.serializeBinary()), Date.now());
  expect(request).toMatchObject({ channelId: 'main', signed: { identity: utf8('somebody'), signature: utf8('signed') } });
  expect(request?.seek).toEqual({ start: at(7), stop: undefined, waits: false, headersOnly: false });
});

test('an unreadable seek is told apart from an unreadable request', () => {
  expect(readSeekRequest(envelope(new Uint8Array([255])), Date.now())).toMatchObject({ seek: undefined });
  expect(readSeekRequest(new Uint8Array([255]), Date.now())).toBeUndefined();
  expect(readSeekRequest(envelope(EMPTY, EMPTY), Date.now())).toBeUndefined();
});

test('a request whose clock is more than a quarter of an hour off is refused', () => {
  const bytes = envelope(EMPTY);
  expect(readSeekRequest(bytes, Date.now() + 14 * 60_000)).toBeDefined();
  expect(readSeekRequest(bytes, Date.now() + 16 * 60_000)).toBeUndefined();
});
