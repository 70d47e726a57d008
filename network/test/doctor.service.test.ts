import { chmodSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serveOrganisations } from '../src/identity';
import {
  examine,
  isHealthy,
  newDoctorSettings,
  type CheckName,
  type CheckReport,
  type DoctorFinding,
  type DoctorSettings,
} from '../src/operations';
import { findFreePorts, type FreePorts } from '../src/process';
import { loadTopology, type Organisation, type Topology } from '../src/topology';

const DAY_MS = 24 * 3_600_000;
const NOWHERE = { folder: undefined, path: [], cache: '/nowhere', archive: undefined, sha256: undefined };

let folder: string;
let ports: FreePorts;
let topology: Topology;
let first: Organisation;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'doctor-'));
  ports = await findFreePorts();
  topology = loadTopology(join(__dirname, '../topologies/default.json'), { root: folder, basePort: ports.base, ledger: 'fabric' });
  first = topology.organisations[0] as Organisation;
});

afterEach(() => {
  rmSync(folder, { recursive: true });
  ports.release();
});

async function look(change: Partial<DoctorSettings> = {}): Promise<CheckReport[]> {
  const reports: CheckReport[] = [];
  for await (const report of examine(topology, { ...newDoctorSettings(topology, NOWHERE), ...change })) reports.push(report);
  return reports;
}

async function findingsOf(check: CheckName, change: Partial<DoctorSettings> = {}): Promise<readonly DoctorFinding[]> {
  return (await look(change)).find((report) => report.check === check)?.findings ?? [];
}

async function issueFor(ms: number): Promise<void> {
  const files = [...Object.values(first.identities), ...Object.values(first.tls)] as { certificate: string }[];
  for (const { certificate } of files) rmSync(certificate, { force: true });
  const cas = await serveOrganisations(topology, [first], { settings: { certificateMs: ms } });
  await cas.close();
}

async function listenOn(port: number): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return server;
}

/** Programs that say they are of a release. */
function writePrograms(version: string): string {
  const place = join(folder, `release-${version}`);
  mkdirSync(place);
  for (const name of ['peer', 'orderer', 'configtxgen']) {
    writeFileSync(join(place, name), `#!/bin/sh\necho " Version: v${version}"\n`);
    chmodSync(join(place, name), 0o700);
  }
  return place;
}

