import type { NodeReport, OrdererFacts, PeerFacts } from '../../nodes/node-facts';
import { judgeHeights, type Tip } from './heights';

const peer = (organisation: string, height: number | undefined): PeerFacts => ({
  kind: 'peer',
  organisation,
  name: `peer-${organisation}`,
  version: '3.1.5',
  height,
  openFiles: 1,
  openFilesAtMost: 2,
  knownPeers: 3,
});
const judge = (first: readonly NodeReport[], later?: readonly NodeReport[], tips: readonly Tip[] = []) =>
  judgeHeights({ first, later, betweenMs: 2000, tips }).findings;

it('nodes with the same blocks are in order', () => {
  expect(judgeHeights({ first: [peer('one', 5), peer('two', 5)], later: undefined, betweenMs: 0, tips: [] })).toEqual({
    summary: 'every node has 5 blocks',
    findings: [],
    unseen: [],
  });
});

it('a node that has a moment later what others had is not behind, whatever they have by then', () => {
  expect(judge([peer('one', 500), peer('two', 400)], [peer('one', 600), peer('two', 500)])).toEqual([]);
});

it('a node that gets no more blocks is an error', () => {
  expect(judge([peer('one', 500), peer('two', 400)], [peer('one', 600), peer('two', 400)])).toMatchObject([
    {
      severity: 'error',
      member: 'two',
      problem: 'peer-two has 400 of 500 blocks and gets no more.',
      remedy: expect.stringContaining('logs peer-two'),
    },
  ]);
});

it('an orderer that lacks the newest block alone is a warning, for it fetches that a little later; one that lacks more is an error', () => {
  const orderer = (height: number): OrdererFacts => ({
    ...peer('two', height),
    kind: 'orderer',
    name: 'orderer-two',
    isLeader: false,
    leaderId: 1,
    view: 0,
    consenters: 4,
    isConsenter: true,
    status: 'active',
    isActive: true,
  });
  const severityOf = (height: number): string | undefined =>
    judge([peer('one', 30), orderer(height)], [peer('one', 30), orderer(height)])[0]?.severity;
  expect([severityOf(30), severityOf(29), severityOf(28)]).toEqual([undefined, 'warning', 'error']);
});

it('a node that catches up is a warning, with its pace', () => {
  expect(judge([peer('one', 500), peer('two', 300)], [peer('one', 500), peer('two', 400)])).toMatchObject([
    { severity: 'warning', member: 'two', problem: expect.stringContaining('catches up, 50 a second') },
  ]);
});

it('a node that did not answer a moment ago may be catching up: nobody knows its pace', () => {
  const silent: NodeReport = { kind: 'silent', organisation: 'two', name: 'peer-two' };
  expect(judge([peer('one', 500), silent], [peer('one', 500), peer('two', 400)])).toMatchObject([{ severity: 'warning', member: 'two' }]);
});

it('a peer that does not answer, or is not in the channel, is an error', () => {
  const silent: NodeReport = { kind: 'silent', organisation: 'two', name: 'peer-two' };
  expect(judge([peer('one', 5), silent])).toMatchObject([{ severity: 'error', member: 'two', problem: 'peer-two does not answer.' }]);
  expect(judge([peer('one', 5), peer('two', undefined)])).toMatchObject([
    { severity: 'error', problem: 'peer-two is not in the channel.' },
  ]);
});

it('of peers with as many blocks, one with another newest block has another chain', () => {
  const tip = (member: string, hash: string, height = 5): Tip => ({ member, hash, height });
  const peers = ['one', 'two', 'three'].map((name) => peer(name, 5));
  expect(judge(peers, undefined, [tip('one', 'a'), tip('two', 'b'), tip('three', 'a')])).toMatchObject([
    {
      severity: 'error',
      member: 'two',
      problem: expect.stringContaining('another block 4'),
      remedy: expect.stringContaining('verify --organisation two --against one'),
    },
  ]);
  expect(judge(peers, undefined, [tip('one', 'a'), tip('two', 'b', 6), tip('three', 'a')])).toEqual([]);
});
