import { clientOf, newMessage, newOrderedChannel, type OrderedChannel } from '../../test/support/ordered-channel';
import { generateOrganisation } from '../genesis/generate-organisation';
import { newSigner } from '../genesis/signer';
import { EMPTY } from '../proto/bytes';
import { HEADER_TYPE, readEnvelope, writeEnvelope, writePayload } from '../proto/envelopes';
import { OrderingRefusal, inspectMessage } from './intake';

const FORBIDDEN =
  "implicit policy evaluation failed - 0 sub-policies were satisfied, but this policy requires 1 of the 'Writers' sub-policies to be satisfied: permission denied";
const LATER = new Date(Date.now() + 20 * 365 * 24 * 3_600_000);

let channel: OrderedChannel;
beforeAll(async () => {
  channel = await newOrderedChannel(':memory:', { absoluteMaxBytes: 4096 });
});
afterAll(() => {
  channel.orderer.close();
  channel.ledger.close();
});

const client = () => clientOf(channel.members[0] ?? channel.members[1]!);
const answer = (envelope: Uint8Array, now = new Date()): unknown => {
  try {
    return inspectMessage(envelope, channel.ledger.channel, now).key;
  } catch (error) {
    if (error instanceof OrderingRefusal) return [error.status, error.info];
    throw error;
  }
};

test('a message of a writer is known by the hash of its nonce and creator', () => {
  const { txId, envelope } = newMessage(client());
  expect(answer(envelope)).toBe(txId);
});

test.each<[string, () => Uint8Array, unknown]>([
  ['an empty message', () => writeEnvelope({ payload: EMPTY, signature: new Uint8Array(1) }), ['BAD_REQUEST', 'Message was empty']],
  ['bytes that are no envelope', () => new Uint8Array([255]), ['BAD_REQUEST', expect.stringContaining('could not determine channel ID')]],
  [
    'a payload without header',
    () => writeEnvelope({ payload: new Uint8Array([18, 1, 0]), signature: EMPTY }),
    ['BAD_REQUEST', expect.stringContaining('no header')],
  ],
  ['another channel', () => newMessage(client(), { channelId: 'other' }).envelope, ['BAD_REQUEST', 'channel does not exist']],
  [
    'a ready configuration',
    () => newMessage(client(), { type: HEADER_TYPE.config }).envelope,
    ['BAD_REQUEST', 'message is of type that cannot be processed directly'],
  ],
  [
    'a message that is too large',
    () => newMessage(client(), { data: 'x'.repeat(4096) }).envelope,
    ['BAD_REQUEST', expect.stringMatching(/^message payload is \d+ bytes and exceeds maximum allowed 4096 bytes$/)],
  ],
  [
    'a peer, who is no writer',
    () => newMessage(clientOf(channel.members[0]!, channel.members[0]!.material.peer)).envelope,
    ['FORBIDDEN', FORBIDDEN],
  ],
  [
    'a signature over something else',
    () => {
      const { payload, signature } = readEnvelope(newMessage(client()).envelope);
      const flipped = Uint8Array.from(signature);
      flipped.set([(flipped.at(-1) ?? 0) ^ 1], flipped.length - 1);
      return writeEnvelope({ payload, signature: flipped });
    },
    ['FORBIDDEN', FORBIDDEN],
  ],
])('%s is refused', (_, message, refusal) => {
  expect(answer(message())).toEqual(refusal);
});

test('an identity of nobody in the channel is refused', async () => {
  const stranger = await generateOrganisation({ mspId: 'AMSP' });
  expect(answer(newMessage(newSigner('AMSP', stranger.client)).envelope)).toEqual(['FORBIDDEN', FORBIDDEN]);
});

test('an expired certificate is refused before its rights are looked at', () => {
  expect(answer(newMessage(client()).envelope, LATER)).toEqual(['BAD_REQUEST', 'broadcast client identity expired']);
});

test('a payload without creator is refused as nobody', () => {
  const payload = writePayload({ channelHeader: EMPTY, signatureHeader: EMPTY, data: EMPTY });
  expect(answer(writeEnvelope({ payload, signature: EMPTY }))).toEqual(['BAD_REQUEST', 'channel does not exist']);
});
