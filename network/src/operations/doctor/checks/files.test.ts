import { judgeOpenFiles, type OpenFilesFacts } from './files';

const process = { name: 'peer-one', member: 'one', open: 79, atMost: 100 };
const judge = (facts: Partial<OpenFilesFacts>) => judgeOpenFiles({ limit: 4096, needed: 4096, processes: [process], ...facts });

it('a limit that suffices, and processes that keep away from theirs, are in order', () => {
  expect(judge({})).toEqual({
    summary: '4096 may be open in a process; peer-one has most of them open: 79 of 100',
    findings: [],
    unseen: [],
  });
});

it('a limit below what a node needs is an error with the command that raises it', () => {
  expect(judge({ limit: 4095 }).findings).toMatchObject([{ severity: 'error', remedy: expect.stringContaining('ulimit -n 4096') }]);
});

it.each([
  [80, 'warning'],
  [95, 'error'],
])('a process with %i of 100 open is a finding: %s', (open, severity) => {
  expect(judge({ processes: [{ ...process, open }] }).findings).toMatchObject([{ severity, member: 'one' }]);
});

it('a system that does not tell its limit was not looked at', () => {
  expect(judge({ limit: undefined })).toMatchObject({ findings: [], unseen: [{ why: 'this system does not tell it' }] });
});
