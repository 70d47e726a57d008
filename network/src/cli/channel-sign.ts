import {
  assertCurrent,
  newAdminSigner,
  readCurrentConfiguration,
  readSignatureFile,
  withSignature,
  writeSignatureFile,
  type SignedUpdate,
} from '../channel';
import type { Organisation } from '../topology';
import { organisationOf, type ChannelCall } from './channel-options';
import { wordOf } from './command';
import { tellSignedUpdate } from './channel-show';
import { EXIT } from './exit-codes';
import { UsageError } from './usage-error';

/**
 * `channel sign FILE --organisation NAME`: the organisation's admin signs the change, once its own peer says that the change is what the file
 * says it is (`--offline`: without asking).
 */
export async function signChannelFile(call: ChannelCall): Promise<number> {
  const file = wordOf(call.words, 'channel sign', 'file');
  const { organisation: name, output, offline } = call.values;
  if (name === undefined) throw new UsageError('channel sign needs --organisation NAME: who signs.');
  const organisation = organisationOf(call.topology, name);
  const before = readSignatureFile(file);
  if (!offline) assertCurrent(before.update.base, (await readCurrentConfiguration(organisation, call.topology.channel)).configuration);
  const signed = signAs(before, [organisation]);
  const isNew = signed.signatures.length > before.signatures.length;
  const target = output ?? file;
  if (isNew || target !== file) writeSignatureFile(target, signed);
  const head = isNew ? `Signed by ${organisation.title}: ${target}.` : `Nothing to do: ${organisation.title} has signed it before.`;
  tellSignedUpdate('channel sign', call, signed, { head, facts: { file: target, changed: isNew } });
  return EXIT.done;
}

/** The update with the signature of each of these organisations' admins. */
export function signAs(signed: SignedUpdate, organisations: readonly Organisation[]): SignedUpdate {
  return organisations.reduce((sofar, organisation) => withSignature(sofar, organisation.mspId, newAdminSigner(organisation)), signed);
}
