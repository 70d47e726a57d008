import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GatewayClient } from './gateway-client';

type Reply = { readonly status: number; readonly body: string; readonly headers?: Record<string, string> } | 'hang up';
type Seen = { readonly method: string | undefined; readonly headers: IncomingMessage['headers']; readonly body: string };

describe('a client of a gateway', () => {
  let server: Server;
  let replies: Reply[] = [];
  let seen: Seen[] = [];

  beforeEach(async () => {
    replies = [];
    seen = [];
    server = createServer((request, response) => {
      void (async () => {
        let body = '';
        for await (const chunk of request) body += String(chunk);
        seen.push({ method: request.method, headers: request.headers, body });
        const reply = replies.shift() ?? { status: 200, body: '{}' };
        if (reply === 'hang up') request.socket.destroy();
        else response.writeHead(reply.status, reply.headers).end(reply.body);
      })();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  const newClient = (): GatewayClient => new GatewayClient(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
  const problem = (status: number, members: object): Reply => ({ status, body: JSON.stringify(members) });

  it('repeats what did not get through, under one idempotency key', async () => {
    replies = [
      'hang up',
      problem(503, { code: 'LEDGER_UNAVAILABLE' }),
      problem(409, { code: 'IDEMPOTENCY_KEY_BUSY' }),
      { status: 201, body: '{"a":1}' },
    ];
    await expect(newClient().post('/api/x', { b: 2 }, { token: 't', waitSeconds: 3 })).resolves.toEqual({ a: 1 });
    expect(seen).toHaveLength(4);
    expect(new Set(seen.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
    expect(seen.at(-1)).toMatchObject({ method: 'POST', body: '{"b":2}', headers: { authorization: 'Bearer t', prefer: 'wait=3' } });
  });

  it('takes another key for another request', async () => {
    await newClient().post('/api/x', {});
    await newClient().post('/api/x', {});
    expect(new Set(seen.map(({ headers }) => headers['idempotency-key'])).size).toBe(2);
  });

  it('sends a text as it stands', async () => {
    await newClient().post('/api/imports', '{"value":1.0}', { contentType: 'application/fhir+json' });
    expect(seen[0]).toMatchObject({ body: '{"value":1.0}', headers: { 'content-type': 'application/fhir+json' } });
  });

  it.each([
    [
      { code: 'BUNDLE_INVALID', detail: 'wrong', details: { place: 'entry[0]' } },
      { code: 'BUNDLE_INVALID', message: 'wrong', place: 'entry[0]' },
    ],
    [
      { code: 'REQUEST_INVALID', title: 'no', details: { problems: [{ place: 'body.x' }] } },
      { code: 'REQUEST_INVALID', message: 'no', place: 'body.x' },
    ],
    [{}, { code: 'GATEWAY_ANSWER_UNKNOWN', place: undefined }],
  ])('does not repeat what was refused, and tells code and place of %j', async (members, expected) => {
    replies = [problem(400, members)];
    await expect(newClient().post('/api/x', {})).rejects.toMatchObject(expected);
    expect(seen).toHaveLength(1);
  });

  it('says when an answer is not JSON', async () => {
    replies = [{ status: 200, body: '<html>' }];
    await expect(newClient().get('/api/x')).rejects.toMatchObject({ code: 'GATEWAY_ANSWER_UNKNOWN' });
  });
});
