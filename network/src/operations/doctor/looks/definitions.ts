import { newDefinitionTerms, queryApproved, queryCommitted, type PeerConnection, withPeer } from '../../../lifecycle';
import type { Topology } from '../../../topology';
import type { DefinitionsFacts, MemberDefinitions } from '../checks/definitions';
import { listAnswering, type Scene } from '../scene';

/** Asks each organisation's own peer what it has seen committed and what it approved itself, which is private to it. */
export async function lookAtDefinitions(scene: Scene): Promise<DefinitionsFacts> {
  const { topology } = scene;
  const answering = listAnswering(scene);
  const mute = topology.organisations.filter((each) => !answering.includes(each));
  const silent = mute.map(({ name: member }) => ({ member, why: 'its peer does not answer' }));
  const members: MemberDefinitions[] = [];
  await Promise.all(
    answering.map(async (organisation) => {
      try {
        members.push(await withPeer(organisation, (connection) => ask(connection, topology)));
      } catch (error) {
        silent.push({ member: organisation.name, why: (error as Error).message });
      }
    }),
  );
  const ordered = topology.organisations.flatMap(({ name }) => members.filter(({ member }) => member === name));
  const version = ordered.find(({ committed }) => committed !== undefined)?.committed?.terms.version;
  const wanted = version === undefined ? undefined : newDefinitionTerms(topology, version);
  return { chaincode: topology.chaincode.name, members: ordered, silent, wanted };
}

async function ask(connection: PeerConnection, { channel, chaincode: { name } }: Topology): Promise<MemberDefinitions> {
  const committed = await queryCommitted(connection, channel, name);
  const approved = committed && (await queryApproved(connection, channel, name, committed.sequence));
  const next = await queryApproved(connection, channel, name, (committed?.sequence ?? 0) + 1);
  return { member: connection.organisation.name, mspId: connection.mspId, committed, packageId: approved?.packageId, next };
}
