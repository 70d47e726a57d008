import type { Organisation } from '../topology';
import { newAdminSigner } from './admin-signer';
import { newChannelUpdate } from './channel-update';
import type { Plan } from './plan-change';
import { readCurrentConfiguration, type CurrentConfiguration } from './read-current';
import { withSignature, type SignedUpdate } from './signature-file';
import { submitUpdate } from './submit-update';

/**
 * Makes a change of a channel as the admins of these organisations, against the configuration that the first one's peer has, and waits until it has
 * its effect there. Undefined: the channel has it so already.
 * @throws ChannelError, LifecycleError
 */
export async function applyPlan(channel: string, plan: Plan, actors: readonly Organisation[]): Promise<CurrentConfiguration | undefined> {
  const [first] = actors;
  if (first === undefined) throw new Error('A change is made by somebody');
  const readCurrent = (): Promise<CurrentConfiguration> => readCurrentConfiguration(first, channel);
  const { configuration } = await readCurrent();
  const changed = await plan(configuration.root);
  const update = newChannelUpdate(configuration, () => changed);
  if (update === undefined) return undefined;
  const signed = actors.reduce<SignedUpdate>((sofar, actor) => withSignature(sofar, actor.mspId, newAdminSigner(actor)), {
    update,
    signatures: [],
  });
  return submitUpdate(signed, { signer: newAdminSigner(first), readCurrent, organisations: actors });
}
