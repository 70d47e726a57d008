import { connect, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { closeServer, listen } from './listen';

describe('listen', () => {
  /** What comes back when these bytes are sent. */
  const answerTo = async (text: string): Promise<{ status: string; type: string; code: string }> => {
    const server = await listen(() => undefined, { host: '127.0.0.1', port: 0, headersWithinMs: 100 });
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.write(text);
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk.toString()));
    await once(socket, 'close');
    await closeServer(server);
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    const type = /^content-type: (.*)$/m.exec(head)?.[1]?.trim() ?? '';
    return { status: head.slice(9, 12), type, code: (JSON.parse(body) as { code: string }).code };
  };

  it.each([
    { what: 'a head that does not end', text: 'GET / HTTP/1.1\r\nhost: x\r\nx-slow: ', status: '408', code: 'REQUEST_TOO_SLOW' },
    {
      what: 'a head that is too large',
      text: `GET /${'a'.repeat(20_000)} HTTP/1.1\r\n\r\n`,
      status: '431',
      code: 'REQUEST_HEAD_TOO_LARGE',
    },
    { what: 'what is no HTTP', text: 'hello\r\n\r\n', status: '400', code: 'REQUEST_INVALID' },
  ])('answers $what with a problem document and closes the connection', async ({ text, status, code }) => {
    expect(await answerTo(text)).toEqual({ status, type: 'application/problem+json', code });
  });

  it('fails when the port is taken', async () => {
    const server = await listen(() => undefined, { host: '127.0.0.1', port: 0 });
    const { port } = server.address() as AddressInfo;
    await expect(listen(() => undefined, { host: '127.0.0.1', port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await closeServer(server);
  });
});

describe('closeServer', () => {
  it('ends when what is under way is answered, and closes connections that are kept open', async () => {
    let answer = (): void => undefined;
    const server = await listen((_request, response) => (answer = () => response.end('done')), { host: '127.0.0.1', port: 0 });
    const arrived = once(server, 'request');
    const asked = fetch(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`, { headers: { connection: 'keep-alive' } });
    await arrived;
    const closed = closeServer(server);
    answer();
    expect(await (await asked).text()).toBe('done');
    await closed;
  });
});
