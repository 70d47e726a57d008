import { X509Certificate } from 'node:crypto';
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import type { ConnectionDocument } from '../../src/connection';
import type { KeyFiles, Organisation } from '../../src/topology';
import { openNotesClient } from '../support/notes-client';
import { ScratchNetwork, until } from '../support/scratch-network';
import { onFabricAlone } from '../support/test-ledger';

const { test: onFabric } = onFabricAlone('the devnet has no orderers and nobody who votes on its configuration');
const RIVERSIDE = { name: 'riverside', title: 'Riverside Hospital', mspId: 'RiversideMSP', role: 'hospital', orderer: false };
const BLOCKS = { block: { messages: 50, megabytes: 4, interval: '150ms' }, bft: { complain: '6s' } };

jest.setTimeout(400_000);

let network: ScratchNetwork;
/** Unity's gateway's and admin's, before they got others: certificates that are still good. */
let former: readonly KeyFiles[] = [];

type Line = Record<string, unknown>;

/** What a command said last. */
async function say(verb: string, ...options: string[]): Promise<Line> {
  const { lines } = await network.ask(verb, ...options);
  return lines.at(-1) ?? {};
}

/** The same of a command that must succeed. */
async function carryOut(verb: string, ...options: string[]): Promise<Line> {
  const line = await say(verb, ...options);
  if (line['ok'] !== true) throw new Error(`${verb} ${options.join(' ')}: ${JSON.stringify(line['error'])}`);
  return line;
}

async function showChannel(): Promise<{ sequence: number; text: string }> {
  const { sequence, lines } = await carryOut('channel', 'show');
  return { sequence: sequence as number, text: (lines as string[]).join('\n') };
}

/** The stock client gives up where a gateway would go on: while peers meet again, or the orderers choose another leader. */
async function untilWritten(organisation: string, key: string, endorsers?: readonly string[]): Promise<void> {
  const client = openNotesClient(network.topology, organisation);
  try {
    await until(async () => {
      await client.write(key, key, endorsers).catch(() => undefined);
      return (await client.read(key).catch(() => '')) === key;
    }, 60_000);
  } finally {
    client.close();
  }
}

/** Every member writes something, and reads what all others wrote. */
async function expectTransactions(round: string): Promise<void> {
  const names = network.topology.organisations.map(({ name }) => name);
  for (const name of names) await untilWritten(name, `${round}-${name}`);
  for (const name of names) {
    const client = openNotesClient(network.topology, name);
    for (const other of names) await until(async () => (await client.read(`${round}-${other}`)) === `${round}-${other}`);
    client.close();
  }
}

/** Freezes one orderer, so that all others of four, or of five, are needed for a block. */
async function expectOrderingWithout(orderer: string, key: string): Promise<void> {
  const { pid } = network.processOf(`orderer-${orderer}`);
  process.kill(pid, 'SIGSTOP');
  try {
    await untilWritten('northside', key);
  } finally {
    process.kill(pid, 'SIGCONT');
  }
}

function editOrganisation(change: object | undefined): void {
  network.editTopology((topology) => {
    const others = (topology['organisations'] as { name: string }[]).filter(({ name }) => name !== RIVERSIDE.name);
    return { ...topology, organisations: change === undefined ? others : [...others, { ...RIVERSIDE, ...change }] };
  });
}

function writeOtherTopology(change: object): string {
  const file = join(network.folder, 'other.json');
  writeFileSync(file, JSON.stringify({ ...(JSON.parse(readFileSync(network.topologyFile, 'utf8')) as object), ...change }));
  return file;
}

function organisationOf(wanted: string): Organisation {
  const found = network.topology.organisations.find(({ name }) => name === wanted);
  if (found === undefined) throw new Error(`the topology has no ${wanted}`);
  return found;
}

const fingerprintOf = (file: string): string => new X509Certificate(readFileSync(file)).fingerprint256;

