import type { NodeReport, OrdererFacts } from '../../nodes/node-facts';
import { judgeOrderers, quorumOf } from './orderers';

const orderer = (organisation: string, change: Partial<OrdererFacts> = {}): OrdererFacts => ({
  kind: 'orderer',
  organisation,
  name: `orderer-${organisation}`,
  version: '3.1.5',
  height: 9,
  openFiles: 1,
  openFilesAtMost: 2,
  isLeader: organisation === 'one',
  leaderId: 1,
  view: 0,
  consenters: 4,
  isConsenter: true,
  status: 'active',
  isActive: true,
  ...change,
});
const silent = (organisation: string): NodeReport => ({ kind: 'silent', organisation, name: `orderer-${organisation}` });
const [one, two, three, four] = [orderer('one'), orderer('two'), orderer('three'), orderer('four')] as const;
const judge = (later: readonly NodeReport[], first: readonly NodeReport[] = later) => judgeOrderers({ first, later, elsewhere: 0 });

it.each([
  [1, 1],
  [3, 2],
  [4, 3],
  [5, 4],
  [7, 5],
])('of %i orderers a block needs %i', (orderers, quorum) => {
  expect(quorumOf(orderers)).toBe(quorum);
});

it('orderers that take part and follow one leader are in order', () => {
  expect(judge([one, two, three, four])).toEqual({ summary: '4 of 4 take part, led by one', findings: [], unseen: [] });
});

it('one that does not answer is an error, and says that no other may fail', () => {
  expect(judge([one, two, three, silent('four')]).findings).toMatchObject([
    {
      severity: 'error',
      member: 'four',
      problem: expect.stringContaining('none of them may fail'),
      remedy: expect.stringContaining('restart orderer-four'),
    },
  ]);
});

it('two that do not answer stop the channel, which is told first', () => {
  const { findings } = judge([one, two, silent('three'), silent('four')]);
  expect(findings).toMatchObject([
    { member: undefined, problem: expect.stringContaining('2 of 4 orderers take part, 3 are needed') },
    { member: 'three' },
    { member: 'four' },
  ]);
});

it.each<[string, Partial<OrdererFacts>, string, string]>([
  ['is not in the channel', { height: undefined, isActive: false, status: undefined }, 'error', 'not in the channel'],
  ['has given up', { isActive: false, status: 'failed' }, 'error', 'given up'],
  ['is getting its blocks', { isActive: false, status: 'onboarding' }, 'warning', 'gets the blocks'],
  ['is inactive', { isActive: false, status: 'inactive' }, 'error', 'does not take part'],
  ['has no vote', { isConsenter: false }, 'error', 'has no vote'],
  ['has no leader', { leaderId: undefined }, 'error', 'has no leader'],
])('one that %s is found', (_case, change, severity, problem) => {
  const { findings } = judge([one, two, three, orderer('four', change)]);
  expect(findings).toMatchObject([{ severity, member: 'four', problem: expect.stringContaining(problem) }]);
});

it('of a member on a machine of its own nothing is said of the others, but that they were not looked at', () => {
  const alone = (node: NodeReport) => judgeOrderers({ first: [node], later: undefined, elsewhere: 3 });
  expect(alone(two)).toEqual({
    summary: '1 of 4 take part, led by consenter 1',
    findings: [],
    unseen: [{ what: '3 orderers of other members', why: 'they are on machines of their own' }],
  });
  expect(alone(silent('two')).findings).toMatchObject([{ severity: 'error', problem: 'orderer-two does not answer.' }]);
});

it('one that follows another leader than most is an error once it still does a moment later', () => {
  const astray = orderer('four', { leaderId: 2, view: 1 });
  expect(judge([one, two, three, astray]).findings).toMatchObject([
    { severity: 'error', member: 'four', problem: expect.stringContaining('consenter 2') },
  ]);
  expect(judge([one, two, three, astray], [one, two, three, four]).findings).toEqual([]);
});
