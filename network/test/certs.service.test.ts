import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseRevocationList } from '../src/channel/revocation-list';
import { renewOrganisation, serveOrganisations } from '../src/identity';
import {
  findUsers,
  isDue,
  listCertificates,
  renderCertificateMetrics,
  renewCertificates,
  revokeAtAuthority,
  type CertificateFacts,
} from '../src/operations';
import { findFreePorts, type FreePorts } from '../src/process';
import { loadTopology, type KeyFiles, type Organisation, type Topology } from '../src/topology';
import { until } from './support/scratch-network';

jest.setTimeout(30_000);

const DAY_MS = 24 * 3_600_000;

let ports: FreePorts;
let folder: string;
let topology: Topology;
let first: Organisation;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'certs-'));
  ports = await findFreePorts();
  topology = loadTopology(join(__dirname, '../topologies/default.json'), { root: folder, basePort: ports.base });
  first = topology.organisations[0] as Organisation;
});

afterEach(() => {
  rmSync(folder, { recursive: true });
  ports.release();
});

/** Gives the first organisation material that ends after so many days. */
async function issueFor(days: number): Promise<void> {
  const cas = await serveOrganisations(topology, [first], { settings: { certificateMs: days * DAY_MS } });
  await cas.close();
}

const factsOf = (role: string, purpose: string, certificates = listCertificates(first)): CertificateFacts => {
  const found = certificates.find((each) => each.role === role && each.purpose === purpose);
  if (found === undefined) throw new Error(`no ${purpose} certificate of ${role}`);
  return found;
};

const serialOf = ({ certificate }: KeyFiles): string => new X509Certificate(readFileSync(certificate)).serialNumber;
const keyOf = ({ privateKey }: KeyFiles): string => readFileSync(privateKey, 'utf8');
const fits = ({ certificate, privateKey }: KeyFiles): boolean =>
  new X509Certificate(readFileSync(certificate)).publicKey.equals(createPublicKey(createPrivateKey(readFileSync(privateKey))));

describe('the list', () => {
  it('has the roots, the identities and the TLS certificates, each with its days left and what renews it', async () => {
    await issueFor(100);
    const certificates = listCertificates(first);
    expect(certificates.map(({ role, purpose, daysLeft, condition }) => [purpose, role, daysLeft, condition])).toEqual([
      ['root', 'CA', 5474, 'good'],
      ['root', 'TLS CA', 5474, 'good'],
      ...['admin', 'peer', 'orderer', 'gateway'].map((role) => ['identity', role, 99, 'good']),
      ...['peer', 'orderer', 'chaincode'].map((role) => ['TLS', role, 99, 'good']),
    ]);
    expect(factsOf('peer', 'identity')).toMatchObject({ subject: 'OU=peer, CN=peer', organisation: first.name });
    expect(factsOf('orderer', 'identity').renewedBy).toContain('the key stays');
  });

  it.each([
    ['missing', (): void => rmSync(first.identities.peer.certificate)],
    ['unreadable', (): void => writeFileSync(first.identities.peer.certificate, 'nothing of use')],
    ['not of its CA', (): void => copyFileSync(first.tls.peer.certificate, first.identities.peer.certificate)],
    ['not of its key', (): void => copyFileSync(first.identities.admin.privateKey, first.identities.peer.privateKey)],
  ])('says when a certificate is %s', async (condition, spoil) => {
    await issueFor(100);
    spoil();
    expect(factsOf('peer', 'identity').condition).toBe(condition);
    expect(isDue(factsOf('peer', 'identity'), 0)).toBe(true);
  });

  it('counts the days by the given clock, and below zero once the time is over', async () => {
    await issueFor(100);
    const at = (days: number): CertificateFacts => factsOf('peer', 'TLS', listCertificates(first, Date.now() + days * DAY_MS));
    expect([at(60).daysLeft, at(102).daysLeft, at(-1).condition]).toEqual([39, -3, 'not yet valid']);
    expect([isDue(at(60), 39), isDue(at(60), 40), isDue(at(102), 0)]).toEqual([false, true, true]);
  });

  it('says in Prometheus format when each ends', async () => {
    await issueFor(100);
    rmSync(first.tls.peer.certificate);
    const text = renderCertificateMetrics(listCertificates(first));
    expect(text.split('\n').filter((line) => !line.startsWith('#') && line !== '')).toHaveLength(8);
    const line = new RegExp(
      `^medaccord_certificate_not_after_seconds\\{organisation="${first.name}",identity="peer",use="identity"\\} (\\d+)$`,
      'm',
    );
    expect(Number(line.exec(text)?.[1])).toBe(Date.parse(factsOf('peer', 'identity').expires ?? '') / 1000);
    expect(text).toContain('identity="tls-ca",use="root"');
  });
});