/** A certificate and its key, elsewhere. */
function copyPair({ certificate, privateKey }: KeyFiles, name: string): KeyFiles {
  const copy = { certificate: join(network.folder, `${name}.pem`), privateKey: join(network.folder, `${name}.key`) };
  copyFileSync(certificate, copy.certificate);
  copyFileSync(privateKey, copy.privateKey);
  return copy;
}

/** In the place of another. */
function putPair(pair: KeyFiles, place: KeyFiles): void {
  copyFileSync(pair.privateKey, place.privateKey);
  copyFileSync(pair.certificate, place.certificate);
}

/** Asks Unity's peer as its gateway would with this certificate. */
async function askAs(pair: KeyFiles, key: string): Promise<string> {
  const document = JSON.parse(readFileSync(organisationOf('unity').connection, 'utf8')) as ConnectionDocument;
  const connection = join(network.folder, 'connection.json');
  writeFileSync(connection, JSON.stringify({ ...document, identities: { ...document.identities, gateway: pair } }));
  const { topology } = network;
  const client = openNotesClient({ ...topology, organisations: topology.organisations.map((each) => ({ ...each, connection })) }, 'unity');
  try {
    return await client.read(key);
  } finally {
    client.close();
  }
}

/** The certificate that an orderer shows to whoever connects. */
function readShownCertificate(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ALPNProtocols: ['h2'] }, () => {
      resolve(socket.getPeerCertificate().fingerprint256);
      socket.destroy();
    });
    socket.once('error', reject);
  });
}

beforeAll(async () => {
  network = await ScratchNetwork.create();
  expect(await carryOut('up')).toMatchObject({ sequence: 1 });
}, 180_000);

afterAll(async () => {
  await network.remove();
}, 60_000);

describe('blocks and timers of a running channel', () => {
  onFabric('are told in words by a dry run, which changes nothing', async () => {
    const before = await showChannel();
    const told = await carryOut('channel', 'set', 'batch', 'bft', '--dry-run', '--topology', writeOtherTopology({ fabric: BLOCKS }));
    expect(told).toMatchObject({ changed: true, written: false, signedBy: [] });
    const words = (told['summary'] as string[]).join('\n');
    for (const number of ['50', '4 MB', '150ms', '6s']) expect(words).toContain(number);
    expect((told['policies'] as { satisfied: boolean }[]).every(({ satisfied }) => !satisfied)).toBe(true);
    expect(await showChannel()).toEqual(before);
  });

  onFabric('change when enough members have signed a file that goes from one to the next, and not before', async () => {
    const { sequence } = await showChannel();
    const files = ['northside', 'lakeview', 'unity'].map((name) => join(network.folder, `${name}.json`));
    const [first = '', second = '', third = ''] = files;
    const topology = writeOtherTopology({ fabric: BLOCKS });
    await carryOut('channel', 'set', 'batch', 'bft', '--topology', topology, '--organisation', 'northside', '--output', first);
    expect(await say('channel', 'submit', first, '--organisation', 'northside')).toMatchObject({
      ok: false,
      error: { code: 'CHANNEL_UNSIGNED' },
    });
    copyFileSync(first, second);
    expect(await carryOut('channel', 'sign', second, '--organisation', 'lakeview')).toMatchObject({
      signedBy: ['NorthsideMSP', 'LakeviewMSP'],
    });
    expect(await carryOut('channel', 'sign', second, '--organisation', 'unity', '--output', third)).toMatchObject({ changed: true });
    expect(await carryOut('channel', 'submit', third, '--organisation', 'authority')).toMatchObject({ sequence: sequence + 1 });
    const { text } = await showChannel();
    for (const words of ['at most: 50', '150ms', '6s']) expect(text).toContain(words);
    expect(await say('channel', 'submit', third, '--organisation', 'authority')).toMatchObject({
      ok: false,
      error: { code: 'CHANNEL_OVERTAKEN' },
    });
    await expectTransactions('blocks');
  });
});

