import { planAddOrganisation } from '../../channel';
import type { Topology } from '../../topology';
import type { Joining } from '../ledger-engine';
import { changeChannel } from './change-channel';

/** Makes organisations members of the channel, each with its peer as an anchor and its name in the policies that count it. @throws ChannelError */
export async function admitMembers(topology: Topology, { present, organisations }: Joining): Promise<string> {
  const blocks: string[] = [];
  for (const organisation of organisations) {
    const block = await changeChannel(topology, planAddOrganisation(topology, organisation), present);
    blocks.push(block === undefined ? `${organisation.title} was one before` : `${organisation.title} in block ${String(block)}`);
  }
  return blocks.join(', ');
}
