import type { NodeReport, OrdererFacts, PeerFacts } from './node-facts';
import { isBack } from './restart-in-turn';

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
