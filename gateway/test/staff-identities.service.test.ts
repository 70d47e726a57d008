import { verify, X509Certificate } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAttributesExtension, serveCas, type CaService } from '../../network/src/identity';
import { parseTopologySpec, resolveTopology, type Organisation } from '../../network/src/topology';
import { StaffIdentities } from '../src/identity/staff-identities';
import type { LedgerIdentity } from '../src/ledger/ledger';
import { openStore, type Store } from '../src/store';

/** The ledger identities of staff, by the network's own certificate authority and the gateway's own store. */
const root = join(__dirname, '../..');
const ada = { subject: 'canary-lovelace', role: 'nurse' } as const;
let folder: string;
let data: string;
let organisation: Organisation;
let ca: CaService;
let store: Store;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'staff-'));
  data = join(folder, 'data');
  const file = join(root, 'network/topologies/default.json');
  organisation = resolveTopology(parseTopologySpec(readFileSync(file, 'utf8'), file), { root: folder }).organisations[0] as Organisation;
  const { ca: node, tlsCa, title } = organisation;
  ca = await serveCas([{ host: '127.0.0.1', port: 0, organisation: title, nodes: [node, tlsCa] }]);
  store = await openStore(data, organisation.mspId);
}, 30_000);

afterAll(async () => {
  await store.close();
  await ca.close();
  rmSync(folder, { recursive: true });
});

function newIdentities(): StaffIdentities {
  const { name, registrar } = organisation.ca;
  return new StaffIdentities({
    ca: { url: ca.urls[0] ?? '', name },
    registrar: { id: 'registrar', readSecret: () => readFileSync(registrar.secretFile, 'utf8') },
    store: store.enrolments,
  });
}

const certificateOf = ({ certificate }: LedgerIdentity): X509Certificate => new X509Certificate(Buffer.from(certificate));

describe('a member of staff', () => {
  it("acts on the ledger with a certificate of the organisation's CA: a random name, the role, and nothing that tells who", async () => {
    const identity = await newIdentities().get(ada);
    const certificate = certificateOf(identity);
    const issuer = new X509Certificate(readFileSync(organisation.ca.certificate));
    expect(certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey)).toBe(true);
    expect(identity.name).toMatch(/^[0-9a-f]{32}$/);
    expect(certificate.subject).toBe(`OU=client\nCN=${identity.name}`);
    expect(parseAttributesExtension(certificate.toString())).toEqual({
      ...{ 'hf.Affiliation': '', 'hf.EnrollmentID': identity.name, 'hf.Type': 'client' },
      role: 'nurse',
    });
    expect(certificate.raw.toString('latin1')).not.toContain('lovelace');
  });

  it('has another one in another role, and keeps each through a new start', async () => {
    const [nurse, physician] = [await newIdentities().get(ada), await newIdentities().get({ ...ada, role: 'physician' })];
    expect(certificateOf(physician).serialNumber).not.toBe(certificateOf(nurse).serialNumber);
    expect(parseAttributesExtension(certificateOf(physician).toString())).toMatchObject({ role: 'physician' });
    await store.close();
    store = await openStore(data, organisation.mspId);
    expect((await newIdentities().get(ada)).name).toBe(nurse.name);
  });

  it('has a key that lies sealed, in no file as it is, and opens with the key of the gateway alone', async () => {
    const identity = await newIdentities().get(ada);
    const kept = await store.enrolments.find(ada);
    const [, line = ''] = (kept?.privateKey ?? '').split('\n');
    expect(line.length).toBeGreaterThan(40);
    const message = Buffer.from('what is signed');
    expect(verify('sha256', message, certificateOf(identity).publicKey, identity.sign(message))).toBe(true);
    const words = [line, Buffer.from(line, 'base64').toString('latin1'), ada.subject];
    const found = listFiles(folder).filter((file) => words.some((word) => readFileSync(file, 'latin1').includes(word)));
    expect(found).toEqual([]);
    const copy = join(folder, 'copy');
    cpSync(data, copy, { recursive: true, filter: (path) => !path.startsWith(join(data, 'keys')) });
    await expect(openStore(copy, organisation.mspId)).rejects.toThrow('another local.key');
  });
});

describe('a patient', () => {
  it("signs in her wallet, which nothing that a gateway's process runs can reach", () => {
    const plan = JSON.parse(readFileSync(join(root, '.config/floor-plan.json'), 'utf8')) as Record<string, readonly string[]>;
    const reached = new Set<string>();
    const walk = (room: string): void => {
      if (reached.has(room)) return;
      reached.add(room);
      plan[room]?.forEach(walk);
    };
    walk('gateway/src/main');
    expect([reached.has('gateway/src/http'), reached.has('gateway/src/wallet')]).toEqual([true, false]);
  });
});

function listFiles(path: string): string[] {
  return readdirSync(path, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
