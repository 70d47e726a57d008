import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isConsenter, parseMetrics, readMetrics } from './read-metrics';

const TEXT = `# HELP ledger_blockchain_height Height of the chain in blocks.
# TYPE ledger_blockchain_height gauge
ledger_blockchain_height{channel="one"} 12
ledger_blockchain_height{channel="t\\"wo",other="x,y"} 1.5e+03
process_open_fds 65
go_gc_duration_seconds{quantile="0.5"} NaN

`;

test('samples are read with name, labels and value', () => {
  expect(parseMetrics(TEXT)).toEqual([
    { name: 'ledger_blockchain_height', labels: { channel: 'one' }, value: 12 },
    { name: 'ledger_blockchain_height', labels: { channel: 't"wo', other: 'x,y' }, value: 1500 },
    { name: 'process_open_fds', labels: {}, value: 65 },
    { name: 'go_gc_duration_seconds', labels: { quantile: '0.5' }, value: NaN },
  ]);
});

test.each([
  [1, true],
  [2, false],
])('an orderer that states its relation %i to a channel takes part in ordering it: %s', (relation, expected) => {
  const samples = parseMetrics(`participation_consensus_relation{channel="one"} ${String(relation)}`);
  expect(isConsenter(samples, 'one')).toBe(expected);
  expect(isConsenter(samples, 'two')).toBeUndefined();
});

describe('of a node', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });

  const serve = async (listener: Parameters<typeof createServer>[1]): Promise<number> => {
    const server = createServer(listener ?? (() => undefined));
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  };

  test('they are what it answers', async () => {
    const port = await serve((_request, response) => response.end(TEXT));
    expect(await readMetrics('127.0.0.1', port)).toHaveLength(4);
  });

  test('they are unknown when it refuses, breaks off, stays silent or is not there', async () => {
    const answers = [
      await serve((_request, response) => response.writeHead(404).end()).then((port) => readMetrics('127.0.0.1', port)),
      await serve((_request, response) => response.writeHead(200, { 'content-length': 9 }).write('x', () => response.destroy())).then(
        (port) => readMetrics('127.0.0.1', port),
      ),
      await serve(() => undefined).then((port) => readMetrics('127.0.0.1', port)),
      await readMetrics('127.0.0.1', 1),
    ];
    expect(answers).toEqual([undefined, undefined, undefined, undefined]);
  });
});
