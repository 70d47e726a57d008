import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadTopology, parseTopologySpec, resolveTopology } from '../src/topology';

const folder = join(__dirname, '..', 'topologies');
const options = { root: '/srv/consortium' };

describe.each(['default', 'five-members'])('the topology %s', (name) => {
  it('resolves to every port, address, path and policy spelled out', () => {
    expect(loadTopology(join(folder, `${name}.json`), options)).toMatchSnapshot();
  });

  it('is frozen to the last value', () => {
    const topology = loadTopology(join(folder, `${name}.json`), options);
    const open = (value: unknown): boolean =>
      typeof value === 'object' && value !== null && (!Object.isFrozen(value) || Object.values(value).some(open));
    expect(open(topology)).toBe(false);
  });

  it('uses no port and no path twice', () => {
    const topology = loadTopology(join(folder, `${name}.json`), options);
    const ports = topology.organisations.flatMap((organisation) => Object.values(organisation.ports) as number[]);
    const keys = topology.organisations.flatMap(({ identities, tls, ca, tlsCa }) =>
      [ca, tlsCa, ...Object.values(identities), ...Object.values(tls)].map(({ privateKey }: { privateKey: string }) => privateKey),
    );
    expect(new Set(ports).size).toBe(ports.length);
    expect(new Set(keys).size).toBe(keys.length);
  });
});

it('a member more changes nothing of the members before it, except the policies that count all', () => {
  const four = loadTopology(join(folder, 'default.json'), options);
  const five = loadTopology(join(folder, 'five-members.json'), options);
  expect(five.organisations.slice(0, 4)).toEqual(four.organisations);
  expect(five.policies).toEqual(four.policies.map((policy) => ({ ...policy, mspIds: [...policy.mspIds, 'RiversideMSP'] })));
});

it('takes another run folder and another first port, so that networks run side by side', () => {
  const spec = parseTopologySpec(readFileSync(join(folder, 'default.json'), 'utf8'), 'default.json');
  const topology = resolveTopology(spec, { ...options, runFolder: '/tmp/one', basePort: 21000 });
  expect(topology.paths.ledger).toBe('/tmp/one/ledger');
  expect(topology.organisations.map(({ endpoints }) => endpoints.peer)).toEqual([
    '127.0.0.1:21000',
    '127.0.0.1:21010',
    '127.0.0.1:21020',
    '127.0.0.1:21030',
  ]);
});

it('a collection of all is kept by every peer unless it says how many, and its policy is named as the channel knows it', () => {
  const spec = JSON.parse(readFileSync(join(folder, 'default.json'), 'utf8')) as { chaincode: Record<string, unknown> };
  spec.chaincode['collections'] = [
    { name: 'everybody', members: 'all' },
    { name: 'pair', members: ['unity', 'northside'], maxPeerCount: 0, blockToLive: 3, memberOnlyRead: false, endorsement: 'Witnessed' },
  ];
  const topology = resolveTopology(parseTopologySpec(JSON.stringify(spec), 'default.json'), options);
  expect(topology.chaincode.collections).toEqual([
    {
      name: 'everybody',
      mspIds: ['NorthsideMSP', 'LakeviewMSP', 'UnityMSP', 'AuthorityMSP'],
      requiredPeerCount: 0,
      maxPeerCount: 3,
      blockToLive: 0,
      memberOnlyRead: true,
      memberOnlyWrite: true,
      policyReference: undefined,
    },
    {
      name: 'pair',
      mspIds: ['UnityMSP', 'NorthsideMSP'],
      requiredPeerCount: 0,
      maxPeerCount: 0,
      blockToLive: 3,
      memberOnlyRead: false,
      memberOnlyWrite: true,
      policyReference: '/Channel/Application/Witnessed',
    },
  ]);
});

it('a consortium may run without gateways', () => {
  const spec = JSON.parse(readFileSync(join(folder, 'default.json'), 'utf8')) as Record<string, unknown>;
  delete spec['gateway'];
  expect(resolveTopology(parseTopologySpec(JSON.stringify(spec), 'default.json'), options).gateway).toBeUndefined();
});
