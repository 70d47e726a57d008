import { TopologyInvalid, type TopologyProblem } from './topology-errors';
import { parseTopologySpec } from './parse-topology-spec';

const valid = {
  name: 'region',
  channel: 'region',
  ledger: 'devnet',
  organisations: [
    { name: 'one', title: 'One', mspId: 'OneMSP', role: 'hospital' },
    { name: 'two', title: 'Two', mspId: 'TwoMSP', role: 'authority' },
  ],
  policies: { Witnessed: { outOf: 2, of: 'all' } },
  chaincode: { name: 'records', folder: 'chaincode', policy: 'Witnessed', first: [] },
  gateway: { folder: 'gateway' },
  ports: { base: 7100 },
};

function problemsOf(change: (spec: Record<string, never>) => void): readonly TopologyProblem[] {
  const spec = structuredClone(valid) as unknown as Record<string, never>;
  change(spec);
  try {
    parseTopologySpec(JSON.stringify(spec), 'test.json');
  } catch (error) {
    expect(error).toBeInstanceOf(TopologyInvalid);
    return (error as TopologyInvalid).problems;
  }
  return [];
}

/* eslint-disable @typescript-eslint/no-explicit-any -- the cases write what the types forbid */
const cases: [string, (spec: any) => void, string][] = [
  ['an unknown key at the top', (spec) => (spec.chanel = 'x'), 'chanel'],
  ['an unknown key of an organisation', (spec) => (spec.organisations[1].msp = 'x'), 'organisations[1].msp'],
  ['a missing key', (spec) => delete spec.organisations[0].mspId, 'organisations[0].mspId'],
  ['a role that does not exist', (spec) => (spec.organisations[0].role = 'bank'), 'organisations[0].role'],
  ['a ledger that does not exist', (spec) => (spec.ledger = 'paper'), 'ledger'],
  ['a name that is no name', (spec) => (spec.organisations[0].name = '../x'), 'organisations[0].name'],
  ['a name given twice', (spec) => (spec.organisations[1].name = 'one'), 'organisations[1].name'],
  ['an MSP id given twice', (spec) => (spec.organisations[1].mspId = 'OneMSP'), 'organisations[1].mspId'],
  ['a policy more demanding than its members', (spec) => (spec.policies.Witnessed.outOf = 3), 'policies.Witnessed.outOf'],
  ['a policy of nobody known', (spec) => (spec.policies.Witnessed = { outOf: 1, of: ['one', 'three'] }), 'policies.Witnessed.of[1]'],
  [
    'a policy that names a member twice',
    (spec) => (spec.policies.Witnessed = { outOf: 2, of: ['one', 'one'] }),
    'policies.Witnessed.of[1]',
  ],
  ['a policy that is neither all nor a list', (spec) => (spec.policies.Witnessed.of = 'some'), 'policies.Witnessed.of'],
  ['a policy that the channel has already', (spec) => (spec.policies.Admins = { outOf: 1, of: 'all' }), 'policies.Admins'],
  ['a chaincode policy that is not there', (spec) => (spec.chaincode.policy = 'Nobody'), 'chaincode.policy'],
  [
    'a first transaction of a stranger',
    (spec) => spec.chaincode.first.push({ organisation: 'three', transaction: 'Adopt', arguments: [] }),
    'chaincode.first[0].organisation',
  ],
  [
    'a collection of a stranger',
    (spec) => (spec.chaincode.collections = [{ name: 'pair', members: ['one', 'three'] }]),
    'chaincode.collections[0].members[1]',
  ],
  [
    'a collection given twice',
    (spec) => (spec.chaincode.collections = ['a', 'a'].map((name) => ({ name, members: 'all' }))),
    'chaincode.collections[1].name',
  ],
  [
    'a collection under a policy that is not there',
    (spec) => (spec.chaincode.collections = [{ name: 'pair', members: 'all', endorsement: 'Nobody' }]),
    'chaincode.collections[0].endorsement',
  ],
  ['a port that is none', (spec) => (spec.ports.base = 80), 'ports.base'],
  ['ports that run out', (spec) => (spec.ports.base = 65530), 'ports.base'],
  ['no organisation at all', (spec) => (spec.organisations = []), 'organisations'],
];

it.each(cases)('%s is a problem at its place', (_, change, place) => {
  expect(problemsOf(change).map((problem) => problem.place)).toContain(place);
});

it('a valid topology has no problem', () => {
  expect(problemsOf(() => undefined)).toEqual([]);
});

it('all problems are reported at once, with those of references among the rest', () => {
  const problems = problemsOf((spec: any) => {
    spec.extra = 1;
    spec.organisations[0].role = 'bank';
    spec.chaincode.policy = 'Nobody';
  });
  expect(problems.map(({ place }) => place).sort()).toEqual(['chaincode.policy', 'extra', 'organisations[0].role']);
});

it.each(['', '{', '[]', 'null', '7'])('the file %j is refused with the place (file)', (text) => {
  expect(() => parseTopologySpec(text, 'test.json')).toThrow(expect.objectContaining({ code: 'TOPOLOGY_INVALID' }));
  expect(() => parseTopologySpec(text, 'test.json')).toThrow(/\(file\)/);
});
