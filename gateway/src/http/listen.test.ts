import { connect, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { closeServer, listen } from './listen';

describe('listen', () => {
  it('cuts off who does not finish the head of a request', async () => {
    const server = await listen(() => undefined, { host: '127.0.0.1', port: 0, headersWithinMs: 100 });
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nhost: x\r\nx-slow: ');
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk.toString()));
    await once(socket, 'close');
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    await closeServer(server);
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
