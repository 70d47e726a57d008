import { execFileSync } from 'node:child_process';
import { createServer, type Server } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { FabricSurroundings } from '../../src/binaries';
import { loadCliConfig } from '../../src/cli/config';
import {
  examine,
  isHealthy,
  newDoctorSettings,
  readNodes,
  type CheckName,
  type CheckReport,
  type DoctorFinding,
  type DoctorSettings,
} from '../../src/operations';
import { canSignal, DEFAULT_RESTARTS, isRunning } from '../../src/process';
import type { Organisation } from '../../src/topology';
import { openNotesClient } from '../support/notes-client';
import { ScratchNetwork, until } from '../support/scratch-network';
import { onDevnetAlone, onFabricAlone, TEST_LEDGER } from '../support/test-ledger';

const onFabric = onFabricAlone('the devnet has no nodes of its own');
const onDevnet = onDevnetAlone('it starts in seconds, and the end is that of the same supervisor');
const DAY_MS = 24 * 3_600_000;
const HEALS_WITHIN_MS = 60_000;
const surroundings: FabricSurroundings = loadCliConfig(process.env).fabric;
/** It died and runs again: healed, though somebody should look into its log. */
const DIED = /died and was started again/;

let network: ScratchNetwork;

async function examineNow(change: Partial<DoctorSettings> = {}): Promise<CheckReport[]> {
  const { topology } = network;
  const reports: CheckReport[] = [];
  for await (const report of examine(topology, { ...newDoctorSettings(topology, surroundings), ...change })) reports.push(report);
  return reports;
}

async function findingsOf(check: CheckName, change: Partial<DoctorSettings> = {}): Promise<readonly DoctorFinding[]> {
  return (await examineNow(change)).find((report) => report.check === check)?.findings ?? [];
}

/** Until nothing is found any more, not even a warning. */
async function untilHealed(): Promise<void> {
  let last: readonly DoctorFinding[] = [];
  await until(async () => {
    last = (await examineNow()).flatMap(({ findings }) => findings).filter(({ problem }) => !DIED.test(problem));
    return last.length === 0;
  }, HEALS_WITHIN_MS).catch((error: unknown) => {
    throw new Error(`${(error as Error).message}: ${JSON.stringify(last, undefined, 2)}`);
  });
}

/** Halts processes as a machine that swaps, or a debugger, would. Returns what lets them go on. */
function freeze(...names: string[]): () => void {
  const pids = names.map((name) => network.processOf(name).pid);
  for (const pid of pids) process.kill(pid, 'SIGSTOP');
  return () => {
    for (const pid of pids) process.kill(pid, 'SIGCONT');
  };
}

/** Kills a process as often as it is started again, until the network gives it up. */
async function killForGood(name: string): Promise<void> {
  const isGivenUp = (): boolean => {
    const { state, restarts = 0 } = network.state?.processes.find((each) => each.name === name) ?? {};
    return state === 'failed' && restarts >= DEFAULT_RESTARTS.delaysMs.length;
  };
  await until(() => {
    const pid = network.state?.processes.find((each) => each.name === name)?.process?.pid;
    if (pid !== undefined) canSignal(pid, 'SIGKILL');
    return isGivenUp();
  }, HEALS_WITHIN_MS);
}

function memberNamed(name: string): Organisation {
  const found = network.topology.organisations.find((organisation) => organisation.name === name);
  if (found === undefined) throw new Error(`no organisation ${name}`);
  return found;
}

async function listenOn(port: number): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return server;
}

beforeAll(async () => {
  network = await ScratchNetwork.create();
}, 30_000);

afterAll(async () => {
  await network.remove();
}, 60_000);

describe('before the first start, the doctor', () => {
  test('finds nothing, and says that there is nothing to ask', async () => {
    const { code, lines } = await network.ask('doctor');
    expect(code).toBe(0);
    expect(lines.at(-1)).toMatchObject({ step: 'doctor', ok: true, errors: 0, warnings: 0, findings: [] });
    const chaincode = lines.find(({ step }) => step === 'doctor chaincode');
    expect(chaincode).toMatchObject({ unseen: [{ why: 'the network does not run' }] });
  }, 60_000);

  test('names a foreign program on a port that the network needs, until it is gone', async () => {
    const foreign = await listenOn(memberNamed('unity').ports.peer);
    const { code, output } = await network.run('doctor');
    foreign.close();
    expect(code).toBe(1);
    expect(output).toContain(`is held by pid ${String(process.pid)}`);
    expect(output).toContain('--base-port');
    expect(await findingsOf('ports')).toEqual([]);
  }, 60_000);
});

