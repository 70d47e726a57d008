import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseChannel } from '../config/parse-channel';
import { readBlock } from '../proto/blocks';
import { EMPTY } from '../proto/bytes';
import { newBlockZero } from './block-zero';
import { readConfigEnvelope } from './config-envelope';
import type { ConfigGroupNode } from './config-tree';
import { generateOrganisation } from './generate-organisation';
import { resolveConsortium } from './resolve-consortium';
import { newSigner } from './signer';

const RECORDED = join(__dirname, '../../test/data/fabric-golden/blocks/000000.block');

async function newBlock(mspIds: readonly string[]) {
  const consortium = resolveConsortium({
    organisations: mspIds.map((mspId) => ({ mspId })),
    policies: { Witnessed: { outOf: 2, role: 'peer' } },
  });
  const members = await Promise.all(
    consortium.organisations.map(async (organisation) => ({ organisation, material: await generateOrganisation(organisation) })),
  );
  return { members, block: newBlockZero(consortium, members) };
}

/** Names and versions of everything in a configuration, and the bytes of the policies that name no certificate. */
const shapeOf = (group: ConfigGroupNode): unknown => ({
  version: group.version,
  modPolicy: group.modPolicy,
  values: [...group.values].map(([name, { version, modPolicy }]) => [name, version, modPolicy]).sort(),
  policies: [...group.policies]
    .map(([name, { type, value }]) => [name, type, name === 'BlockValidation' ? '' : Buffer.from(value).toString('hex')])
    .sort(),
  groups: Object.fromEntries([...group.groups].sort().map(([name, child]) => [name, shapeOf(child)])),
});
const configOf = (block: Uint8Array): ConfigGroupNode => readConfigEnvelope(readBlock(block).items[0] ?? EMPTY).channelGroup;
const without = (group: ConfigGroupNode, value: string): ConfigGroupNode => ({
  ...group,
  values: new Map([...group.values].filter(([name]) => name !== value)),
  groups: new Map([...group.groups].map(([name, child]) => [name, without(child, value)])),
});

test("block 0 has the groups, values and policies of a real network's, anchor peers aside", async () => {
  const { block } = await newBlock(['NorthsideMSP', 'LakeviewMSP', 'UnityMSP', 'AuthorityMSP']);
  const recorded = new Uint8Array(readFileSync(RECORDED));
  expect(shapeOf(configOf(block))).toEqual(shapeOf(without(configOf(recorded), 'AnchorPeers')));
});

test('identities of the members are accepted with the roles that their certificates state', async () => {
  const { members, block } = await newBlock(['AMSP', 'BMSP', 'CMSP']);
  const channel = parseChannel(block);
  const [a, b] = members;
  if (a === undefined || b === undefined) throw new Error('no members');
  const sign = (mspId: string, key: typeof a.material.peer) => {
    const signer = newSigner(mspId, key);
    const message = new Uint8Array([1]);
    return { identity: signer.identity, message, signature: signer.sign(message) };
  };
  const peers = [sign('AMSP', a.material.peer), sign('BMSP', b.material.peer)];
  expect(channel.policies.evaluate('/Channel/Application/Witnessed', peers).satisfied).toBe(true);
  expect(channel.policies.evaluate('/Channel/Application/Witnessed', peers.slice(1)).satisfied).toBe(false);
  expect(channel.policies.evaluate('/Channel/Application/Writers', [sign('AMSP', a.material.client)]).satisfied).toBe(true);
  expect(channel.policies.evaluate('/Channel/Application/Writers', [sign('AMSP', a.material.peer)]).satisfied).toBe(false);
  expect(channel.policies.evaluate('/Channel/Admins', [sign('AMSP', a.material.admin), sign('BMSP', b.material.admin)]).satisfied).toBe(
    true,
  );
});
