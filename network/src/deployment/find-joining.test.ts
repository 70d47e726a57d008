import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseTopologySpec, resolveTopology, type Topology } from '../topology';
import { findJoining, withoutOrderers } from './find-joining';

type Plain = Record<string, unknown>;
interface PlainTopology extends Plain {
  organisations: Plain[];
  chaincode: Plain;
}

const FILE = join(__dirname, '../../topologies/default.json');
const RIVERSIDE = { name: 'riverside', title: 'Riverside Hospital', mspId: 'RiversideMSP', role: 'hospital' };

/** The topology of four members with a change, as another command hands it over. */
function topologyWith(change: (spec: PlainTopology) => void = () => undefined): Topology {
  const spec = JSON.parse(readFileSync(FILE, 'utf8')) as PlainTopology;
  change(spec);
  const resolved = resolveTopology(parseTopologySpec(JSON.stringify(spec), FILE), { root: '/srv', ledger: 'fabric' });
  return JSON.parse(JSON.stringify(resolved)) as Topology;
}

const running = topologyWith();
const namesOf = (organisations: Topology['organisations']): string[] => organisations.map(({ name }) => name);

test('organisations at the end join, those of them that order with their orderers', () => {
  const next = topologyWith(({ organisations }) => {
    organisations.push(RIVERSIDE, { ...RIVERSIDE, name: 'hill', mspId: 'HillMSP', orderer: false });
  });
  const { organisations, orderers } = findJoining(running, next);
  expect(namesOf(organisations)).toEqual(['riverside', 'hill']);
  expect(namesOf(orderers)).toEqual(['riverside']);
  expect(findJoining(running, withoutOrderers(next, orderers))).toEqual({ organisations: expect.any(Array), orderers: [] });
});

test('a member that ran no orderer may bring one later', () => {
  const without = topologyWith(({ organisations }) => organisations.push({ ...RIVERSIDE, orderer: false }));
  const next = topologyWith(({ organisations }) => organisations.push(RIVERSIDE));
  const { organisations, orderers } = findJoining(without, next);
  expect([namesOf(organisations), namesOf(orderers)]).toEqual([[], ['riverside']]);
});

test('the same topology brings nothing, and neither do block sizes and timers, which the channel keeps itself', () => {
  const next = topologyWith((spec) => {
    spec['fabric'] = { block: { messages: 7 }, bft: { complain: '9s' } };
  });
  expect(findJoining(running, next)).toEqual({ organisations: [], orderers: [] });
});

test('a collection of all members grows with them', () => {
  const withCollection = (spec: PlainTopology): void => {
    spec.chaincode['collections'] = [{ name: 'letters', members: 'all' }];
  };
  const next = topologyWith((spec) => {
    withCollection(spec);
    spec.organisations.push(RIVERSIDE);
  });
  expect(namesOf(findJoining(topologyWith(withCollection), next).organisations)).toEqual(['riverside']);
});

test.each<[string, (spec: PlainTopology) => void]>([
  ['the organisation lakeview is another one', ({ organisations }) => organisations.splice(1, 0, RIVERSIDE)],
  ['the organisation authority is missing', ({ organisations, chaincode }) => (organisations.pop(), (chaincode['first'] = []))],
  ['the organisation unity is another one', ({ organisations }) => (organisations[2] = { ...organisations[2], orderer: false })],
  ['the organisation unity is another one', ({ organisations }) => (organisations[2] = { ...organisations[2], title: 'Unity' })],
  ['the policy Witnessed is another one', (spec) => (spec['policies'] = { Witnessed: { outOf: 3, of: 'all' } })],
  ['the policy More is new', (spec) => (spec['policies'] = { Witnessed: { outOf: 2, of: 'all' }, More: { outOf: 1, of: 'all' } })],
  ['the collection letters is new', ({ chaincode }) => (chaincode['collections'] = [{ name: 'letters', members: 'all' }])],
  ['the channel is another one', (spec) => (spec['channel'] = 'other')],
  ['the endorsement timeout is another one', (spec) => (spec['fabric'] = { endorsementTimeout: '9s' })],
])('anything else is refused by name: %s', (difference, change) => {
  expect(() => findJoining(running, topologyWith(change))).toThrow(
    expect.objectContaining({ code: 'JOIN_IMPOSSIBLE', message: expect.stringContaining(difference) }),
  );
});

test('every difference is named at once', () => {
  const next = topologyWith((spec) => {
    spec['name'] = 'other';
    spec['channel'] = 'other';
  });
  expect(() => findJoining(running, next)).toThrow(/the name is another one\.[^]*the channel is another one\./);
});
