import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { callControl, type ControlAddress } from '@medaccord/devnet';
import { openPeerConnection, submitTransaction, type PeerConnection, type SubmittedFacts } from '../../src/lifecycle';
import { ScratchNetwork } from '../support/scratch-network';
import { TEST_LEDGER, onDevnetAlone } from '../support/test-ledger';

/** Contending transactions take a few rounds of blocks. */
jest.setTimeout(40_000);

let network: ScratchNetwork;
let client: PeerConnection;
let control: ControlAddress;
/** Only the devnet has a door for it. */
const switches = TEST_LEDGER === 'devnet' ? ['--test-switches'] : [];

beforeAll(async () => {
  network = await ScratchNetwork.create();
  const { code, lines } = await network.ask('up', ...switches);
  expect({ code, lines }).toMatchObject({ code: 0 });
  const [organisation] = network.topology.organisations;
  if (organisation === undefined) throw new Error('a topology has organisations');
  client = openPeerConnection(organisation);
  if (TEST_LEDGER === 'devnet') control = readControl();
}, 90_000);

afterAll(async () => {
  client.close();
  await network.remove();
}, 60_000);

function readControl(): ControlAddress {
  return JSON.parse(readFileSync(join(network.topology.paths.ledger, 'control.json'), 'utf8')) as ControlAddress;
}

const submit = (transaction: string, ...values: string[]): Promise<SubmittedFacts> => {
  const { channel, chaincode } = network.topology;
  return submitTransaction(client, { channel, chaincode: chaincode.name, transaction, arguments: values });
};
const write = (key: string, text: string): Promise<SubmittedFacts> => submit('Write', key, text);
const height = async (): Promise<number> => ((await callControl(control, 'status')) as { height: number }).height;

onDevnetAlone('its control door loses the answer of a submission').test(
  'a submission whose answer is lost is known by its transaction id to have committed, once',
  async () => {
    const before = await height();
    await callControl(control, 'lose-submit-answer', { count: 1 });
    const { transactionId } = await write('lost', 'found');
    expect(await callControl(control, 'explain', { txId: transactionId })).toMatchObject({ txId: transactionId, code: 0 });
    expect(await height()).toBe(before + 1);
  },
);

test('transactions that contend for a key all commit in the end', async () => {
  const written = await Promise.all(['a', 'b', 'c', 'd'].map((text) => write('contended', text)));
  expect(new Set(written.map(({ transactionId }) => transactionId)).size).toBe(4);
});

test('what the chaincode refuses is refused at once, with its words', async () => {
  await expect(submit('Found', 'other rules')).rejects.toMatchObject({
    code: 'LEDGER_REFUSED',
    message: expect.stringContaining('RULES_DIFFER'),
  });
});
