import { judgePorts, type PortFacts } from './ports';

const port: PortFacts = { member: 'one', address: '127.0.0.1:7100', process: 'peer-one', isNeeded: true, holder: 'ours' };

it('ports that are used as meant, or free while nobody needs them, are in order', () => {
  const judgement = judgePorts([port, { ...port, isNeeded: false, holder: 'nobody' }]);
  expect(judgement).toEqual({ summary: '1 in use, 1 free', findings: [], unseen: [] });
});

it('a port that another program holds is an error that names it', () => {
  const { findings } = judgePorts([{ ...port, isNeeded: false, holder: { other: 'pid 9 (nc -l)' } }]);
  expect(findings).toMatchObject([
    {
      severity: 'error',
      member: 'one',
      problem: 'Port 127.0.0.1:7100, which peer-one needs, is held by pid 9 (nc -l).',
      remedy: expect.stringContaining('--base-port'),
    },
  ]);
});

it('a process that runs and does not listen is an error', () => {
  expect(judgePorts([{ ...port, holder: 'nobody' }]).findings).toMatchObject([
    { severity: 'error', remedy: expect.stringContaining('restart peer-one') },
  ]);
});
