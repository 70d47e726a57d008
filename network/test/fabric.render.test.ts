/* eslint-disable @typescript-eslint/no-explicit-any -- reads rendered documents and writes specifications as a person does */
import { join } from 'node:path';
import {
  newNativeMember,
  newNativeOrderer,
  newNativePeer,
  renderCollections,
  renderConfigtx,
  renderCore,
  renderOrderer,
} from '../src/render';
import { parse } from 'yaml';
import { loadTopology, parseTopologySpec, resolveTopology, type Organisation, type Topology } from '../src/topology';
import { readFileSync } from 'node:fs';

const folder = join(__dirname, '..', 'topologies');
const options = { root: '/srv/consortium', ledger: 'fabric' } as const;

function load(edit: (spec: Record<string, never>) => void = () => undefined): Topology {
  const spec = JSON.parse(readFileSync(join(folder, 'default.json'), 'utf8')) as Record<string, never>;
  edit(spec);
  return resolveTopology(parseTopologySpec(JSON.stringify(spec), 'default.json'), options);
}

function first({ organisations }: Topology): Organisation {
  const [organisation] = organisations;
  if (organisation === undefined) throw new Error('a topology has organisations');
  return organisation;
}

describe.each(['default', 'five-members'])('the channel of the topology %s', (name) => {
  it('is rendered with its members, policies, orderers and timers', () => {
    const topology = loadTopology(join(folder, `${name}.json`), options);
    expect(renderConfigtx(topology, newNativeMember)).toMatchSnapshot();
  });
});

it('a peer is told where it is, who it is, and the intervals of a small consortium', () => {
  const topology = load();
  const organisation = first(topology);
  expect(renderCore(topology, organisation, newNativePeer(topology, organisation))).toMatchSnapshot();
});

it('an orderer is told where it is, who it is, and who may administer it', () => {
  const topology = load();
  const organisation = first(topology);
  const { orderer } = organisation.nodes;
  if (orderer === undefined) throw new Error('every member of this topology runs an orderer');
  expect(renderOrderer(organisation, newNativeOrderer(topology, organisation, orderer))).toMatchSnapshot();
});

it('a member that others reach elsewhere is named so to them, and administered on its own machine alone', () => {
  const topology = load((spec: any) => (spec.organisations[0].host = 'fabric.northside.example'));
  const organisation = first(topology);
  const { Channel } = parse(renderConfigtx(topology, newNativeMember)).Profiles;
  expect(Channel.Application.Organizations[0]).toMatchObject({
    OrdererEndpoints: ['fabric.northside.example:7104'],
    AnchorPeers: [{ Host: 'fabric.northside.example', Port: 7100 }],
  });
  expect(Channel.Orderer.ConsenterMapping[0]).toMatchObject({ Host: 'fabric.northside.example', Port: 7104 });
  expect(parse(renderCore(topology, organisation, newNativePeer(topology, organisation)))).toMatchObject({
    peer: {
      listenAddress: '0.0.0.0:7100',
      address: 'fabric.northside.example:7100',
      chaincodeListenAddress: '127.0.0.1:7108',
      gossip: { externalEndpoint: 'fabric.northside.example:7100' },
    },
    operations: { listenAddress: '127.0.0.1:7107' },
  });
  const { orderer } = organisation.nodes;
  if (orderer === undefined) throw new Error('every member of this topology runs an orderer');
  expect(parse(renderOrderer(organisation, newNativeOrderer(topology, organisation, orderer)))).toMatchObject({
    General: { ListenAddress: '0.0.0.0', ListenPort: 7104 },
    Admin: { ListenAddress: '127.0.0.1:7105' },
    Operations: { ListenAddress: '127.0.0.1:7106' },
  });
});

it('a member without orderer is in the channel, and not in its ordering service', () => {
  const topology = load((spec: any) => (spec.organisations[3].orderer = false));
  const { Channel } = parse(renderConfigtx(topology, newNativeMember)).Profiles;
  expect(Channel.Application.Organizations).toHaveLength(4);
  expect(Channel.Orderer.Organizations.map(({ ID }: { ID: string }) => ID)).toEqual(['NorthsideMSP', 'LakeviewMSP', 'UnityMSP']);
  expect(Channel.Orderer.ConsenterMapping.map(({ ID, MSPID }: any) => [ID, MSPID])).toEqual([
    [1, 'NorthsideMSP'],
    [2, 'LakeviewMSP'],
    [3, 'UnityMSP'],
  ]);
  expect(Channel.Application.Organizations[3]).not.toHaveProperty('OrdererEndpoints');
});

it('the same renderers serve nodes that see other paths and names than this machine', () => {
  const topology = load();
  const place = {
    address: { host: 'peer.northside.example', port: 7051 },
    listen: { host: '0.0.0.0', port: 7051, chaincode: { host: '0.0.0.0', port: 7052 }, operations: { host: '0.0.0.0', port: 9443 } },
    msp: '/etc/msp',
    tls: { certificate: '/etc/tls/tls.crt', privateKey: '/etc/tls/tls.key', rootCertificate: '/etc/tls/ca.crt' },
    data: '/var/peer',
    builder: '/opt/builder',
  };
  const text = renderCore(topology, first(topology), place);
  expect(text).not.toContain('127.0.0.1');
  expect(text).not.toContain('/srv/consortium');
  expect(parse(text)).toMatchObject({
    peer: { gossip: { externalEndpoint: 'peer.northside.example:7051' }, listenAddress: '0.0.0.0:7051' },
  });
});

it('collections are rendered as the file that peer commands take, and not at all where there are none', () => {
  expect(renderCollections(load())).toBeUndefined();
  const pair = { name: 'pair', members: ['unity', 'northside'], maxPeerCount: 1, blockToLive: 3, endorsement: 'Witnessed' };
  const topology = load((spec: any) => (spec.chaincode.collections = [pair]));
  expect(JSON.parse(renderCollections(topology) ?? '')).toEqual([
    {
      name: 'pair',
      policy: "OR('UnityMSP.member', 'NorthsideMSP.member')",
      requiredPeerCount: 0,
      maxPeerCount: 1,
      blockToLive: 3,
      memberOnlyRead: true,
      memberOnlyWrite: true,
      endorsementPolicy: { channelConfigPolicy: '/Channel/Application/Witnessed' },
    },
  ]);
});
