import type { Administration } from './administration';
import { changeConfig } from './change-config';
import { applicationMemberGroup, configPolicy, ordererMemberGroup, type Member } from './config-groups';
import { changeGroup, type ConfigGroupNode } from './config-tree';
import type { Consortium } from './consortium';

/**
 * Takes a member into the channel: its groups under Application and Orderer, and its name in every policy over all members.
 * The consenters stay as they are. Returns the number of the block, undefined where it is a member already.
 * @throws DevnetError DEVNET_CONFIG_REFUSED
 */
export function joinOrganisation(context: Administration, policies: Consortium['policies'], joining: Member): Promise<number | undefined> {
  const { name, mspId } = joining.organisation;
  const mspIds = context.ledger.channel.members.map((member) => member.mspId);
  const all = mspIds.includes(mspId) ? mspIds : [...mspIds, mspId];
  return changeConfig(context, (root) => {
    if (root.groups.get('Application')?.groups.has(name) === true) return root;
    const application = changeGroup(root, ['Application'], (group) =>
      withPolicies(withGroup(group, name, applicationMemberGroup(joining)), policies, all),
    );
    return changeGroup(application, ['Orderer'], (group) => withGroup(group, name, ordererMemberGroup(joining)));
  });
}

function withGroup(parent: ConfigGroupNode, name: string, child: ConfigGroupNode): ConfigGroupNode {
  return { ...parent, groups: new Map(parent.groups).set(name, child) };
}

function withPolicies(group: ConfigGroupNode, policies: Consortium['policies'], mspIds: readonly string[]): ConfigGroupNode {
  const changed = new Map(group.policies);
  for (const [name, spec] of policies) if (typeof spec !== 'string') changed.set(name, configPolicy(spec, mspIds));
  return { ...group, policies: changed };
}
