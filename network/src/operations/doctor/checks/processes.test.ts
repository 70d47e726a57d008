import { judgeProcesses, type ProcessFacts } from './processes';

const fine: ProcessFacts = {
  name: 'peer-one',
  member: 'one',
  state: 'ready',
  pid: 7,
  isFrozen: false,
  restarts: 0,
  readyForMs: 1000,
};
const judge = (change: Partial<ProcessFacts>, phase: 'starting' | 'up' = 'up') =>
  judgeProcesses({ kind: 'running', phase, processes: [{ ...fine, ...change }] }).findings;

it('what runs steadily is in order', () => {
  expect(judge({})).toEqual([]);
  expect(judge({ restarts: 3, readyForMs: 3_600_000 })).toEqual([]);
});

it.each<[string, Partial<ProcessFacts>, string, string]>([
  ['was given up', { state: 'failed', pid: undefined }, 'error', '`restart peer-one`'],
  ['is halted by a signal', { isFrozen: true }, 'error', '`kill -CONT 7`'],
  ['was stopped', { state: 'stopped', pid: undefined }, 'error', '`logs peer-one`'],
  ['is waiting to be started again', { state: 'waiting' }, 'warning', '`logs peer-one`'],
  ['died a moment ago', { restarts: 2, readyForMs: 61_000 }, 'warning', '`logs peer-one`'],
])('a process that %s is found, with what to do', (_case, change, severity, remedy) => {
  expect(judge(change)).toMatchObject([
    { severity, member: 'one', problem: expect.stringContaining('peer-one'), remedy: expect.stringContaining(remedy) },
  ]);
});

it('a process that is not ready while the network starts is as it should be', () => {
  expect(judge({ state: 'starting' }, 'starting')).toEqual([]);
});

it('a supervisor that was killed is an error, with the processes that it left', () => {
  const { findings } = judgeProcesses({ kind: 'broken off', left: [8, 9] });
  expect(findings).toMatchObject([
    { severity: 'error', problem: expect.stringContaining('pid 8, 9'), remedy: expect.stringContaining('`up`') },
  ]);
});

it('a network that was stopped in order has nothing to look at', () => {
  expect(judgeProcesses({ kind: 'down' })).toMatchObject({ findings: [], unseen: [{ why: 'the network does not run' }] });
});
