import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stepNames } from '../../src/story';
import { CommandedNetwork } from './support/commanded-network';

jest.setTimeout(180_000);

const TOPOLOGIES = join(__dirname, '../../../network/topologies');
const membersOf = (file: string): { mspId: string }[] =>
  (JSON.parse(readFileSync(join(TOPOLOGIES, file), 'utf8')) as { organisations: { mspId: string }[] }).organisations;

let network: CommandedNetwork;

beforeAll(async () => {
  network = await CommandedNetwork.create('five-members.json');
});

afterAll(async () => {
  await network.remove();
});

test('a fifth organisation in the topology file is all that a network of five members needs to tell the whole story', async () => {
  const members = membersOf('five-members.json').map(({ mspId }) => mspId);
  const { code, lines, output } = await network.ask('start', '--once');
  expect(output).not.toContain('"ok":false');
  expect(lines.map(({ step, ok }) => [step, ok])).toEqual(['up', ...stepNames].map((step) => [step, true]));
  expect((lines[0]?.['organisations'] as { mspId: string }[]).map(({ mspId }) => mspId)).toEqual(members);
  expect(members).toHaveLength(membersOf('default.json').length + 1);
  expect(code).toBe(0);
});

test('every one of the five plays its part: it has its own peer, knows all others and answers', async () => {
  await network.up();
  const { gateways } = network;
  expect(gateways).toHaveLength(5);
  for (const gateway of gateways) {
    const { body } = await gateway.send('/api/organisations');
    const known = (body as { organisations: { mspId: string; encryption: unknown[] }[] }).organisations;
    expect(known.map(({ mspId }) => mspId).sort()).toEqual(gateways.map(({ mspId }) => mspId).sort());
    expect(known.every(({ encryption }) => encryption.length > 0)).toBe(true);
    expect((await gateway.send('/readyz')).status).toBe(200);
  }
});