describe('on a running network, the doctor', () => {
  beforeAll(async () => {
    const { code, lines } = await network.ask('up');
    expect({ code, lines }).toMatchObject({ code: 0, lines: [{ ok: true }] });
  }, 180_000);

  test('finds nothing and leaves nothing out', async () => {
    const { code, lines } = await network.ask('doctor');
    expect(lines.at(-1)).toMatchObject({ ok: true, errors: 0, warnings: 0, unseen: 0, findings: [] });
    expect(code).toBe(0);
    expect(lines).toHaveLength(TEST_LEDGER === 'fabric' ? 14 : 9);
  }, 60_000);

  test('finds chaincode that hangs, which no node counts as its illness, and ends with 1', async () => {
    const goOn = freeze('chaincode-unity');
    const { code, lines } = await network.ask('doctor');
    goOn();
    expect(code).toBe(1);
    expect(lines.at(-1)).toMatchObject({
      ok: false,
      findings: expect.arrayContaining([
        expect.objectContaining({ check: 'processes', member: 'unity', remedy: expect.stringContaining('kill -CONT') }),
        expect.objectContaining({
          check: 'chaincode',
          member: 'unity',
          problem: expect.stringContaining('no answer'),
          remedy: expect.stringContaining('restart chaincode-unity'),
        }),
      ]),
    });
    await untilHealed();
  }, 120_000);

  test('finds chaincode that keeps dying, and `restart` heals it', async () => {
    await killForGood('chaincode-lakeview');
    const reports = await examineNow();
    expect(reports.find(({ check }) => check === 'processes')?.findings).toMatchObject([
      { severity: 'error', member: 'lakeview', problem: expect.stringContaining('given up') },
    ]);
    expect(reports.find(({ check }) => check === 'chaincode')?.findings).toMatchObject([{ severity: 'error', member: 'lakeview' }]);
    expect(await network.ask('restart', 'chaincode-lakeview')).toMatchObject({ code: 0 });
    await untilHealed();
  }, 180_000);

  test('finds a gateway that does not answer', async () => {
    const goOn = freeze('gateway-authority');
    const findings = await findingsOf('gateways');
    goOn();
    expect(findings).toMatchObject([{ severity: 'error', member: 'authority', problem: expect.stringContaining('does not answer') }]);
    await untilHealed();
  }, 120_000);

  test('finds a clock that differs from those of all others: one finding, about this machine', async () => {
    const findings = await findingsOf('clock', { now: () => Date.now() + 20 * 60_000 });
    expect(findings).toMatchObject([
      {
        severity: 'error',
        member: undefined,
        problem: expect.stringContaining('20 minutes ahead'),
        remedy: expect.stringContaining('set-ntp'),
      },
    ]);
    const behind = await findingsOf('clock', { now: () => Date.now() - 20 * 60_000 });
    expect(behind).toMatchObject([{ severity: 'error', problem: expect.stringContaining('20 minutes behind') }]);
    expect(await findingsOf('clock')).toEqual([]);
  }, 60_000);

  test('finds certificates that end soon, and those that have ended', async () => {
    const at = (days: number): Promise<readonly DoctorFinding[]> => findingsOf('certificates', { now: () => Date.now() + days * DAY_MS });
    const soon = await at(340);
    expect(soon).toHaveLength(28);
    expect(new Set(soon.map(({ severity }) => severity))).toEqual(new Set(['warning']));
    const ended = await at(366);
    expect(ended).toHaveLength(28);
    expect(ended).toContainEqual(
      expect.objectContaining({ severity: 'error', member: 'unity', remedy: '`certs renew --organisation unity --restart`' }),
    );
  }, 60_000);

  test('finds processes that still show a certificate which was renewed, until they are restarted', async () => {
    const users = TEST_LEDGER === 'fabric' ? ['peer-lakeview', 'orderer-lakeview', 'chaincode-lakeview'] : ['ledger', 'chaincode-lakeview'];
    expect(await network.ask('certs', 'renew', '--organisation', 'lakeview', '--within', '400')).toMatchObject({ code: 0 });
    const findings = await findingsOf('certificates');
    expect(findings.map(({ severity, member, remedy }) => [severity, member, remedy])).toEqual(
      users.map((name) => ['warning', 'lakeview', `\`restart ${name}\``]),
    );
    expect(await network.ask('restart', ...users)).toMatchObject({ code: 0 });
    await untilHealed();
  }, 180_000);

  test('finds a disk with too little room', async () => {
    const [full] = await findingsOf('disk', { disk: { leastBytes: 1e18, comfortableBytes: 1e18 } });
    expect(full).toMatchObject({
      severity: 'error',
      problem: expect.stringContaining('left'),
      remedy: expect.stringContaining('--run-folder'),
    });
    const { code, lines } = await network.ask('doctor', '--free-megabytes', '900000000');
    expect(code).toBe(0);
    expect(lines.at(-1)).toMatchObject({
      ok: true,
      errors: 0,
      findings: expect.arrayContaining([expect.objectContaining({ check: 'disk', severity: 'warning' })]),
    });
  }, 60_000);

  test('finds a process that has nearly all files open that it may have', async () => {
    const { pid } = network.processOf('gateway-northside');
    const limit = (soft: string): void => void execFileSync('prlimit', ['--pid', String(pid), `--nofile=${soft}:`]);
    const before = execFileSync('prlimit', ['--pid', String(pid), '--nofile', '--noheadings', '--output', 'SOFT'])
      .toString()
      .trim();
    limit('20');
    const findings = await findingsOf('files');
    limit(before);
    expect(findings).toMatchObject([
      { member: 'northside', problem: expect.stringMatching(/of 20 files open/), remedy: expect.stringContaining('ulimit') },
    ]);
    expect(await findingsOf('files')).toEqual([]);
  }, 60_000);
});