describe('an orderer that gets other certificates', () => {
  onFabric('goes on ordering with them, and the others with it', async () => {
    const unity = organisationOf('unity');
    const certificates = [unity.identities.orderer.certificate, unity.tls.orderer.certificate];
    const before = certificates.map(fingerprintOf);
    former = [copyPair(unity.identities.gateway, 'former-gateway'), copyPair(unity.identities.admin, 'former-admin')];
    await carryOut('certs', 'renew', '--organisation', 'unity', '--within', '36500');
    const after = certificates.map(fingerprintOf);
    expect(after.some((each) => before.includes(each))).toBe(false);

    const { sequence } = await showChannel();
    const told = await carryOut('channel', 'rotate-orderer', 'unity', '--dry-run');
    expect((told['summary'] as string[]).join('\n')).toContain('The orderer of UnityMSP');
    expect(await carryOut('channel', 'rotate-orderer', 'unity', '--sign-all')).toMatchObject({ sequence: sequence + 1 });
    await untilWritten('northside', 'between');
    await carryOut('restart', 'orderer-unity', 'peer-unity', 'chaincode-unity', 'gateway-unity');
    expect(await readShownCertificate(unity.ports.orderer)).toBe(after[1]);
    expect(await carryOut('channel', 'rotate-orderer', 'unity', '--sign-all')).toMatchObject({ changed: false });
    // Three of four are needed: unity's is one of them now.
    await expectOrderingWithout('authority', 'without-authority');
    await expectTransactions('certificates');
  });

  onFabric('signs with another key once it is restarted with it, and its old certificate can be revoked', async () => {
    const { identities, tls } = organisationOf('unity');
    const old = copyPair(identities.orderer, 'old-orderer');
    rmSync(identities.orderer.privateKey);
    await carryOut('certs', 'renew', '--organisation', 'unity');
    const next = copyPair(identities.orderer, 'next-orderer');
    expect(readFileSync(next.privateKey)).not.toEqual(readFileSync(old.privateKey));
    putPair(old, identities.orderer);

    const list = join(network.folder, 'with-voter.crl');
    await carryOut('certs', 'revoke', old.certificate, '--organisation', 'unity', '--list', list);
    expect(await say('channel', 'revoke', 'unity', '--list', list, '--sign-all')).toMatchObject({
      error: { code: 'CHANNEL_CHANGE_IMPOSSIBLE' },
    });
    const files = ['--identity', next.certificate, '--tls', tls.orderer.certificate];
    expect(await carryOut('channel', 'rotate-orderer', 'unity', ...files, '--sign-all')).toMatchObject({ changed: true });
    await untilWritten('northside', 'without-its-vote');
    putPair(next, identities.orderer);
    await carryOut('restart', 'orderer-unity');
    await expectOrderingWithout('authority', 'with-another-key');
    expect(await carryOut('channel', 'revoke', 'unity', '--list', list, '--sign-all')).toMatchObject({ changed: true });
    expect(await carryOut('channel', 'revoke', 'unity', '--list', list, '--sign-all')).toMatchObject({ changed: false });
    await expectOrderingWithout('authority', 'old-key-revoked');
  });
});

describe('a certificate that is revoked', () => {
  onFabric('counts no longer once the channel knows of it; the others of its organisation do', async () => {
    const [gateway, admin] = former;
    if (gateway === undefined || admin === undefined) throw new Error('they were renewed before');
    await carryOut('certs', 'revoke', gateway.certificate, '--organisation', 'unity');
    expect(await askAs(gateway, 'between')).toBe('between');
    const told = await carryOut('channel', 'revoke', 'unity', '--dry-run');
    expect((told['summary'] as string[]).join('\n')).toContain('Revocation list: ');
    expect(await carryOut('channel', 'revoke', 'unity', '--sign-all')).toMatchObject({ changed: true });
    await until(async () => (await askAs(gateway, 'between').catch(() => 'refused')) === 'refused');
    expect(await askAs(admin, 'between')).toBe('between');
    await expectTransactions('revoked');
  });
});

