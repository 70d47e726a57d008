import { existsSync, readdirSync } from 'node:fs';
import { stepNames } from '../../src/story';
import { CommandedNetwork, until, type Ended, type Line, type RunningCommand } from './support/commanded-network';

jest.setTimeout(180_000);

const STEPS = ['up', ...stepNames];
/** Issue 3: the whole consortium, sum of PSS. */
const MOST_MEMORY = 1_200_000_000;

let network: CommandedNetwork;

const stepOf = (lines: readonly Line[], step: string): Line => {
  const line = lines.find((each) => each.step === step);
  if (line === undefined) throw new Error(`there is no step ${step} in ${JSON.stringify(lines)}`);
  return line;
};

function expectWholeStory(lines: readonly Line[]): void {
  expect(lines.filter(({ ok }) => !ok)).toEqual([]);
  expect(lines.map(({ step, ok }) => [step, ok])).toEqual(STEPS.map((step) => [step, true]));
  for (const line of lines)
    expect(line).toMatchObject({ title: expect.any(String), ms: expect.any(Number), transactions: expect.any(Array) });
  const transactions = lines.flatMap((line) => line['transactions'] as string[]);
  expect(transactions.every((id) => /^[0-9a-f]{64}$/.test(id))).toBe(true);
  expect(new Set(transactions).size).toBe(transactions.length);
  for (const step of stepNames.filter((name) => name !== 'history')) expect(stepOf(lines, step)['transactions']).not.toEqual([]);
  expect(stepOf(lines, 'import')).toMatchObject({ resources: 29, ofSubject: 27 });
  expect(stepOf(lines, 'check-in')).toMatchObject({ consentVersion: 1 });
  expect(stepOf(lines, 'refuse')).toMatchObject({ refusal: { code: 'NOT_PERMITTED' } });
  expect(stepOf(lines, 'consent')).toMatchObject({ consentVersion: 2, purposes: ['TREAT'] });
  expect(stepOf(lines, 'release')).toMatchObject({ released: 12, consentVersion: 2 });
  expect(stepOf(lines, 'outsider')).toMatchObject({ refusal: { code: 'NOT_PERMITTED' } });
  const totals = { submitted: 12_916, benefit: 12_916, memberliability: 0 };
  expect(stepOf(lines, 'claim')).toMatchObject({ status: 'complete', verdict: 'agrees', totals });
  expect(stepOf(lines, 'double-claim')).toMatchObject({ duplicates: 1, status: 'queued', verdict: 'agrees' });
  expect(stepOf(lines, 'revoke')).toMatchObject({ consentVersion: 3, refusal: { code: 'NOT_PERMITTED' }, msToRefusal: expect.any(Number) });
  const requests = stepOf(lines, 'history')['requests'] as { by: string; outcome: string; reason?: string }[];
  expect(requests.filter(({ reason }) => reason === 'consent-revoked')).toHaveLength(1);
  expect(requests.filter(({ outcome }) => outcome === 'released')).toHaveLength(1);
  expect(new Set(requests.map(({ by }) => by)).size).toBe(2);
}

async function expectNothingLeft(): Promise<void> {
  expect(network.seen.size).toBeGreaterThan(5);
  // The warden of a command that was interrupted may need a moment more than the command.
  await until('every process of the network is gone', () => network.listSurvivors().length === 0, 20_000);
  expect(await network.listBusyPorts()).toEqual([]);
  expect(network.state).toBeUndefined();
  expect((await network.ask('status')).code).toBe(4);
}

/** Ctrl-C, as a terminal sends it: to the whole group. */
function interrupt({ child }: RunningCommand): void {
  process.kill(-(child.pid ?? 0), 'SIGINT');
}

async function startUntil(step: string): Promise<RunningCommand> {
  const command = network.start('start');
  await Promise.race([
    until(`step ${step} is told`, () => command.lines().some((line) => line.step === step), 120_000),
    command.ended.then(({ output }) => {
      if (!command.lines().some((line) => line.step === step)) throw new Error(`it ended before ${step}: ${output}`);
    }),
  ]);
  return command;
}

beforeAll(async () => {
  network = await CommandedNetwork.create();
});

afterAll(async () => {
  await network.remove();
});

describe('the story from nothing', () => {
  let told: Ended;

  test('holds in every step, in the order of their names, and ends with exit code 0', async () => {
    told = await network.ask('start', '--once');
    expect(told.output).not.toContain('"ok":false');
    expectWholeStory(told.lines);
    expect(told.code).toBe(0);
    expect(stepOf(told.lines, 'up')).toMatchObject({ resumed: false, sequence: 1, organisations: expect.any(Array) });
  });

  test('leaves no process and no port', expectNothingLeft);
});

describe('the story on the same ledger', () => {
  let command: RunningCommand;

  test('resumes, and holds again with another patient', async () => {
    command = await startUntil('history');
    const lines = command.lines();
    expectWholeStory(lines);
    expect(stepOf(lines, 'up')).toMatchObject({ resumed: true, sequence: 1, transactions: [] });
  });

  test('leaves the consortium up, whole, and within its memory', async () => {
    const { code, lines } = await network.ask('status');
    expect(code).toBe(0);
    const { processes, memory } = lines[0] as unknown as { processes: { name: string; state: string; restarts: number }[]; memory: number };
    expect(processes.map(({ state, restarts }) => [state, restarts])).toEqual(processes.map(() => ['ready', 0]));
    expect(memory).toBeLessThan(MOST_MEMORY);
  });

  test.each(['start', 'up', 'reset'])('is not harmed by a second %s, which says who runs', async (verb) => {
    const before = network.state?.processes.map(({ process: identity }) => identity?.pid);
    const { code, output } = await network.ask(verb);
    expect(code).toBe(3);
    expect(output).toContain('NETWORK_RUNNING');
    expect(output).toContain(`pid ${String(network.state?.supervisor.pid)}`);
    expect(network.state?.processes.map(({ process: identity }) => identity?.pid)).toEqual(before);
    expect(network.isWhole).toBe(true);
  });

  test('stops in order on Ctrl-C, and leaves no process and no port', async () => {
    interrupt(command);
    expect((await command.ended).code).toBe(0);
    await expectNothingLeft();
    expect((await network.ask('down')).code).toBe(0);
  });
});

describe('a start that is interrupted', () => {
  test('on the way up leaves no process and no port', async () => {
    const command = network.start('start');
    await until('a gateway is starting', () => network.processOf('gateway-unity')?.state === 'starting', 120_000);
    interrupt(command);
    expect(await command.ended).toMatchObject({ code: 130, lines: [] });
    await expectNothingLeft();
  });

  test('in the middle of the story leaves no process and no port, and the next one goes on', async () => {
    const command = await startUntil('register');
    interrupt(command);
    const { code, lines } = await command.ended;
    expect(code).not.toBe(0);
    expect(lines.map(({ step }) => step)).not.toContain('history');
    await expectNothingLeft();
    const again = await network.ask('start', '--once');
    expectWholeStory(again.lines);
    expect(stepOf(again.lines, 'up')).toMatchObject({ resumed: true });
    expect(again.code).toBe(0);
    await expectNothingLeft();
  });
});

test('reset forgets everything, and nothing that the network wrote lies elsewhere', async () => {
  expect(existsSync(network.run)).toBe(true);
  expect((await network.ask('reset')).code).toBe(0);
  expect(existsSync(network.run)).toBe(false);
  expect(readdirSync(network.temporary)).toEqual([]);
});