onFabric.describe('on a running network of Fabric, the doctor', () => {
  test('finds a peer that does not answer', async () => {
    const goOn = freeze('peer-lakeview');
    const reports = await examineNow();
    goOn();
    expect(reports.find(({ check }) => check === 'heights')?.findings).toMatchObject([
      { severity: 'error', member: 'lakeview', problem: 'peer-lakeview does not answer.' },
    ]);
    expect(reports.find(({ check }) => check === 'chaincode')?.unseen).toEqual([
      { what: 'chaincode-lakeview', why: 'its peer does not answer' },
    ]);
    expect(reports.find(({ check }) => check === 'chaincode')?.findings).toEqual([]);
    await untilHealed();
  }, 120_000);

  test('finds a peer that cannot keep up with the others, until it has what they have', async () => {
    const goOn = freeze('peer-unity');
    await writeBlocks(100, 'northside');
    const stopStarving = starve('peer-unity');
    goOn();
    let findings: readonly DoctorFinding[] = [];
    await until(async () => {
      findings = (await findingsOf('heights')).filter(({ problem }) => problem.includes('blocks'));
      return findings.length > 0;
    }, HEALS_WITHIN_MS).finally(stopStarving);
    expect(findings).toMatchObject([
      { member: 'unity', problem: expect.stringMatching(/^peer-unity has \d+ of \d+ blocks and (catches up|gets no more)/) },
    ]);
    await untilHealed();
  }, 300_000);

  test('finds an orderer that is gone, that no other may fail now, and that two are too many', async () => {
    await killForGood('orderer-unity');
    expect(await findingsOf('orderers')).toMatchObject([
      {
        severity: 'error',
        member: 'unity',
        problem: expect.stringContaining('none of them may fail'),
        remedy: expect.stringContaining('restart orderer-unity'),
      },
    ]);
    const goOn = freeze('orderer-authority');
    const two = await findingsOf('orderers');
    goOn();
    expect(two).toMatchObject([
      { severity: 'error', member: undefined, problem: expect.stringContaining('2 of 4 orderers take part, 3 are needed') },
      { member: 'unity' },
      { member: 'authority' },
    ]);
    expect(await network.ask('restart', 'orderer-unity')).toMatchObject({ code: 0 });
    await untilHealed();
  }, 240_000);

  test('finds members that wait for each other, and those that approved different definitions, until all agree', async () => {
    const approve = async (organisation: string, version: string): Promise<void> => {
      const { lines } = await network.ask('lifecycle', 'approve', '--organisation', organisation, '--version', version);
      expect(lines.at(-1)).toMatchObject({ ok: true, sequence: 2 });
    };
    await approve('northside', '2.0.0');
    expect(await findingsOf('definitions')).toMatchObject([
      {
        severity: 'warning',
        problem: expect.stringContaining(
          'northside approved sequence 2 (version: 2.0.0 instead of 1.0.0); lakeview, unity, authority did not',
        ),
      },
    ]);
    await approve('lakeview', '2.1.0');
    expect(await findingsOf('definitions')).toMatchObject([
      {
        severity: 'error',
        member: 'lakeview',
        problem: expect.stringContaining('version: 2.1.0 instead of 2.0.0'),
        remedy: expect.stringContaining('lifecycle approve'),
      },
    ]);
    for (const name of ['lakeview', 'unity']) await approve(name, '2.0.0');
    const { lines } = await network.ask('lifecycle', 'commit', '--organisation', 'northside', '--version', '2.0.0');
    expect(lines.at(-1)).toMatchObject({ ok: true, sequence: 2 });
    await until(async () => (await findingsOf('definitions')).some(({ member }) => member === 'authority'));
    expect(await findingsOf('definitions')).toMatchObject([
      {
        severity: 'error',
        member: 'authority',
        problem: expect.stringContaining('has not approved'),
        remedy: expect.stringContaining('lifecycle approve --organisation authority'),
      },
    ]);
    await approve('authority', '2.0.0');
    await untilHealed();
  }, 180_000);

  test('finds a foreign program where the next release of the chaincode will run', async () => {
    const foreign = await listenOn(memberNamed('northside').ports.chaincodeBeside);
    const findings = await findingsOf('ports');
    foreign.close();
    expect(findings).toMatchObject([
      { severity: 'error', member: 'northside', problem: expect.stringContaining(`held by pid ${String(process.pid)}`) },
    ]);
    expect(await findingsOf('ports')).toEqual([]);
  }, 60_000);
});

