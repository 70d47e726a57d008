import { common } from '@hyperledger/fabric-protos';
import { DevnetError } from '../devnet-error';
import { concat } from '../proto/bytes';
import { HEADER_TYPE, writeSignatureHeader } from '../proto/envelopes';
import type { Administration } from './administration';
import { newConfigMessage, newNonce, readConfigEnvelope, type Signer } from './config-envelope';
import { writeConfigGroup, type ConfigGroupNode } from './config-tree';
import { computeUpdate } from './config-update';
import { newSigner } from './signer';

/**
 * Changes the channel's configuration by a transaction that all members' admins sign. Returns the number of its block,
 * or undefined where the configuration is already so.
 * @throws DevnetError DEVNET_CONFIG_REFUSED
 */
export async function changeConfig(
  context: Administration,
  change: (channelGroup: ConfigGroupNode) => ConfigGroupNode,
): Promise<number | undefined> {
  const { channelGroup } = readConfigEnvelope(context.configEnvelope());
  const update = computeUpdate(channelGroup, change(channelGroup));
  if (!update.changed) return undefined;
  const admins = context.members.map(({ organisation, material }) => newSigner(organisation.mspId, material.admin));
  const [submitter] = admins;
  if (submitter === undefined) throw new DevnetError('DEVNET_CONFIG_REFUSED', 'the channel has no admin whose key is known');
  const message = new common.ConfigUpdate();
  message.setChannelId(context.ledger.channel.id);
  message.setReadSet(writeConfigGroup(update.readSet));
  message.setWriteSet(writeConfigGroup(update.writeSet));
  const data = signUpdate(message.serializeBinary(), admins);
  const block = await placeUpdate(context, newConfigMessage(HEADER_TYPE.configUpdate, context.ledger.channel.id, data, submitter));
  if (block === undefined)
    throw new DevnetError('DEVNET_CONFIG_REFUSED', 'the configuration was changed by somebody else meanwhile; try again');
  return block;
}

async function placeUpdate(context: Administration, envelope: Uint8Array): Promise<number | undefined> {
  try {
    return await context.place(envelope);
  } catch (error) {
    throw new DevnetError(
      'DEVNET_CONFIG_REFUSED',
      `ordering refused the change of the configuration: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** Serialized common.ConfigUpdateEnvelope. */
function signUpdate(update: Uint8Array, admins: readonly Signer[]): Uint8Array {
  const envelope = new common.ConfigUpdateEnvelope();
  envelope.setConfigUpdate(update);
  for (const admin of admins) {
    const header = writeSignatureHeader({ creator: admin.identity, nonce: newNonce() });
    const signature = envelope.addSignatures(new common.ConfigSignature());
    signature.setSignatureHeader(header);
    signature.setSignature(admin.sign(concat(header, update)));
  }
  return envelope.serializeBinary();
}
