import type { Organisation } from '../topology';
import { newOrdererRefusal, newOrdererUnreachable } from './orderer-errors';

const orderer = {
  name: 'south',
  title: 'South Hospital',
  endpoints: { orderer: '127.0.0.1:7104' },
  ports: { ordererAdmin: 7105 },
} as Organisation;
const call = { what: 'join channel town', method: 'POST', path: '/participation/v1/channels' };

const answer = (status: number, error: string): { status: number; body: Buffer } => ({
  status,
  body: Buffer.from(JSON.stringify({ error })),
});

test('a refusal names the orderer, the call, the status and what the orderer said', () => {
  const refusal = newOrdererRefusal(orderer, call, answer(400, 'cannot join: no such consenter'));
  expect(refusal).toMatchObject({ code: 'ORDERER_REFUSED', hint: 'Look at the log of orderer-south.' });
  expect(refusal.message).toBe(
    'The orderer of South Hospital (127.0.0.1:7104, administered at port 7105) did not join channel town: status 400, cannot join: no such consenter',
  );
});

test.each([
  [403, /has no vote yet/],
  [404, /join it first/],
  [409, /is leaving the channel/],
  [503, /ChannelParticipation\.Enabled/],
])('status %i has a way out of its own', (status, hint) => {
  expect(newOrdererRefusal(orderer, call, answer(status, 'no')).hint).toMatch(hint);
});

test('an answer that is not the API’s is told as it came', () => {
  expect(newOrdererRefusal(orderer, call, { status: 502, body: Buffer.from('<html>bad gateway') }).message).toContain(
    'status 502, <html>bad gateway',
  );
});

test('an orderer that does not answer is told apart from one that does not accept the certificate shown', () => {
  const refused = Object.assign(new Error(''), { code: 'ECONNREFUSED' });
  expect(newOrdererUnreachable(orderer, call, refused)).toMatchObject({
    code: 'ORDERER_UNREACHABLE',
    message: expect.stringMatching(/ECONNREFUSED$/),
    hint: expect.stringContaining('orderer-south runs'),
  });
  const unknownCa = Object.assign(new Error('0:error:0A000418:SSL routines'), { code: 'ERR_SSL_TLSV1', reason: 'tlsv1 alert unknown ca' });
  expect(newOrdererUnreachable(orderer, call, unknownCa)).toMatchObject({
    message: expect.stringMatching(/tlsv1 alert unknown ca$/),
    hint: expect.stringContaining('client certificate'),
  });
});
