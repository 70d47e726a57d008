import { join } from 'node:path';
import type { GeneratedOrganisation } from '@medaccord/devnet';
import { writeBlock } from '@medaccord/devnet/blocks';
import { changeGroup, newSigner, type ConfigGroupNode, type ConfigValueNode, type Signer } from '@medaccord/devnet/configuration';
import { setBft } from '../../src/channel/changes/set-ordering';
import { setPolicies } from '../../src/channel/changes/set-policies';
import { readChannelConfiguration, type ChannelConfiguration } from '../../src/channel/channel-configuration';
import { loadTopology } from '../../src/topology';
import { FOUNDERS, SignedChain } from './signed-chain';

/** A channel of five members, four of which have an orderer with a vote, and the keys of all of them; nothing runs. */
export interface SampleChannel {
  readonly base: ChannelConfiguration;
  readonly organisations: ReadonlyMap<string, GeneratedOrganisation>;
  signerOf(mspId: string, role?: 'admin' | 'client' | 'orderer'): Signer;
}

/** As a devnet founds it, with the timers and the policy that Fabric's orderers and our topologies have. */
export async function newSampleChannel(): Promise<SampleChannel> {
  const { blocks, organisations } = await SignedChain.found();
  const last = blocks.at(-1);
  if (last === undefined) throw new Error('a devnet founds a chain');
  const founded = readChannelConfiguration(writeBlock(last));
  const { fabric } = loadTopology(join(__dirname, '../../topologies/default.json'), { root: '/nowhere' });
  const root = setPolicies(setBft(founded.root, fabric), [{ name: 'Witnessed', outOf: 2, mspIds: FOUNDERS }]);
  const material = (mspId: string): GeneratedOrganisation => {
    const found = organisations.get(mspId);
    if (found === undefined) throw new Error(`no organisation ${mspId}`);
    return found;
  };
  return {
    base: { ...founded, root },
    organisations,
    signerOf: (mspId, role = 'admin') => newSigner(mspId, material(mspId)[role]),
  };
}

/** The tree with the content of one value changed. */
export function changeValue(
  root: ConfigGroupNode,
  path: readonly string[],
  name: string,
  change: (value: Uint8Array) => Uint8Array,
): ConfigGroupNode {
  return changeGroup(root, path, (group) => {
    const node: ConfigValueNode = group.values.get(name) ?? { version: 0, modPolicy: 'Admins', value: new Uint8Array(0) };
    return { ...group, values: new Map(group.values).set(name, { ...node, value: change(node.value) }) };
  });
}