describe('renewal', () => {
  it('renews what is due and leaves the rest, whether somebody serves the CAs or not', async () => {
    await issueFor(100);
    const before = serialOf(first.tls.peer);
    expect(await renewCertificates(topology, first, 50)).toEqual([]);
    const renewals = await renewCertificates(topology, first, 120);
    expect(renewals).toHaveLength(7);
    expect(renewals.every(({ before: old, after }) => old.daysLeft === 99 && after.daysLeft === 364 && after.condition === 'good')).toBe(
      true,
    );
    expect(serialOf(first.tls.peer)).not.toBe(before);
    const served = await serveOrganisations(topology, [first]);
    expect(await renewCertificates(topology, first, 366)).toHaveLength(7);
    await served.close();
  });

  it('keeps the key of the orderer’s identity, for the channel knows it by that, and makes fresh keys for all others', async () => {
    await issueFor(100);
    const { identities, tls } = first;
    const all = { ...identities, tlsPeer: tls.peer, tlsOrderer: tls.orderer, tlsChaincode: tls.chaincode };
    const before = Object.fromEntries(Object.entries(all).map(([name, files]) => [name, keyOf(files)]));
    await renewCertificates(topology, first, 120);
    const kept = Object.entries(all).filter(([name, files]) => keyOf(files) === before[name]);
    expect(kept.map(([name]) => name)).toEqual(['orderer']);
    expect(Object.values(all).every((files) => fits(files) && (statSync(files.privateKey).mode & 0o777) === 0o600)).toBe(true);
  });

  it('keeps that key also when a start renews, and when the certificate is gone', async () => {
    await issueFor(10);
    const before = keyOf(first.identities.orderer);
    await issueFor(10);
    expect(keyOf(first.identities.orderer)).toBe(before);
    rmSync(first.identities.orderer.certificate);
    await issueFor(365);
    expect(keyOf(first.identities.orderer)).toBe(before);
    expect(factsOf('orderer', 'identity')).toMatchObject({ condition: 'good', daysLeft: 364 });
  });

  it('leaves the names that a TLS certificate stands for, and the attributes that an identity has', async () => {
    await issueFor(100);
    const namesOf = (): string | undefined => new X509Certificate(readFileSync(first.tls.peer.certificate)).subjectAltName;
    const names = namesOf();
    await renewCertificates(topology, first, 120);
    expect(namesOf()).toBe(names);
    expect(readFileSync(first.identities.gateway.certificate, 'utf8')).toContain('BEGIN CERTIFICATE');
    expect(new X509Certificate(readFileSync(first.identities.gateway.certificate)).raw.toString('latin1')).toContain('"role":"gateway"');
  });

  it('renews what has expired or is lost by way of the registrar', async () => {
    await issueFor(4000 / DAY_MS);
    rmSync(first.identities.admin.certificate);
    await until(() => listCertificates(first).every(({ purpose, daysLeft = -1 }) => purpose === 'root' || daysLeft < 0));
    const renewals = await renewCertificates(topology, first, 30);
    expect(renewals).toHaveLength(7);
    expect(renewals.every(({ after }) => after.daysLeft === 364 && after.condition === 'good')).toBe(true);
  });

  it('of a folder that is lost writes all that belongs beside the certificates, so that a start needs nothing more', async () => {
    await issueFor(100);
    const { msp, identities, tls } = first;
    const lost = [
      msp.folder,
      ...Object.values(identities).map(({ folder: each }) => each),
      ...Object.values(tls).map(({ folder: each }) => each),
    ];
    const listFiles = (): string[] =>
      lost.flatMap((each) =>
        readdirSync(each, { recursive: true, encoding: 'utf8' })
          .sort()
          .map((name) => join(each, name)),
      );
    const before = listFiles();
    for (const each of lost) rmSync(each, { recursive: true });
    expect(await renewCertificates(topology, first, 30)).toHaveLength(7);
    expect(listFiles()).toEqual(before);
    const [file = ''] = before.filter((each) => each.endsWith(join('cacerts', 'ca.pem')));
    expect(new X509Certificate(readFileSync(file)).ca).toBe(true);
  });

  it('that was interrupted between key and certificate is completed by the next one, and by a start', async () => {
    await issueFor(100);
    const { certificate, privateKey } = first.tls.peer;
    const [oldCertificate, oldKey] = [readFileSync(certificate), readFileSync(privateKey)];
    const cas = await serveOrganisations(topology, [first]);
    await renewOrganisation(first, (files) => files === first.tls.peer);
    await cas.close();
    renameSync(certificate, `${certificate}.next`);
    writeFileSync(certificate, oldCertificate);
    expect(factsOf('peer', 'TLS').condition).toBe('not of its key');
    const serial = new X509Certificate(readFileSync(`${certificate}.next`)).serialNumber;
    await issueFor(100);
    expect([serialOf(first.tls.peer), factsOf('peer', 'TLS').condition]).toEqual([serial, 'good']);
    // Interrupted earlier: only a key was written, and the old pair goes on.
    writeFileSync(`${privateKey}.next`, oldKey);
    await issueFor(100);
    expect([serialOf(first.tls.peer), existsSync(`${privateKey}.next`)]).toEqual([serial, false]);
  });
});

