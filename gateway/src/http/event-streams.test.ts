import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import express from 'express';
import { EventStreams, type StreamPart, type StreamParts } from './event-streams';

/** Readers as they come: slow ones, and ones that go away. */
const streams = new EventStreams();
const kib = 1024;
const part: StreamPart = { text: `data: ${'x'.repeat(64 * kib)}\n\n`, about: [] };
let server: Server;
let given: number;
let ended: Promise<void> | undefined;

async function serve(parts: StreamParts, assertAllowed: () => Promise<unknown> = () => Promise.resolve()): Promise<Socket> {
  const app = express();
  app.get('/', (_request, answer) => {
    const options = { caller: 'staff ada', assertAllowed, writeDown: () => Promise.resolve(), readWithinMs: 200 };
    ended = streams.send(answer, parts, options);
  });
  server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\nhost: test\r\n\r\n');
  return socket;
}

/** More than any buffer on the way holds. */
const many: StreamParts = async function* parts(gone) {
  for (given = 0; given < 10_000 && !gone.aborted; given += 1) yield await Promise.resolve(part);
};

afterEach(() => {
  ended = undefined;
  server.closeAllConnections();
  server.close();
});

describe('a stream', () => {
  it('waits for its reader, and cuts off one that does not read, whatever is still to be told', async () => {
    const socket = await serve(many);
    socket.pause();
    await once(socket, 'connect');
    while (ended === undefined) await new Promise(setImmediate);
    await ended;
    // What buffers of the machine took; the gateway holds one part.
    expect(given).toBeLessThan(1_000);
    socket.destroy();
  });

  it('tells everything to a reader that reads', async () => {
    const socket = await serve(async function* some() {
      for (given = 0; given < 100; given += 1) yield await Promise.resolve(part);
    });
    let bytes = 0;
    for await (const chunk of socket) {
      bytes += (chunk as Buffer).length;
      if (bytes > 100 * part.text.length) break;
    }
    expect(given).toBe(100);
  });

  it('is over as soon as its reader is gone', async () => {
    let isGone = false;
    const socket = await serve(async function* waiting(gone) {
      yield part;
      await once(gone, 'abort');
      isGone = true;
    });
    await once(socket, 'data');
    socket.destroy();
    await ended;
    expect(isGone).toBe(true);
  });

  it('tells nothing more to who may not read any more', async () => {
    let looked = 0;
    const assertAllowed = (): Promise<void> => ((looked += 1) > 3 ? Promise.reject(new Error('expired')) : Promise.resolve());
    const socket = await serve(many, assertAllowed);
    socket.resume();
    await once(socket, 'connect');
    while (looked <= 3) await new Promise(setImmediate);
    await ended;
    expect(given).toBe(3);
    socket.destroy();
  });
});