describe('of a network that does not run', () => {
  it('nothing is found wrong that only a running one could show, and it is said what was not looked at', async () => {
    const surroundings = { ...NOWHERE, folder: writePrograms('3.1.5') };
    const reports = await look({ surroundings });
    expect(reports.flatMap(({ findings }) => findings)).toEqual([]);
    const blind = reports.filter(({ unseen }) => unseen.some(({ why }) => why === 'the network does not run')).map(({ check }) => check);
    expect(blind).toEqual(['versions', 'processes', 'orderers', 'heights', 'chaincode', 'definitions', 'gateways']);
    expect(reports.find(({ check }) => check === 'certificates')?.unseen).toHaveLength(4);
  });

  it('programs of a release that does not fit are found where the operator named them, and are in order where they fit', async () => {
    const named = (version: string): Partial<DoctorSettings> => ({ surroundings: { ...NOWHERE, folder: writePrograms(version) } });
    expect(await findingsOf('binaries', named('2.5.0'))).toMatchObject([
      {
        severity: 'error',
        problem: expect.stringContaining('is 2.5.0; needed is 3.1.5'),
        remedy: expect.stringContaining('MEDACCORD_FABRIC_BIN'),
      },
    ]);
    expect(await findingsOf('binaries', named('3.1.5'))).toEqual([]);
  });

  it('programs that are nowhere are a warning, for a start fetches them', async () => {
    expect(await findingsOf('binaries')).toMatchObject([{ severity: 'warning', remedy: expect.stringContaining('`binaries`') }]);
    expect(isHealthy(await look())).toBe(true);
  });

  it('a foreign program on a port is found with its process, until it is gone', async () => {
    const foreign = await listenOn(first.ports.ordererAdmin);
    expect(await findingsOf('ports')).toMatchObject([
      {
        severity: 'error',
        member: first.name,
        problem: expect.stringContaining(`orderer-${first.name} needs, is held by pid ${String(process.pid)}`),
      },
    ]);
    await new Promise((resolve) => foreign.close(resolve));
    expect(await findingsOf('ports')).toEqual([]);
  });

  it('certificates that are about to end are warnings, those that have ended or are missing errors, and good ones are in order', async () => {
    await issueFor(10 * DAY_MS);
    const soon = await findingsOf('certificates');
    expect(soon.map(({ severity, member }) => [severity, member])).toEqual(Array.from({ length: 7 }, () => ['warning', first.name]));
    rmSync(first.identities.gateway.certificate);
    const late = await findingsOf('certificates', { now: () => Date.now() + 11.5 * DAY_MS });
    expect(late.map(({ severity }) => severity)).toEqual(soon.map(() => 'error'));
    const problems = late.map(({ problem }) => problem).join('\n');
    expect(problems).toMatch(/identity certificate of the peer .* ended 2 days ago/);
    expect(problems).toMatch(/identity certificate of the gateway .* is missing/);
    await issueFor(100 * DAY_MS);
    expect(await findingsOf('certificates')).toEqual([]);
    expect(await findingsOf('certificates', { withinDays: 101 })).toMatchObject(
      Array.from({ length: 7 }, () => ({ remedy: expect.stringContaining('--within 100 ') })),
    );
  }, 60_000);

  it('a clock that is behind what the network wrote is found', async () => {
    mkdirSync(topology.paths.run, { recursive: true });
    const file = join(topology.paths.run, 'deployment.json');
    writeFileSync(file, '{}');
    utimesSync(file, new Date(), new Date(Date.now() + 3_600_000));
    expect(await findingsOf('clock')).toMatchObject([
      { severity: 'error', problem: expect.stringContaining('wrote a file here'), remedy: expect.stringContaining('set-ntp') },
    ]);
    utimesSync(file, new Date(), new Date());
    expect(await findingsOf('clock')).toEqual([]);
  });

  it('a disk with too little room is found where the run folder is, or will be', async () => {
    expect(await findingsOf('disk', { disk: { leastBytes: 1e18, comfortableBytes: 1e18 } })).toMatchObject([
      { severity: 'error', problem: expect.stringContaining(folder), remedy: expect.stringContaining('--run-folder') },
    ]);
  });
});

describe('of nodes that answer', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  /** A peer that has the next of these heights whenever it is asked, and then the last one. */
  async function servePeer({ ports: { peerOperations } }: Organisation, ...heights: number[]): Promise<void> {
    const server = createHttpServer(({ url }, response) => {
      const height = url === '/metrics' && heights.length > 1 ? heights.shift() : heights[0];
      response.end(`ledger_blockchain_height{channel="${topology.channel}"} ${String(height)}\n`);
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(peerOperations, '127.0.0.1', resolve));
  }

  it('one that lacks blocks is looked at twice: it stands still, catches up, or was behind for a moment only', async () => {
    const [one, two, three, four] = topology.organisations as [Organisation, Organisation, Organisation, Organisation];
    await servePeer(one, 500, 510);
    await servePeer(two, 400, 400);
    await servePeer(three, 300, 450);
    await servePeer(four, 499, 505);
    expect(
      (await findingsOf('heights')).map(({ severity, member, problem }) => [severity, member, problem.replace(/, \d+ a second/, '')]),
    ).toEqual([
      ['error', two.name, `peer-${two.name} has 400 of 500 blocks and gets no more.`],
      ['warning', three.name, `peer-${three.name} has 450 of 500 blocks and catches up.`],
    ]);
  });
});
