import { existsSync, readFileSync } from 'node:fs';
import { newSigner, type Signer } from '@medaccord/devnet/configuration';
import type { Organisation } from '../topology';
import { ChannelError } from './channel-error';

/** Whether the key of the organisation's admin is on this machine. */
export function hasAdminKey({ identities }: Organisation): boolean {
  return existsSync(identities.admin.privateKey) && existsSync(identities.admin.certificate);
}

/** Signs as the organisation's admin. @throws ChannelError CHANNEL_KEY_MISSING, CHANNEL_MATERIAL_UNFIT */
export function newAdminSigner(organisation: Organisation): Signer {
  const { certificate, privateKey } = organisation.identities.admin;
  if (!hasAdminKey(organisation))
    throw new ChannelError(
      'CHANNEL_KEY_MISSING',
      `The key of the admin of ${organisation.title} is not on this machine (${privateKey}).`,
      'Sign where it is; or name another organisation with --organisation.',
    );
  try {
    return newSigner(organisation.mspId, { certificate: readFileSync(certificate, 'utf8'), privateKey: readFileSync(privateKey, 'utf8') });
  } catch (error) {
    throw new ChannelError('CHANNEL_MATERIAL_UNFIT', (error as Error).message, 'Have it enrolled anew.', error);
  }
}