describe('a fifth organisation', () => {
  test('is not taken in with anything else that differs, and then nothing is touched', async () => {
    const before = readFileSync(network.topology.paths.topology, 'utf8');
    const other = writeOtherTopology({ policies: { Witnessed: { outOf: 3, of: 'all' } } });
    const { code, lines } = await network.ask('join', '--topology', other);
    expect({ code, lines }).toMatchObject({ code: 1, lines: [{ error: { code: 'JOIN_IMPOSSIBLE' } }] });
    expect(readFileSync(network.topology.paths.topology, 'utf8')).toBe(before);
  });

  test('joins the running network, reads what was written before, and endorses', async () => {
    await untilWritten('lakeview', 'before');
    editOrganisation({});
    const gateways = ['northside', 'lakeview', 'unity', 'authority'].map((name) => `gateway-${name}`);
    const joined = await carryOut('join');
    expect(joined).toMatchObject({ organisations: ['riverside'], orderers: [] });
    expect((joined['restarted'] as string[]).toSorted()).toEqual(gateways.toSorted());
    expect(network.state?.processes.filter(({ state }) => state !== 'ready')).toEqual([]);
    expect(network.state?.organisations.map(({ name }) => name)).toContain('riverside');
    const client = openNotesClient(network.topology, 'riverside');
    expect(await client.evaluate('Where')).toBe('RiversideMSP');
    expect(await client.read('before')).toBe('before');
    client.close();
    await untilWritten('riverside', 'endorsed', ['RiversideMSP', 'UnityMSP']);
    await expectTransactions('five');
  });

  test('is there once: joining again does nothing', async () => {
    expect(await carryOut('join')).toMatchObject({ organisations: [], orderers: [], transactions: [], restarted: [] });
  });

  onFabric('brings its orderer, which the others need from then on', async () => {
    expect(await say('channel', 'add-orderer', 'riverside', '--dry-run')).toMatchObject({ ok: false });
    editOrganisation({ orderer: true });
    const told = await carryOut('channel', 'add-orderer', 'riverside', '--dry-run');
    expect((told['summary'] as string[]).join('\n')).toContain('becomes part of the ordering service');
    expect(await carryOut('join')).toMatchObject({ organisations: [], orderers: ['riverside'] });
    expect((await showChannel()).text).toContain('Orderers with a vote: 5; blocks need 4');
    // Four of five are needed: riverside's is one of them now.
    await expectOrderingWithout('authority', 'four-of-five');
    await expectTransactions('orderers');
  });

  test('is there again after a stop, with the topology that has it', async () => {
    await network.run('down');
    expect(await carryOut('up')).toMatchObject({ resumed: true, sequence: 1 });
    await expectTransactions('resumed');
  });
});

describe('an organisation that leaves', () => {
  onFabric('takes its orderer out first, and then its peers count no longer', async () => {
    expect(await say('channel', 'remove-organisation', 'riverside', '--dry-run')).toMatchObject({
      error: { code: 'CHANNEL_CHANGE_IMPOSSIBLE' },
    });
    const steps = [];
    for (let changed = true; changed && steps.length < 5;) {
      const told = await carryOut('channel', 'remove-orderer', 'riverside', '--sign-all');
      changed = told['changed'] === true;
      steps.push(changed);
    }
    expect(steps).toEqual([true, true, false]);
    expect((await showChannel()).text).toContain('Orderers with a vote: 4; blocks need 3');
    await carryOut('restart', 'peer');
    await expectTransactions('four-orderers');

    const told = await carryOut('channel', 'remove-organisation', 'riverside', '--dry-run');
    expect((told['summary'] as string[]).join('\n')).toContain('RiversideMSP is no longer a member of the channel');
    await carryOut('channel', 'remove-organisation', 'riverside', '--sign-all');
    const client = openNotesClient(network.topology, 'riverside');
    await expect(client.write('left', 'left')).rejects.toThrow();
    client.close();
    editOrganisation(undefined);
    await expectTransactions('left');
  });

  onFabric('is forgotten by the next start', async () => {
    await network.run('down');
    expect(await carryOut('up')).toMatchObject({ resumed: true, sequence: 1 });
    expect(network.state?.processes.filter(({ name }) => name.endsWith(RIVERSIDE.name))).toEqual([]);
    await expectTransactions('without');
  });
});
