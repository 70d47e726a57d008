import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GatewayError } from '@hyperledger/fabric-gateway';
import { defaultPackageId, generateOrganisation, replay, startDevnet, type ChaincodeSpec, type ConsortiumSpec } from '../../src';
import { METADATA, readBlock } from '../../src/proto/blocks';
import { EMPTY, hex } from '../../src/proto/bytes';
import { digestBlock } from '../../src/services/block-digest';
import { GOLDEN_CHAINCODE, startChaincode } from '../support/chaincode-process';
import { startDevnetProcess } from '../support/devnet-process';
import { connectClient, parse, script } from '../support/golden-client';
import { COLLECTIONS, startGoldenNetwork, type GoldenNetwork } from '../support/golden-network';
import { waitFor } from '../support/wait-for';

jest.setTimeout(120_000);

const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('a channel over its life', () => {
  let network: GoldenNetwork;

  beforeAll(async () => {
    network = await startGoldenNetwork();
  });
  afterAll(() => network.stop());

  const definition = (): ChaincodeSpec => {
    const [chaincode] = network.spec.chaincodes ?? [];
    if (chaincode === undefined) throw new Error('no chaincode');
    return chaincode;
  };

  test('a restart resumes the chain, its identities and what was written', async () => {
    await network.client('NorthMSP').contract.submitTransaction('run', script(['put', 'before', 'kept']));
    const height = network.devnet.height;
    await network.restart();
    expect(network.devnet.height).toBe(height);
    const north = network.client('NorthMSP');
    expect(parse(await north.contract.evaluateTransaction('run', script(['get', 'before'])))).toEqual(['kept']);
    await north.contract.submitTransaction('run', script(['put', 'after', '1']));
    expect(network.devnet.height).toBe(height + 1);
  });

  test('a folder in use is refused, with its holder', async () => {
    const error = await failure(startDevnet(network.spec, { folder: network.folder }));
    expect(error).toMatchObject({ code: 'DEVNET_FOLDER_IN_USE', message: expect.stringContaining(`process ${String(process.pid)}`) });
  });

  test('a revocation list in the configuration refuses a certificate everywhere, at once', async () => {
    const organisation = network.devnet.organisation('NorthMSP');
    const { generated } = organisation;
    if (generated === undefined) throw new Error('not generated');
    const leaver = await generated.issueIdentity({ commonName: 'leaver', ou: 'client' });
    const client = connectClient(organisation, leaver);
    await client.contract.submitTransaction('run', script(['put', 'leaver', '1']));
    const kept = await client.contract.newProposal('run', { arguments: [script(['put', 'leaver', '2'])] }).endorse();
    await network.devnet.revokeCertificates('NorthMSP', await generated.newRevocationList([leaver.certificate]));
    expect(await failure(client.contract.evaluateTransaction('run', script(['get', 'leaver'])))).toBeInstanceOf(GatewayError);
    expect(await failure(kept.submit())).toMatchObject({
      details: [{ message: expect.stringContaining('status=FORBIDDEN') }, expect.anything()],
    });
    expect(
      await failure(client.network.getChaincodeEvents('golden').then((events) => events[Symbol.asyncIterator]().next())),
    ).toMatchObject({ code: 7 });
    client.close();
    await network.client('NorthMSP').contract.submitTransaction('run', script(['put', 'stayer', '1']));
  });

  test('the next definition of a chaincode replaces the first, and an endorsement under the old one is outdated', async () => {
    const north = network.client('NorthMSP');
    const old = await north.contract.newProposal('run', { arguments: [script(['put', 'old', '1'])] }).endorse();
    await network.devnet.deployChaincode({ ...definition(), version: '2.0', sequence: 2 });
    expect((await (await old.submit()).getStatus()).code).toBe(11);
    const commit = await north.contract.submitAsync('run', { arguments: [script(['put', 'new', '1'])] });
    expect(await commit.getStatus()).toMatchObject({ code: 0 });
    expect(network.devnet.explain(commit.getTransactionId())).toMatchObject({ chaincode: 'golden', version: '2.0' });
  });

  test('a definition that is not the next one is refused, and names the sequence that is', async () => {
    const error = await failure(network.devnet.deployChaincode({ ...definition(), version: '9', sequence: 9 }));
    expect(error).toMatchObject({ code: 'DEVNET_LIFECYCLE_REFUSED', details: { sequence: 3 } });
  });

  test('a consortium that differs from the ledger is refused with the verb that applies it', async () => {
    await network.devnet.close();
    const upgraded: ConsortiumSpec = { ...network.spec, chaincodes: [{ ...definition(), version: '2.0', sequence: 2 }] };
    const start = (spec: ConsortiumSpec): Promise<unknown> => failure(startDevnet(spec, { folder: network.folder }));
    const rows: readonly (readonly [ConsortiumSpec, string])[] = [
      [network.spec, 'version 2.0 sequence 2'],
      [{ ...upgraded, organisations: [...upgraded.organisations, { mspId: 'LateMSP' }] }, 'joinOrganisation'],
      [{ ...upgraded, organisations: upgraded.organisations.slice(1), chaincodes: [] }, 'NorthMSP is a member'],
      [{ ...upgraded, policies: { Witnessed: { outOf: 3, role: 'peer' } } }, 'policy Witnessed'],
      [{ ...upgraded, channel: 'other' }, 'channel main'],
      [{ ...upgraded, batch: { timeoutMs: 500 } }, 'batch.timeoutMs'],
      [{ ...upgraded, chaincodes: [{ ...definition(), name: 'more' }] }, 'deployChaincode'],
    ];
    for (const [spec, text] of rows)
      expect(await start(spec)).toMatchObject({ code: 'DEVNET_CONSORTIUM_DIFFERS', message: expect.stringContaining(text) });
    Object.assign(network.spec, upgraded);
    await network.restart();
  });

  test('a member joins: it endorses, counts in the policy over all members, and its peer has no private data of before', async () => {
    const packageId = defaultPackageId('golden', '1.0');
    const chaincode = await startChaincode({ mspId: 'LateMSP', folder: GOLDEN_CHAINCODE, packageId });
    const late = await network.devnet.joinOrganisation({ mspId: 'LateMSP' }, { golden: chaincode.service.address });
    await network.devnet.chaincodeReady('LateMSP', 'golden');
    const client = network.client('LateMSP');
    expect(late.endpoint).toBe(network.devnet.organisation('LateMSP').endpoint);
    expect(parse(await client.contract.evaluateTransaction('run', script(['get', 'before'], ['who'])))).toEqual([
      'kept',
      ['LateMSP', 'LateMSP', 'main', 'run', 0],
    ]);
    const commit = await client.contract.submitAsync('run', {
      arguments: [script(['put', 'late', '1'])],
      endorsingOrganizations: ['LateMSP', 'EastMSP'],
    });
    expect(await commit.getStatus()).toMatchObject({ code: 0 });
    Object.assign(network.spec, { organisations: [...network.spec.organisations, { mspId: 'LateMSP' }] });
    await network.restart();
    expect(network.devnet.organisations.map(({ mspId }) => mspId)).toEqual(['NorthMSP', 'SouthMSP', 'EastMSP', 'LateMSP']);
    await chaincode.stop();
  });

  test("anybody's replay of the exported blocks gives the same codes and commit hashes", async () => {
    const target = join(network.folder, 'exported');
    expect(network.devnet.exportBlocks(target)).toBe(network.devnet.height);
    const bytes = readdirSync(target)
      .sort()
      .map((name) => new Uint8Array(readFileSync(join(target, name))));
    const blocks = bytes.map(readBlock);
    const replayed = replay(bytes);
    expect(replayed.codes).toEqual(blocks.map(({ metadata }) => [...(metadata[METADATA.transactionsFilter] ?? EMPTY)]));
    expect(replayed.commitHashes.slice(1).map((hash) => hex(hash ?? EMPTY))).toEqual(
      blocks.slice(1).map(({ metadata }) => hex((metadata[METADATA.commitHash] ?? EMPTY).slice(2))),
    );
    const types = bytes.flatMap((block) => digestBlock(block).transactions).map(({ type }) => type);
    expect(types.filter((type) => type === 1)).toHaveLength(3);
  });

  test('private keys are readable by their owner alone', () => {
    const files = readdirSync(join(network.folder, 'organisations'));
    expect(files).toHaveLength(4);
    for (const file of files) expect(statSync(join(network.folder, 'organisations', file)).mode & 0o777).toBe(0o600);
  });
});

