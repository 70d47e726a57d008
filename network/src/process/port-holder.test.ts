import { createServer } from 'node:net';
import { findPortHolder } from './port-holder';

test.each(['127.0.0.1', '::1'])('the holder of a port on %s is found with its command', async (host) => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const { port } = server.address() as { port: number };
  expect(findPortHolder(port)).toEqual({ pid: process.pid, command: expect.stringMatching(/\S/) });
  await new Promise((resolve) => server.close(resolve));
  expect(findPortHolder(port)).toBeUndefined();
});
