import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GatewayError } from '@hyperledger/fabric-gateway';
import { onFabricAlone } from '../support/test-ledger';
import { ScratchMember } from '../support/scratch-member';
import { ScratchNetwork, until } from '../support/scratch-network';

const MEMBERS = ['northside', 'lakeview', 'unity', 'authority'] as const;
const fabric = onFabricAlone('The devnet plays all members in one process.');

type Line = Record<string, unknown>;

fabric.describe('members with a machine each', () => {
  let network: ScratchNetwork;
  let machines: Record<string, ScratchMember>;

  beforeAll(async () => {
    network = await ScratchNetwork.create();
    network.editTopology((topology) => ({
      ...topology,
      ports: { base: network.basePort },
      organisations: (topology['organisations'] as object[]).map((each, index) => ({ ...each, host: `127.0.1.${String(index + 1)}` })),
    }));
    machines = Object.fromEntries(MEMBERS.map((name) => [name, new ScratchMember(network, name)]));
  }, 60_000);

  afterAll(async () => {
    await Promise.all(Object.values(machines).map((machine) => machine.remove()));
    await network.remove();
  }, 120_000);

  const each = <T>(work: (machine: ScratchMember) => Promise<T>): Promise<T[]> => Promise.all(Object.values(machines).map(work));
  const member = (name: string): ScratchMember => machines[name] as ScratchMember;
  const fileOf = (name: string): string => join(network.folder, `${name}.member.json`);
  const block = (): string => join(network.folder, 'first.block');

  async function ok(machine: ScratchMember, verb: string, ...options: readonly string[]): Promise<Line> {
    const { code, lines } = await machine.ask(verb, ...options);
    if (code !== 0) throw new Error(`${verb} ${options.join(' ')} of ${machine.name}: ${JSON.stringify(lines.at(-1))}`);
    return lines.at(-1) ?? {};
  }

  async function refused(machine: ScratchMember, verb: string, ...options: readonly string[]): Promise<Line> {
    const { code, lines } = await machine.ask(verb, ...options);
    expect(code).not.toBe(0);
    return lines.at(-1)?.['error'] as Line;
  }

  function expectOwnKeysAlone(): void {
    for (const machine of Object.values(machines)) {
      const keys = machine.listKeys();
      expect(keys.length).toBeGreaterThanOrEqual(9);
      expect(keys.filter((file) => !file.startsWith(`organisations/${machine.name}/`))).toEqual([]);
    }
  }

  test('make their own keys, and take in each other’s certificates', async () => {
    const made = await each((machine) =>
      ok(machine, 'members', 'export', '--organisation', machine.name, '--output', fileOf(machine.name)),
    );
    expect(made.map(({ enrolled }) => enrolled)).toEqual([7, 7, 7, 7]);
    await each((machine) => ok(machine, 'members', 'import', ...MEMBERS.filter((name) => name !== machine.name).map(fileOf)));
    const { members } = await ok(member('unity'), 'members');
    expect(members).toMatchObject(
      MEMBERS.map((organisation) => ({ organisation, acquaintance: organisation === 'unity' ? 'own' : 'known' })),
    );
    expectOwnKeysAlone();
  }, 60_000);

  test('come to one first block: one makes it, and each takes it only when it says what its own topology says', async () => {
    expect(await refused(member('authority'), 'up', '--organisation', 'authority')).toMatchObject({ code: 'FABRIC_GENESIS_MISSING' });
    const { digest } = await ok(member('northside'), 'channel', 'begin', '--output', block());
    expect(await ok(member('northside'), 'channel', 'begin')).toMatchObject({ digest, isNew: false });

    const other = join(network.folder, 'other.json');
    const spec = JSON.parse(readFileSync(network.topologyFile, 'utf8')) as object;
    writeFileSync(other, JSON.stringify({ ...spec, fabric: { block: { messages: 7 } } }));
    expect(await refused(member('unity'), 'channel', 'accept', block(), '--topology', other)).toMatchObject({
      code: 'FABRIC_GENESIS_DIFFERS',
      message: expect.stringContaining('Transactions in a block, at most: 100 instead of 7'),
    });
    for (const name of ['lakeview', 'unity', 'authority'] as const)
      expect(await ok(member(name), 'channel', 'accept', block())).toMatchObject({ digest, isNew: true });
    expect(await ok(member('unity'), 'channel', 'accept', block())).toMatchObject({ digest, isNew: false });
    expect(await ok(member('unity'), 'channel', 'show', block())).toMatchObject({ digest });
  }, 60_000);

  test('wait for each other, say for what, and can be stopped meanwhile', async () => {
    const up = member('northside').start('up', '--organisation', 'northside');
    await until(() => up.said().includes('Waiting for other members: 1 of 4 orderers answer, 3 are needed'), 60_000);
    up.child.kill('SIGINT');
    expect(await up.ended).toMatchObject({ code: 143 });
    expect(await member('northside').ask('status')).toMatchObject({ code: 4 });
  }, 90_000);

  test('bring one network up, each with its own processes and nobody else’s', async () => {
    const ups = await each((machine) => ok(machine, 'up', '--organisation', machine.name));
    expect(ups.map(({ sequence }) => sequence)).toEqual([1, 1, 1, 1]);
    for (const { state, name } of Object.values(machines))
      expect(state?.processes.map((process) => process.name).sort()).toEqual([
        'ca',
        ...['chaincode', 'gateway', 'orderer', 'peer'].map((node) => `${node}-${name}`),
      ]);
    expectOwnKeysAlone();
    expect(await refused(member('unity'), 'up', '--organisation', 'lakeview')).toMatchObject({ code: 'RUN_FOLDER_FOREIGN' });
    expect(await refused(member('unity'), 'join')).toMatchObject({ code: 'JOIN_IMPOSSIBLE' });
  }, 180_000);

  test('write what two of them endorse, and read it everywhere', async () => {
    const clients = MEMBERS.map((name) => member(name).openClient());
    // Peers that have just started hear of each other a moment later.
    await untilWritten(() => clients[2]?.write('note', 'from one machine', ['UnityMSP', 'LakeviewMSP']));
    for (const client of clients) await until(async () => (await client.read('note')) === 'from one machine');
    for (const client of clients) client.close();
  }, 60_000);

  test('each look after their own: status, doctor and certificates tell of one member', async () => {
    const status = await ok(member('lakeview'), 'status');
    expect(status).toMatchObject({
      organisations: [{ name: 'lakeview' }],
      nodes: [{ name: 'orderer-lakeview' }, { name: 'peer-lakeview' }],
    });
    await untilOfOneHeight(member('lakeview'));
    const { code, lines } = await member('lakeview').ask('doctor');
    expect({ code, last: lines.at(-1) }).toMatchObject({ code: 0, last: { errors: 0, warnings: 0 } });
    const { certificates } = await ok(member('lakeview'), 'certs');
    expect(new Set((certificates as { organisation: string }[]).map(({ organisation }) => organisation))).toEqual(new Set(['lakeview']));
    expect(await ok(member('lakeview'), 'restart', 'peer')).toMatchObject({ restarted: ['peer-lakeview'] });
  }, 120_000);

  test('go on while one is down, which has all that it missed when it is up again', async () => {
    await ok(member('lakeview'), 'down');
    const unity = member('unity').openClient();
    await untilWritten(() => unity.write('note', 'while one was away'));
    unity.close();
    expect(await ok(member('lakeview'), 'up')).toMatchObject({ resumed: true, sequence: 1, transactions: [] });
    const lakeview = member('lakeview').openClient();
    await until(async () => (await lakeview.read('note')) === 'while one was away');
    lakeview.close();
  }, 120_000);

  test('lose an orderer’s disk, and have all of the chain again', async () => {
    await ok(member('unity'), 'down');
    rmSync(join(member('unity').runFolder, 'organisations/unity/orderer/data'), { recursive: true });
    expect(await ok(member('unity'), 'up')).toMatchObject({ resumed: true });
    await untilOfOneHeight(member('unity'));
  }, 120_000);

  test('change over to the next release of the chaincode once enough of them deploy it', async () => {
    edit('package.json', '"1.0.0"', '"2.0.0"');
    edit('index.js', 'first release', 'second release');
    const deployed = await each((machine) => ok(machine, 'deploy'));
    expect(deployed.map(({ sequence }) => sequence)).toEqual([2, 2, 2, 2]);
    const clients = MEMBERS.map((name) => member(name).openClient());
    for (const client of clients) await until(async () => (await client.evaluate('Release')) === 'second release');
    expect(await clients[0]?.read('note')).toBe('while one was away');
    for (const client of clients) client.close();
    expectOwnKeysAlone();
  }, 180_000);

  test('change over alone to other bytes of the same version', async () => {
    edit('index.js', 'second release', 'third release');
    expect(await ok(member('unity'), 'deploy')).toMatchObject({ sequence: 2 });
    const answers = await each(async (machine) => {
      const client = machine.openClient();
      return client.evaluate('Release').finally(() => client.close());
    });
    expect(answers).toEqual(['second release', 'second release', 'third release', 'second release']);
  }, 60_000);

  test('take in a fifth, whose peer has the chain from the beginning, and then its orderer', async () => {
    const riverside = { name: 'riverside', title: 'Riverside Hospital', mspId: 'RiversideMSP', role: 'hospital', host: '127.0.1.5' };
    const withFifth = (orderer: boolean) => (topology: Line) => ({
      ...topology,
      organisations: [...(topology['organisations'] as object[]).slice(0, 4), { ...riverside, orderer }],
    });
    network.editTopology(withFifth(false));
    const fifth = (machines['riverside'] = new ScratchMember(network, 'riverside'));
    await ok(fifth, 'members', 'export', '--organisation', 'riverside', '--output', fileOf('riverside'));
    await ok(fifth, 'members', 'import', ...MEMBERS.map(fileOf));
    for (const name of MEMBERS) await ok(member(name), 'members', 'import', fileOf('riverside'));
    await agree('northside', 'add-organisation', 'riverside');

    const { digest } = await ok(member('unity'), 'channel', 'show', block());
    expect(await refused(fifth, 'channel', 'accept', block())).toMatchObject({ code: 'FABRIC_GENESIS_DIFFERS' });
    expect(await refused(fifth, 'channel', 'accept', block(), '--digest', '00')).toMatchObject({ code: 'FABRIC_GENESIS_DIFFERS' });
    await ok(fifth, 'channel', 'accept', block(), '--digest', String(digest));
    expect(await ok(fifth, 'up', '--organisation', 'riverside')).toMatchObject({ sequence: 2 });
    const client = fifth.openClient();
    expect(await client.read('note')).toBe('while one was away');
    await untilWritten(() => client.write('note', 'from the fifth'));
    client.close();

    await ok(fifth, 'down');
    network.editTopology(withFifth(true));
    await ok(fifth, 'members', 'export', '--output', fileOf('riverside'));
    for (const name of MEMBERS) await ok(member(name), 'members', 'import', fileOf('riverside'));
    await agree('northside', 'add-orderer', 'riverside');
    await ok(fifth, 'up');
    await untilOfOneHeight(fifth);
    await agree('riverside', 'add-orderer', 'riverside');
    await until(async () => (await fifth.ask('doctor')).lines.at(-1)?.['errors'] === 0, 60_000);
    for (const name of MEMBERS) {
      await ok(member(name), 'down');
      expect(await ok(member(name), 'up')).toMatchObject({ resumed: true, sequence: 2 });
    }
    expectOwnKeysAlone();
  }, 300_000);

  /** A change of the channel, computed by one member and signed by three. */
  async function agree(by: string, ...change: readonly string[]): Promise<void> {
    const file = join(network.folder, `${change.join('-')}.json`);
    await ok(member(by), 'channel', ...change, '--organisation', by, '--output', file);
    for (const name of ['lakeview', 'unity', 'authority']) await ok(member(name), 'channel', 'sign', file, '--organisation', name);
    await ok(member(by), 'channel', 'submit', file, '--organisation', by);
  }

  /** Writes again where nobody could answer yet: a leader that is down is replaced after seven seconds. */
  function untilWritten(write: () => Promise<void> | undefined): Promise<void> {
    return until(async () => {
      try {
        await write();
        return true;
      } catch (error) {
        if (error instanceof GatewayError) return false;
        throw error;
      }
    }, 60_000);
  }

  /** An orderer that was away notices with the leader's next sign of life what it has missed. */
  function untilOfOneHeight(machine: ScratchMember): Promise<void> {
    return until(async () => {
      const { nodes } = await ok(machine, 'status');
      return new Set((nodes as { height?: number }[]).map(({ height }) => height)).size === 1;
    }, 60_000);
  }

  function edit(file: string, from: string, to: string): void {
    const path = join(network.folder, 'chaincode', file);
    writeFileSync(path, readFileSync(path, 'utf8').replace(from, to));
  }
});