describe('a start', () => {
  let folder = '';

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'devnet-start-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
    rmSync(`${folder}.json`, { force: true });
  });

  const spec: ConsortiumSpec = {
    organisations: ['NorthMSP', 'SouthMSP', 'EastMSP'].map((mspId) => ({ mspId })),
    chaincodes: [{ name: 'golden', version: '1.0', collections: COLLECTIONS, services: {} }],
  };

  test('killed at any moment of the founding, the next start completes it', async () => {
    const holder = (): string => (existsSync(join(folder, 'chain.sqlite')) ? readFileSync(join(folder, 'lock.pid'), 'utf8') : '');
    let last = '';
    for (const delayMs of [0, 20, 40]) {
      const starting = startDevnetProcess(spec, folder).then(
        (devnet) => devnet.end('SIGKILL'),
        () => undefined,
      );
      await waitFor(() => holder() !== last && holder() !== '');
      last = holder();
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      process.kill(Number(last), 'SIGKILL');
      await starting;
    }
    const devnet = await startDevnet(spec, { folder });
    expect(devnet.height).toBe(5);
    await devnet.close();
    expect(existsSync(join(folder, 'founding'))).toBe(false);
  });

  test('a busy port is refused with its holder, and leaves nothing behind', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const error = await failure(startDevnet({ organisations: [{ mspId: 'NorthMSP', port }] }, { folder }));
    expect(error).toMatchObject({
      code: 'DEVNET_PORT_BUSY',
      details: { port },
      message: expect.stringContaining(`process ${String(process.pid)}`),
    });
    server.close();
    await once(server, 'close');
    const devnet = await startDevnet({ organisations: [{ mspId: 'NorthMSP', port }] }, { folder });
    expect(devnet.organisation('NorthMSP').endpoint).toBe(`localhost:${String(port)}`);
    await devnet.close();
  });

  test("the caller's own material is used, and nothing of it is written", async () => {
    const { ca: _ca, tlsCa: _tlsCa, client, ...material } = await generateOrganisation({ mspId: 'OwnMSP' });
    const devnet = await startDevnet({ organisations: [{ mspId: 'OwnMSP', material }] }, { folder });
    const organisation = devnet.organisation('OwnMSP');
    expect(organisation.generated).toBeUndefined();
    const connected = connectClient(organisation, client);
    expect(await failure(connected.contract.evaluateTransaction('run'))).toMatchObject({ code: 9 });
    connected.close();
    await devnet.close();
    expect(existsSync(join(folder, 'organisations'))).toBe(false);
  });

  test('material whose key does not fit its certificate is refused by name', async () => {
    const material = await generateOrganisation({ mspId: 'OwnMSP' });
    const mixed = { ...material, peer: { certificate: material.peer.certificate, privateKey: material.admin.privateKey } };
    expect(await failure(startDevnet({ organisations: [{ mspId: 'OwnMSP', material: mixed }] }, { folder }))).toMatchObject({
      code: 'DEVNET_IDENTITY_INVALID',
      message: expect.stringContaining('OwnMSP'),
    });
  });
});
