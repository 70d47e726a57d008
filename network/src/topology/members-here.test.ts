import { parseTopologySpec } from './parse-topology-spec';
import { resolveTopology } from './resolve-topology';
import { isWhole, listHere, ofMember, onlyHere } from './members-here';

const topology = resolveTopology(
  parseTopologySpec(
    JSON.stringify({
      name: 'small',
      channel: 'small',
      ledger: 'fabric',
      organisations: [
        { name: 'one', title: 'One', mspId: 'OneMSP', role: 'hospital' },
        { name: 'two', title: 'Two', mspId: 'TwoMSP', role: 'insurer', host: 'fabric.two.example', gateway: 'https://fhir.two.example' },
      ],
      policies: { Witnessed: { outOf: 1, of: 'all' } },
      chaincode: { name: 'notes', folder: '.', policy: 'Witnessed' },
      gateway: { folder: '.' },
      ports: { base: 7100 },
    }),
    'small.json',
  ),
  { root: '/srv' },
);
const [one, two] = topology.organisations;

test('all members are on one machine, until it is that of one of them', () => {
  expect(isWhole(topology)).toBe(true);
  expect(onlyHere(topology)).toBe(topology);
  const alone = ofMember(topology, 'two');
  expect(isWhole(alone)).toBe(false);
  expect(listHere(alone).map(({ name }) => name)).toEqual(['two']);
  expect(alone.organisations).toHaveLength(2);
  expect(onlyHere(alone).organisations.map(({ name }) => name)).toEqual(['two']);
});

test('a member without a host is reached on this machine alone, and listens nowhere else', () => {
  expect(one).toMatchObject({
    host: '127.0.0.1',
    listens: '127.0.0.1',
    endpoints: { peer: '127.0.0.1:7100', gateway: 'http://127.0.0.1:7103' },
  });
});

test('peer and orderer of a member with a host are reached there; what administers them stays on its machine', () => {
  expect(two).toMatchObject({
    host: 'fabric.two.example',
    listens: '0.0.0.0',
    endpoints: {
      peer: 'fabric.two.example:7110',
      orderer: 'fabric.two.example:7114',
      ordererAdmin: '127.0.0.1:7115',
      ca: 'http://127.0.0.1:7111',
      chaincode: '127.0.0.1:7112',
      gateway: 'https://fhir.two.example',
    },
    tls: {
      orderer: { hosts: expect.arrayContaining(['fabric.two.example']) },
      peer: { hosts: expect.arrayContaining(['fabric.two.example']) },
    },
  });
});
