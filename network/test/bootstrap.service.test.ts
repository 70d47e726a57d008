import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer as createTlsServer } from 'node:tls';
import { writeConnections, type ConnectionDocument } from '../src/connection';
import { bootstrapOrganisation, enroll, hasMaterial, parseAttributesExtension, serveOrganisations } from '../src/identity';
import { loadTopology, type Organisation, type Topology } from '../src/topology';

/** Where the CA's port is in an organisation's block. */
const CA_OFFSET = 1;

let folder: string;
let topology: Topology;
let first: Organisation;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'material-'));
  topology = loadTopology(join(__dirname, '..', 'topologies', 'default.json'), { root: folder, basePort: (await freePort()) - CA_OFFSET });
  first = topology.organisations[0] as Organisation;
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

it('an organisation gets its material in Fabric layout, keys for itself alone, and a second start writes nothing', async () => {
  expect(hasMaterial(first)).toBe(false);
  const enrolled = await withCas(({ enrolled: written }) => Promise.resolve(written));
  expect(enrolled).toHaveLength(7);
  expect(hasMaterial(first)).toBe(true);
  expect(filesIn(first.identities.peer.folder)).toEqual([
    'cacerts/ca.pem',
    'config.yaml',
    'keystore/key.pem',
    'signcerts/cert.pem',
    'tlscacerts/tlsca.pem',
  ]);
  expect(filesIn(first.msp.folder)).toEqual(['cacerts/ca.pem', 'config.yaml', 'tlscacerts/tlsca.pem']);
  for (const key of [...Object.values(first.identities), ...Object.values(first.tls), first.ca, first.tlsCa].map(
    ({ privateKey }: { privateKey: string }) => privateKey,
  )) {
    expect(statSync(key).mode & 0o777).toBe(0o600);
  }
  expect(await withCas(({ enrolled: written }) => Promise.resolve(written))).toEqual([]);
});

it('each identity has the role of its type, and the gateway the attribute that names it', async () => {
  await withCas(() => Promise.resolve());
  const roles = { admin: 'admin', peer: 'peer', orderer: 'orderer', gateway: 'client' };
  for (const [name, role] of Object.entries(roles)) {
    const { certificate } = first.identities[name as keyof typeof roles];
    expect(new X509Certificate(readFileSync(certificate)).subject).toBe(`OU=${role}\nCN=${name}`);
  }
  expect(parseAttributesExtension(readFileSync(first.identities.gateway.certificate, 'utf8'))).toMatchObject({
    role: 'gateway',
    'hf.Type': 'client',
  });
});

it('what is missing or does not fit its root is made anew, and only that', async () => {
  await withCas(() => Promise.resolve());
  rmSync(first.identities.gateway.certificate);
  rmSync(first.tls.chaincode.privateKey);
  const written = await withCas(({ enrolled }) => Promise.resolve(enrolled));
  expect([...written].sort()).toEqual([first.identities.gateway.certificate, first.tls.chaincode.certificate].sort());
  expect(hasMaterial(first)).toBe(true);
});

it('a TLS certificate stands for the names that the topology gives its node, and is made anew when one is missing', async () => {
  await withCas(() => Promise.resolve());
  const { peer } = first.tls;
  const names = (): string | undefined => new X509Certificate(readFileSync(peer.certificate)).subjectAltName;
  expect(peer.hosts.length).toBeGreaterThan(0);
  for (const host of ['localhost', ...peer.hosts]) expect(names()).toContain(`DNS:${host}`);
  const moved = { ...first, tls: { ...first.tls, peer: { ...peer, hosts: [...peer.hosts, 'peer.elsewhere.example'] } } };
  expect(hasMaterial(moved)).toBe(false);
  const written = await withCas(() => bootstrapOrganisation(moved));
  expect(written.enrolled).toEqual([peer.certificate]);
  expect(names()).toContain('DNS:peer.elsewhere.example');
});

it('two processes with TLS material of one organisation trust each other, and nobody without', async () => {
  await withCas(() => Promise.resolve());
  const { chaincode, peer } = first.tls;
  const server = createTlsServer(
    {
      cert: readFileSync(chaincode.certificate),
      key: readFileSync(chaincode.privateKey),
      ca: readFileSync(chaincode.rootCertificate),
      requestCert: true,
      rejectUnauthorized: true,
    },
    (socket) => socket.end('welcome'),
  );
  await listen(server);
  const { port } = server.address() as { port: number };
  const client = { cert: readFileSync(peer.certificate), key: readFileSync(peer.privateKey) };
  const ca = readFileSync(peer.rootCertificate);
  expect(await read({ port, ca, ...client })).toBe('welcome');
  await expect(read({ port, ca })).rejects.toThrow();
  server.close();
});

it('the registrar named in the connection document can enrol, and may register', async () => {
  writeConnections(topology);
  await withCas(async () => {
    const document = JSON.parse(readFileSync(first.connection, 'utf8')) as ConnectionDocument;
    expect(statSync(first.connection).mode & 0o777).toBe(0o600);
    const { url, name, registrar } = document.certificateAuthority;
    await expect(enroll({ url, name }, { id: registrar.id, secret: readFileSync(registrar.secretFile, 'utf8') })).resolves.toHaveProperty(
      'certificate',
    );
  });
});

it('without a CA the bootstrap says which one does not answer', async () => {
  await expect(bootstrapOrganisation(first)).rejects.toMatchObject({
    code: 'CA_UNREACHABLE',
    message: expect.stringContaining(first.ca.name),
  });
});

async function withCas<T>(work: (cas: Awaited<ReturnType<typeof serveOrganisations>>) => Promise<T>): Promise<T> {
  const cas = await serveOrganisations(topology, [first]);
  try {
    return await work(cas);
  } finally {
    await cas.close();
  }
}

function filesIn(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
}

function read(options: { port: number; ca: Buffer; cert?: Buffer; key?: Buffer }): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', servername: 'localhost', ...options });
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    socket.on('error', reject);
    socket.on('close', () => {
      resolve(text);
    });
  });
}

function listen(server: Pick<Server, 'listen'>): Promise<void> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await listen(server);
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