onDevnet.describe('after the network ended, the doctor', () => {
  test('finds that nobody stopped it, and `up` heals that', async () => {
    const supervisor = network.state?.supervisor;
    if (supervisor === undefined) throw new Error('the network runs');
    process.kill(supervisor.pid, 'SIGKILL');
    await until(() => !isRunning(supervisor));
    const { code, lines } = await network.ask('doctor');
    expect(code).toBe(1);
    expect(lines.at(-1)?.['findings']).toContainEqual(
      expect.objectContaining({
        check: 'processes',
        problem: expect.stringContaining('without being stopped'),
        remedy: expect.stringContaining('`up`'),
      }),
    );
    expect(await network.ask('up')).toMatchObject({ code: 0 });
    await untilHealed();
    expect(await network.ask('down')).toMatchObject({ code: 0 });
    expect(isHealthy(await examineNow())).toBe(true);
  }, 240_000);
});

/** Lets a process work for a moment now and then, as on a machine that has too much to do. */
function starve(name: string): () => Promise<void> {
  const { pid } = network.processOf(name);
  const fed = new AbortController();
  const ended = (async () => {
    while (!fed.signal.aborted) {
      process.kill(pid, 'SIGCONT');
      await pause(20);
      process.kill(pid, 'SIGSTOP');
      await pause(180);
    }
    process.kill(pid, 'SIGCONT');
  })();
  return async () => {
    fed.abort();
    await ended;
  };
}

/** Writes until the channel has so many more blocks; what is refused meanwhile is not the question here. */
async function writeBlocks(count: number, member: string): Promise<void> {
  const heightOf = async (): Promise<number> => {
    const node = (await readNodes(network.topology)).find(({ name }) => name === `peer-${member}`);
    return node?.kind === 'peer' ? (node.height ?? 0) : 0;
  };
  const [before, enough, client] = [await heightOf(), new AbortController(), openNotesClient(network.topology, member)];
  const writers = [0, 1, 2, 3].map(async (lane) => {
    for (let turn = 0; !enough.signal.aborted; turn += 1) await client.write(`${String(lane)}-${String(turn)}`, 'x').catch(() => undefined);
  });
  await until(async () => (await heightOf()) >= before + count, 2 * HEALS_WITHIN_MS).finally(() => enough.abort());
  await Promise.all(writers);
  client.close();
}
