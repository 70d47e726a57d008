import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseTopologySpec, resolveTopology, type Topology } from '../topology';
import { askNetwork, openControlDoor } from './control-door';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'door-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function topologyIn(run: string): Topology {
  mkdirSync(run, { recursive: true });
  const spec = {
    name: 'small',
    channel: 'small',
    ledger: 'devnet',
    organisations: [{ name: 'one', title: 'One', mspId: 'OneMSP', role: 'hospital' }],
    policies: { Witnessed: { outOf: 1, of: 'all' } },
    chaincode: { name: 'notes', folder: '.', policy: 'Witnessed' },
    gateway: { folder: '.' },
    ports: { base: 7100 },
  };
  return resolveTopology(parseTopologySpec(JSON.stringify(spec), 'small.json'), { root: folder, runFolder: run });
}

/** A kernel takes at most 107 bytes for the name of a socket. */
const LONG = 'a-folder-deep-down/'.repeat(8);

test.each([
  ['a short path', 'run'],
  ['a path longer than a socket may have', `${LONG}run`],
])('a verb is asked and answered through %s', async (_kind, path) => {
  const topology = topologyIn(join(folder, path));
  const close = await openControlDoor(topology, {
    count: () => Promise.resolve({ blocks: 7 }),
    echo: (about) => Promise.resolve(about),
    fail: () => Promise.reject(Object.assign(new Error('no'), { code: 'TEST_REFUSED', hint: 'ask nicely' })),
  });
  await expect(askNetwork(topology, 'count')).resolves.toEqual({ blocks: 7 });
  await expect(askNetwork(topology, 'echo', 'peer-one')).resolves.toBe('peer-one');
  await expect(askNetwork(topology, 'fail')).rejects.toMatchObject({ code: 'TEST_REFUSED', message: 'no', hint: 'ask nicely' });
  await expect(askNetwork(topology, 'unheard-of')).rejects.toMatchObject({ code: 'NETWORK_UNREACHABLE' });
  await close();
  expect(existsSync(join(topology.paths.run, 'control.sock'))).toBe(false);
  await expect(askNetwork(topology, 'count')).rejects.toMatchObject({ code: 'NETWORK_UNREACHABLE' });
});

test('what a killed predecessor left in the place of the door is replaced', async () => {
  const topology = topologyIn(join(folder, 'run'));
  writeFileSync(join(topology.paths.run, 'control.sock'), '');
  const close = await openControlDoor(topology, { count: () => Promise.resolve(1) });
  await expect(askNetwork(topology, 'count')).resolves.toBe(1);
  await close();
});

test('a visitor who says nothing does not keep the door from closing', async () => {
  const topology = topologyIn(join(folder, 'run'));
  const close = await openControlDoor(topology, {});
  const visitor = connect(join(topology.paths.run, 'control.sock'));
  await new Promise((resolve) => visitor.once('connect', resolve));
  await close();
  visitor.destroy();
});
