import { writeSerializedIdentity } from '@medaccord/devnet/blocks';
import { blockQuorum, newBlockValidation, type ConfigGroupNode, type ConfigPolicyNode } from '@medaccord/devnet/configuration';
import { bytesOf, readConsenters, takeConsenters, writeConsenters, type Consenter } from './configuration-values';
import { changeSection, valueOf, withPolicy, withValue } from './members';

/** The voting nodes of the ordering service, in the order of the mapping. */
export function listConsenters(root: ConfigGroupNode): readonly Consenter[] {
  return readConsenters(valueOf(root, 'Orderer', 'Orderers'));
}

/**
 * The channel with other consenters, and with the policy on blocks that belongs to them: Fabric refuses the one without the other
 * (orderer/consensus/smartbft/configverifier.go, checkConsentersMatchPolicy).
 */
export function changeConsenters(
  root: ConfigGroupNode,
  change: (consenters: readonly Consenter[]) => readonly Consenter[],
): ConfigGroupNode {
  const consenters = change(takeConsenters(valueOf(root, 'Orderer', 'Orderers')));
  return changeSection(root, 'Orderer', (section) =>
    withPolicy(withValue(section, 'Orderers', writeConsenters(consenters)), 'BlockValidation', blockValidationOf(consenters)),
  );
}

/** Who must sign a block: a quorum of these. */
export function blockValidationOf(consenters: readonly Consenter[]): ConfigPolicyNode {
  return newBlockValidation(consenters.map(({ mspId, identity }) => writeSerializedIdentity(mspId, bytesOf(identity))));
}

/** How many orderers a block needs, and how many may fail or lie without harm (common/policies/bft.go). */
export function describeQuorum(consenters: number): { readonly needed: number; readonly tolerated: number } {
  return { needed: blockQuorum(consenters), tolerated: Math.floor((consenters - 1) / 3) };
}
