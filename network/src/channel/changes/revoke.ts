import type { ConfigGroupNode } from '@medaccord/devnet/configuration';
import { ChannelError } from '../channel-error';
import { MESSAGES, bytesOf, editMessage, pemsOf } from '../configuration-values';
import { parseRevocationList, type RevocationList } from '../revocation-list';
import { changeSection, findMember, withGroup, withValue, type Section } from '../members';

const SECTIONS: readonly Section[] = ['Application', 'Orderer'];

/**
 * The channel with a member's revocation list, wherever its MSP stands: one MSP cannot be two things in one channel. The list replaces
 * the older one of the same authority.
 * @throws ChannelError CHANNEL_CHANGE_IMPOSSIBLE when it is no member
 */
export function revokeCertificates(root: ConfigGroupNode, mspId: string, list: RevocationList): ConfigGroupNode {
  if (findMember(root, 'Application', mspId) === undefined)
    throw new ChannelError('CHANNEL_CHANGE_IMPOSSIBLE', `${mspId} is no member of the channel.`);
  return SECTIONS.reduce((tree, section) => {
    const member = findMember(tree, section, mspId);
    const value = member?.group.values.get('MSP')?.value;
    if (member === undefined || value === undefined) return tree;
    return changeSection(tree, section, (group) => withGroup(group, member.name, withValue(member.group, 'MSP', withList(value, list))));
  }, root);
}

function withList(value: Uint8Array, list: RevocationList): Uint8Array {
  return editMessage(MESSAGES.mspConfig, value, (wrapped) => {
    wrapped.setConfig(
      editMessage(MESSAGES.fabricMsp, wrapped.getConfig_asU8(), (config) => {
        const lists = pemsOf(config.getRevocationListList_asU8()).map(parseRevocationList);
        if (lists.some((each) => each.isSameAs(list))) return;
        const [older] = lists.filter((each) => each.issuer === list.issuer);
        if (older !== undefined) assertNewer(list, older);
        const kept = lists.filter((each) => each !== older);
        config.setRevocationListList([...kept, list].map(({ pem }) => bytesOf(pem)));
      }),
    );
  });
}

/** An older list would make certificates good again that were revoked since. */
function assertNewer(list: RevocationList, existing: RevocationList): void {
  if (list.issuedAt >= existing.issuedAt) return;
  throw new ChannelError(
    'CHANNEL_CHANGE_IMPOSSIBLE',
    `The revocation list is of ${list.issuedAt.toISOString()}; the channel has one of ${existing.issuedAt.toISOString()} already.`,
    'Have the certificate authority sign a new list.',
  );
}
