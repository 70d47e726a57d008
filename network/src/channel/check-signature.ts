import { parseConfig, writeConfigEnvelope, type SignedData } from '@medaccord/devnet/configuration';
import type { ChannelConfiguration } from './channel-configuration';

const PROBLEMS = {
  malformed: 'its identity cannot be read',
  'unknown-msp': 'its organisation is no member of the channel',
  'invalid-certificate': 'its certificate is not accepted: not of its organisation, revoked, or without a role',
} as const;

/** Checks signatures by the identities of a configuration. The check answers with the problem, undefined where there is none. */
export function newIdentityCheck({
  channel,
  sequence,
  root,
}: ChannelConfiguration): (data: SignedData, mspId: string) => string | undefined {
  const { msps } = parseConfig(channel, writeConfigEnvelope({ sequence, channelGroup: root }));
  return ({ identity, message, signature }, mspId) => {
    const found = msps.identify(identity);
    if ('problem' in found) return PROBLEMS[found.problem];
    if (found.mspId !== mspId) return `it is of ${found.mspId}`;
    return found.verify(message, signature) ? undefined : 'it is not over this update';
  };
}
