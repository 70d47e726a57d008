import { X509Certificate } from 'node:crypto';
import type { ConfigGroupNode } from '@medaccord/devnet/configuration';
import { ChannelError } from './channel-error';
import { pemsOf, readMsp } from './configuration-values';
import { listConsenters } from './consenters';
import { findMember } from './members';
import type { RevocationList } from './revocation-list';

/**
 * Refuses a list that an organisation's own authority did not sign (nodes would ignore it), and one that names an orderer with a vote: its
 * blocks would count no longer, at once and everywhere.
 * @throws ChannelError CHANNEL_MATERIAL_UNFIT, CHANNEL_CHANGE_IMPOSSIBLE
 */
export async function assertRevocationList(root: ConfigGroupNode, mspId: string, list: RevocationList): Promise<void> {
  const value = findMember(root, 'Application', mspId)?.group.values.get('MSP')?.value;
  if (value === undefined) throw new ChannelError('CHANNEL_CHANGE_IMPOSSIBLE', `${mspId} is no member of the channel.`);
  const msp = readMsp(value);
  const authorities = pemsOf([...msp.getRootCertsList_asU8(), ...msp.getIntermediateCertsList_asU8()]);
  const signed = await Promise.all(authorities.map((authority) => list.isSignedBy(authority)));
  if (!signed.includes(true))
    throw new ChannelError(
      'CHANNEL_MATERIAL_UNFIT',
      `The revocation list is of "${list.issuer}", which is no authority of ${mspId}, or not signed by it.`,
      'Have the certificate authority of the organisation sign one (gencrl).',
    );
  const revoked = new Set(list.serials.map(normalise));
  const voter = listConsenters(root).find((each) => each.mspId === mspId && revoked.has(normalise(serialOf(each.identity))));
  if (voter !== undefined)
    throw new ChannelError(
      'CHANNEL_CHANGE_IMPOSSIBLE',
      `The list revokes the certificate by which the orderer of ${mspId} signs blocks.`,
      'Give the orderer another certificate first: `channel rotate-orderer`.',
    );
}

function serialOf(pem: string): string {
  return new X509Certificate(pem).serialNumber;
}

function normalise(serial: string): string {
  return serial.toLowerCase().replace(/^0+/, '');
}
