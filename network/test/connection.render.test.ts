import { join } from 'node:path';
import { renderConnection } from '../src/connection';
import { renderNodeOus } from '../src/identity/material/msp-folder';
import { loadTopology } from '../src/topology';

const load = (name: string): ReturnType<typeof loadTopology> =>
  loadTopology(join(__dirname, '..', 'topologies', `${name}.json`), { root: '/srv/consortium' });

it.each(['default', 'five-members'])('the connection documents of %s name everything a gateway needs', (name) => {
  const topology = load(name);
  expect(topology.organisations.map((organisation) => renderConnection(topology, organisation))).toMatchSnapshot();
});

it('an organisation finds its own peer first and every member once', () => {
  const topology = load('five-members');
  for (const organisation of topology.organisations) {
    const { peers, members } = renderConnection(topology, organisation);
    expect(peers[0]?.mspId).toBe(organisation.mspId);
    expect(peers.map(({ mspId }) => mspId).sort()).toEqual(topology.organisations.map(({ mspId }) => mspId).sort());
    expect(members.map(({ mspId }) => mspId)).toEqual(topology.organisations.map(({ mspId }) => mspId));
  }
});

it('an organisation is told no key and no secret of another', () => {
  const topology = load('default');
  for (const organisation of topology.organisations) {
    const text = JSON.stringify(renderConnection(topology, organisation));
    for (const other of topology.organisations.filter(({ mspId }) => mspId !== organisation.mspId)) {
      const secret = [other.ca, other.tlsCa, ...Object.values(other.identities), ...Object.values(other.tls)].map(
        ({ privateKey }: { privateKey: string }) => privateKey,
      );
      expect([...secret, other.ca.registrar.secretFile].filter((file) => text.includes(file))).toEqual([]);
    }
  }
});

it('an MSP reads roles from organisational units', () => {
  expect(renderNodeOus()).toMatchSnapshot();
});
