import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claimForMember, readMembersHere } from '../src/deployment';
import { findAcquaintance, importPublicPart, parsePublicPart, readPublicPart, serveOrganisations, type PublicPart } from '../src/identity';
import { findFreePorts, type FreePorts } from '../src/process';
import { listHere, parseTopologySpec, resolveTopology, type Organisation, type Topology } from '../src/topology';

// Secrets are hashed slowly on purpose, and each member has nine of them.
jest.setTimeout(30_000);

const SPEC = readFileSync(join(__dirname, '..', 'topologies', 'default.json'), 'utf8');

let folder: string;
let ports: FreePorts;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'member-'));
  ports = await findFreePorts();
});

afterEach(() => {
  ports.release();
  rmSync(folder, { recursive: true });
});

/** The same consortium as another machine sees it, or one that differs a little. */
function topologyOn(
  machine: string,
  edit: (spec: { name: string; organisations: { host?: string }[] }) => void = () => undefined,
): Topology {
  const spec = JSON.parse(SPEC) as { name: string; organisations: { host?: string }[] };
  edit(spec);
  const options = { root: folder, ledger: 'fabric', runFolder: join(folder, machine), basePort: ports.base } as const;
  return resolveTopology(parseTopologySpec(JSON.stringify(spec), 'default.json'), options);
}

const member = ({ organisations }: Topology, name: string): Organisation =>
  organisations.find((each) => each.name === name) as Organisation;

/** Makes a member's material on a machine, and returns its public part. */
async function makeMember(machine: string, name: string): Promise<PublicPart> {
  const topology = topologyOn(machine);
  const service = await serveOrganisations(topology, [member(topology, name)]);
  await service.close();
  return readPublicPart(topology, member(topology, name));
}

const filesIn = (path: string): string[] =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name)
    .sort();

describe("a member's public part", () => {
  test('is taken in by another machine, which then has certificates and no key', async () => {
    const part = await makeMember('unity', 'unity');
    const there = topologyOn('lakeview');
    expect(findAcquaintance(member(there, 'unity'))).toBe('unknown');
    importPublicPart(there, parsePublicPart(JSON.stringify(part), 'unity.json'));
    expect(readPublicPart(there, member(there, 'unity'))).toEqual(part);
    expect(findAcquaintance(member(there, 'unity'))).toBe('known');
    expect(filesIn(member(there, 'unity').folder)).toEqual(['ca.pem', 'cert.pem', 'config.yaml', 'server.crt', 'tlsca.pem']);
    const kept = filesIn(there.paths.run).length;
    importPublicPart(there, part);
    expect(filesIn(there.paths.run)).toHaveLength(kept);
  });

  test('holds certificates alone: what has a key in it, or anything more, is refused', async () => {
    const part = await makeMember('unity', 'unity');
    const key = readFileSync(member(topologyOn('unity'), 'unity').identities.orderer.privateKey, 'utf8');
    for (const unfit of [
      { ...part, ca: part.ca + key },
      { ...part, ca: key },
      { ...part, key },
      { ...part, tlsCa: undefined },
    ])
      expect(() => parsePublicPart(JSON.stringify(unfit), 'unity.json')).toThrow(
        expect.objectContaining({ code: 'MEMBER_FILE_INVALID' }) as Error,
      );
    expect(() => parsePublicPart('-----BEGIN', 'unity.json')).toThrow(expect.objectContaining({ code: 'MEMBER_FILE_INVALID' }) as Error);
  });

  test('is refused when it is of nobody in the topology, of this machine itself, or its parts do not belong together', async () => {
    const [part, other] = [await makeMember('unity', 'unity'), await makeMember('lakeview', 'lakeview')];
    const here = topologyOn('lakeview');
    const refuse = (unfit: PublicPart, problem: string, topology = here): void =>
      expect(() => importPublicPart(topology, unfit)).toThrow(
        expect.objectContaining({ code: 'MEMBER_FILE_INVALID', message: expect.stringContaining(problem) }) as Error,
      );
    refuse({ ...part, network: 'another' }, 'of the network another');
    refuse({ ...part, mspId: 'OtherMSP' }, 'no unity with the MSP id OtherMSP');
    refuse(other, 'on this machine itself');
    refuse({ ...part, ca: other.ca }, 'not issued by');
    refuse({ ...part, ca: part.orderer?.identity ?? '' }, 'are none');
    const { orderer: _orderer, ...rest } = part;
    refuse(rest, 'runs an orderer');
    const moved = topologyOn('elsewhere', ({ organisations }) => ((organisations[2] as { host?: string }).host = 'fabric.unity.example'));
    refuse(part, 'reached at fabric.unity.example', moved);
    expect(findAcquaintance(member(here, 'unity'))).toBe('unknown');
  });

  test('may bring newer certificates of the orderer, and never another authority', async () => {
    const [part, impostor] = [await makeMember('unity', 'unity'), await makeMember('impostor', 'unity')];
    const here = topologyOn('lakeview');
    importPublicPart(here, part);
    expect(() => importPublicPart(here, impostor)).toThrow(expect.objectContaining({ code: 'MEMBER_FILE_DIFFERS' }) as Error);
    expect(readPublicPart(here, member(here, 'unity'))).toEqual(part);
  });
});

describe('a run folder', () => {
  test('is that of one member from the first command that says so', () => {
    const topology = topologyOn('unity');
    expect(listHere(readMembersHere(topology))).toHaveLength(4);
    expect(listHere(claimForMember(topology, member(topology, 'unity'))).map(({ name }) => name)).toEqual(['unity']);
    expect(listHere(readMembersHere(topology)).map(({ name }) => name)).toEqual(['unity']);
    expect(listHere(claimForMember(topology, member(topology, 'unity')))).toHaveLength(1);
    const foreign = expect.objectContaining({ code: 'RUN_FOLDER_FOREIGN', message: expect.stringContaining('nodes of unity') }) as Error;
    expect(() => claimForMember(topology, member(topology, 'lakeview'))).toThrow(foreign);
  });

  test('with the keys of several members becomes that of none of them', async () => {
    await makeMember('both', 'unity');
    const topology = topologyOn('both');
    writeFileSync(join(topology.paths.run, '.network'), '');
    const foreign = expect.objectContaining({ code: 'RUN_FOLDER_FOREIGN', message: expect.stringContaining('keys of unity') }) as Error;
    expect(() => claimForMember(topology, member(topology, 'lakeview'))).toThrow(foreign);
    expect(listHere(readMembersHere(topology))).toHaveLength(4);
  });
});
