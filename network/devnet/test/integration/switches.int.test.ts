import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { callControl, startDevnet, type Devnet } from '../../src';
import { parse, script, type TestClient } from '../support/golden-client';
import { startGoldenNetwork, type GoldenNetwork } from '../support/golden-network';

jest.setTimeout(60_000);

let network: GoldenNetwork;
let north: TestClient;
let south: TestClient;

beforeAll(async () => {
  network = await startGoldenNetwork({ testSwitches: true, control: true });
  north = network.client('NorthMSP');
  south = network.client('SouthMSP');
});
afterAll(() => network.stop());

const control = (verb: string, args: Record<string, unknown> = {}): Promise<unknown> => {
  if (network.devnet.control === undefined) throw new Error('no control door');
  return callControl(network.devnet.control, verb, args);
};
const endorsed = (...operations: (readonly unknown[])[]): ReturnType<ReturnType<TestClient['contract']['newProposal']>['endorse']> =>
  north.contract.newProposal('run', { arguments: [script(...operations)] }).endorse();
const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

test('paused ordering accepts and keeps transactions, and orders them when it resumes', async () => {
  await control('pause-ordering');
  const height = network.devnet.height;
  const commits = [await (await endorsed(['put', 'a', '1'])).submit(), await (await endorsed(['put', 'b', '1'])).submit()];
  expect(network.devnet.height).toBe(height);
  await control('resume-ordering');
  const statuses = await Promise.all(commits.map((commit) => commit.getStatus()));
  expect(statuses).toMatchObject([
    { code: 0, blockNumber: BigInt(height) },
    { code: 0, blockNumber: BigInt(height) },
  ]);
});

test('a lost answer tells the client that submit failed, of a transaction that is committed', async () => {
  const transaction = await endorsed(['put', 'lost', 'yet written']);
  await control('lose-submit-answer', { count: 1 });
  expect(await failure(transaction.submit())).toMatchObject({ code: 14 });
  await (await endorsed(['put', 'next', '1'])).submit().then((commit) => commit.getStatus());
  expect(parse(await north.contract.evaluateTransaction('run', script(['get', 'lost'])))).toEqual(['yet written']);
  expect(network.devnet.explain(transaction.getTransactionId())).toMatchObject({ code: 0 });
});

test('a peer that is held back answers from its older state, and endorses it', async () => {
  await north.contract.submitTransaction('run', script(['put', 'held', 'old']));
  await control('hold-back-peer', { mspId: 'SouthMSP', blocks: 1 });
  const commit = await north.contract.submitAsync('run', {
    arguments: [script(['put', 'held', 'new'])],
    endorsingOrganizations: ['NorthMSP', 'EastMSP'],
  });
  expect(await commit.getStatus()).toMatchObject({ code: 0 });
  expect(parse(await north.contract.evaluateTransaction('run', script(['get', 'held'])))).toEqual(['new']);
  expect(parse(await south.contract.evaluateTransaction('run', script(['get', 'held'])))).toEqual(['old']);
  const both = north.contract.newProposal('run', {
    arguments: [script(['get', 'held'], ['put', 'x', '1'])],
    endorsingOrganizations: ['NorthMSP', 'SouthMSP'],
  });
  expect(await failure(both.endorse())).toMatchObject({ code: 10, details: [{ message: 'ProposalResponsePayloads do not match' }] });
  await control('hold-back-peer', { mspId: 'SouthMSP', blocks: 0 });
  expect(parse(await south.contract.evaluateTransaction('run', script(['get', 'held'])))).toEqual(['new']);
});

test('commit status at a peer that is held back comes when that peer has the block', async () => {
  await control('hold-back-peer', { mspId: 'SouthMSP', blocks: 1 });
  const commit = await south.contract.submitAsync('run', { arguments: [script(['put', 'late', '1'])] });
  let isKnown = false;
  const status = commit.getStatus().then((found) => {
    isKnown = true;
    return found;
  });
  await north.contract.evaluateTransaction('run', script(['get', 'late']));
  expect(isKnown).toBe(false);
  await north.contract.submitTransaction('run', script(['put', 'push', '1']));
  expect(await status).toMatchObject({ code: 0 });
  await control('hold-back-peer', { mspId: 'SouthMSP', blocks: 0 });
});

test('a peer that is down is gone for its clients, and others do without it', async () => {
  const endpoint = network.devnet.organisation('SouthMSP').endpoint;
  await control('take-down-peer', { mspId: 'SouthMSP' });
  expect(await failure(south.contract.evaluate('run', { arguments: [script(['get', 'a'])] }))).toMatchObject({ code: 14 });
  const commit = await north.contract.submitAsync('run', { arguments: [script(['put', 'without', '1'])] });
  expect(await commit.getStatus()).toMatchObject({ code: 0 });
  expect(
    network.devnet
      .explain(commit.getTransactionId())
      .endorsers.map(({ mspId }) => mspId)
      .sort(),
  ).toEqual(['EastMSP', 'NorthMSP']);
  const named = north.contract.submit('run', { arguments: [script(['put', 'x', '1'])], endorsingOrganizations: ['NorthMSP', 'SouthMSP'] });
  expect(await failure(named)).toMatchObject({ code: 14 });
  await control('bring-up-peer', { mspId: 'SouthMSP' });
  expect(network.devnet.organisation('SouthMSP').endpoint).toBe(endpoint);
  const again = network.client('SouthMSP');
  expect(parse(await again.contract.evaluateTransaction('run', script(['get', 'without'])))).toEqual(['1']);
});

test('the control door wants its token, and names its verbs', async () => {
  const address = network.devnet.control ?? { url: '', token: '' };
  expect(await failure(callControl({ ...address, token: 'guessed' }, 'status'))).toMatchObject({ code: 'DEVNET_CONTROL_REFUSED' });
  expect(await failure(control('no-such-verb'))).toMatchObject({ message: expect.stringContaining('hold-back-peer') });
  expect(await control('status')).toMatchObject({
    channel: 'main',
    organisations: [{ mspId: 'NorthMSP' }, { mspId: 'SouthMSP' }, { mspId: 'EastMSP' }],
  });
  expect(statSync(join(network.folder, 'control.json')).mode & 0o777).toBe(0o600);
});

describe('without test switches', () => {
  let devnet: Devnet;
  beforeAll(async () => {
    devnet = await startDevnet({ organisations: [{ mspId: 'OneMSP' }] }, { folder: ':memory:', control: true });
  });
  afterAll(() => devnet.close());

  test('every switch is refused, from inside and through the door', async () => {
    expect(() => devnet.switches.pauseOrdering()).toThrow(expect.objectContaining({ code: 'DEVNET_SWITCHES_OFF' }));
    const verbs = ['pause-ordering', 'resume-ordering', 'lose-submit-answer', 'hold-back-peer', 'take-down-peer', 'bring-up-peer'];
    for (const verb of verbs)
      expect(
        await failure(callControl(devnet.control ?? { url: '', token: '' }, verb, { count: 1, mspId: 'OneMSP', blocks: 1 })),
      ).toMatchObject({ code: 'DEVNET_SWITCHES_OFF' });
  });

  test('nothing is written where nothing is to be kept', () => {
    expect(existsSync(':memory:')).toBe(false);
  });
});
