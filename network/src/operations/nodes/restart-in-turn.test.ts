import type { NodeReport, OrdererFacts, PeerFacts } from './node-facts';
import { isBack, isLedByAnother, leadsBehind } from './restart-in-turn';

const common = { organisation: 'one', version: '3.1.5', openFiles: 1, openFilesAtMost: 2 };
const peer = (name: string, height: number, knownPeers: number): PeerFacts => ({ ...common, kind: 'peer', name, height, knownPeers });
const orderer = (name: string, height: number, more: Partial<OrdererFacts> = {}): OrdererFacts => ({
  ...common,
  kind: 'orderer',
  name,
  height,
  isLeader: false,
  leaderId: 1,
  view: 0,
  consenters: 1,
  isConsenter: true,
  status: 'active',
  isActive: true,
  ...more,
});

const before: NodeReport[] = [peer('peer-a', 7, 3), peer('peer-b', 9, 3), orderer('orderer-a', 9)];

test.each<[string, boolean, NodeReport]>([
  ['a peer that does not answer', false, { kind: 'silent', organisation: 'one', name: 'peer-a' }],
  ['a peer that lacks blocks which another had', false, peer('peer-a', 8, 3)],
  ['a peer that does not know all others yet', false, peer('peer-a', 9, 2)],
  ['a peer that has and knows what the others do', true, peer('peer-a', 10, 3)],
  ['an orderer that lacks blocks', false, orderer('orderer-a', 8)],
  ['an orderer that is still getting its blocks', false, orderer('orderer-a', 9, { isActive: false })],
  ['an orderer without a leader', false, orderer('orderer-a', 9, { leaderId: undefined })],
  ['an orderer without a vote, and so without a leader', true, orderer('orderer-a', 9, { leaderId: undefined, isConsenter: false })],
  ['an orderer in office', true, orderer('orderer-a', 9)],
])('%s is back: %s', (_case, expected, node) => {
  expect(isBack(node.name, before, [node])).toBe(expected);
});

test('a process that is no node is back as soon as it is ready', () => {
  expect(isBack('gateway-a', before, before)).toBe(true);
});

test.each<[string, boolean, NodeReport[]]>([
  ['that all follow, and that lacks blocks', true, [orderer('orderer-a', 8), orderer('orderer-b', 9)]],
  ['that all follow, and that has them', false, [orderer('orderer-a', 9), orderer('orderer-b', 9)]],
  ['that lacks blocks beside one that leads', false, [orderer('orderer-a', 8), orderer('orderer-b', 9, { isLeader: true })]],
  ['that follows another than the others', false, [orderer('orderer-a', 8), orderer('orderer-b', 9, { leaderId: 2 })]],
  ['that follows nobody', false, [orderer('orderer-a', 8, { leaderId: undefined }), orderer('orderer-b', 9)]],
  ['that does not answer', false, [{ kind: 'silent', organisation: 'one', name: 'orderer-a' }, orderer('orderer-b', 9)]],
])('an orderer %s leads behind the others: %s', (_case, expected, now) => {
  expect(leadsBehind('orderer-a', before, now)).toBe(expected);
});

test.each<[string, boolean, NodeReport[]]>([
  ['all follow one', true, [orderer('orderer-b', 9, { leaderId: 2 }), orderer('orderer-c', 9, { leaderId: 2 })]],
  ['some still follow the former', false, [orderer('orderer-b', 9, { leaderId: 2 }), orderer('orderer-c', 9)]],
  ['all still follow the former', false, [orderer('orderer-b', 9), orderer('orderer-c', 9)]],
  ['one has no leader', false, [orderer('orderer-b', 9, { leaderId: undefined })]],
  ['nobody answers', false, []],
])('another leads when %s: %s', (_case, expected, now) => {
  expect(isLedByAnother(1, now)).toBe(expected);
});