describe('revocation', () => {
  const listed = (list: string): string[] => parseRevocationList(list).serials.map((serial) => serial.toUpperCase());

  it('puts a certificate on the list of its CA, whether somebody serves that or not, and once however often it is asked for', async () => {
    await issueFor(100);
    const { gateway, peer } = first.identities;
    const pem = readFileSync(gateway.certificate, 'utf8');
    expect(listed(await revokeAtAuthority(topology, first, pem))).toEqual([serialOf(gateway)]);
    const served = await serveOrganisations(topology, [first]);
    expect(listed(await revokeAtAuthority(topology, first, pem))).toEqual([serialOf(gateway)]);
    const both = listed(await revokeAtAuthority(topology, first, readFileSync(peer.certificate, 'utf8')));
    expect(both.toSorted()).toEqual([serialOf(gateway), serialOf(peer)].toSorted());
    await served.close();
  });

  it('is refused for a certificate of another authority', async () => {
    await issueFor(100);
    const pem = readFileSync(first.tls.peer.certificate, 'utf8');
    await expect(revokeAtAuthority(topology, first, pem)).rejects.toThrow('revoke');
  });
});

describe('the processes that must be restarted', () => {
  const running = (...names: string[]): Parameters<typeof findUsers>[1] => ({
    processes: names.map((name) => ({
      name,
      title: name,
      state: 'ready',
      process: { pid: 1, startedAt: '1' } as never,
      restarts: 0,
      readySince: 0,
      log: '',
    })),
  });
  const certificate = (organisation: string, role: string): CertificateFacts => ({ organisation, role }) as CertificateFacts;
  const renewed = [certificate('a', 'peer'), certificate('a', 'admin'), certificate('b', 'gateway'), certificate('b', 'orderer')];

  it('are those that read what was renewed, orderers first; nobody reads the admin’s at its start', () => {
    const state = running('ca', 'orderer-a', 'orderer-b', 'peer-a', 'peer-b', 'gateway-a', 'gateway-b');
    expect(findUsers(renewed, state)).toEqual(['orderer-b', 'peer-a', 'gateway-b']);
  });

  it('are the ledger itself where it has no nodes of its own, once', () => {
    expect(findUsers(renewed, running('ca', 'ledger', 'gateway-b'))).toEqual(['ledger', 'gateway-b']);
  });

  it('are none in a network that does not run', () => {
    expect(findUsers(renewed, undefined)).toEqual([]);
  });
});
