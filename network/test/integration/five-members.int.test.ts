import { openNotesClient } from '../support/notes-client';
import { ScratchNetwork } from '../support/scratch-network';

let network: ScratchNetwork;

beforeAll(async () => {
  network = await ScratchNetwork.create('five-members.json');
}, 60_000);

afterAll(async () => {
  await network.remove();
}, 60_000);

test('a fifth organisation in the topology file is a member, with no change of code', async () => {
  const { code, lines } = await network.ask('up');
  expect({ code, lines }).toMatchObject({ code: 0, lines: [{ ok: true, sequence: 1 }] });
  // Five approvals, the commit, the first transaction.
  expect(lines[0]?.['transactions']).toHaveLength(7);
  expect(network.listProcesses()).toHaveLength(2 + network.ledgerProcesses.length + 5 + 5);
  const client = openNotesClient(network.topology, 'riverside');
  expect(await client.evaluate('Where')).toBe('RiversideMSP');
  await client.write('note', 'from the fifth');
  expect(await client.read('note')).toBe('from the fifth');
  client.close();
}, 90_000);
