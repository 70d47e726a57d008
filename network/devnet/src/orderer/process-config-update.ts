import { common } from '@hyperledger/fabric-protos';
import type { Channel } from '../config/channel';
import { ConfigRefused } from '../config/config-refused';
import { parseConfig } from '../config/parse-channel';
import { UpdateRefused, applyUpdate } from '../genesis/apply-update';
import {
  newConfigMessage,
  readConfigEnvelope,
  readLastUpdate,
  writeConfigEnvelope,
  type Config,
  type Signer,
} from '../genesis/config-envelope';
import { readConfigGroup, writeConfigGroup, type ConfigGroupNode } from '../genesis/config-tree';
import type { SignedData } from '../msp/identity';
import { MspRefused } from '../msp/msp-refused';
import { concat, equalBytes } from '../proto/bytes';
import { HEADER_TYPE, readEnvelope, readPayload, readSignatureHeader } from '../proto/envelopes';
import { MalformedMessage, decode } from '../proto/wire';
import { OrderingRefusal } from './intake';

export interface ConfigContext {
  readonly channel: Channel;
  /** Serialized Envelope of the newest configuration transaction. */
  readonly configEnvelope: Uint8Array;
  /** Signs the configuration transaction. */
  readonly orderer: Signer;
}

/**
 * Turns an update (serialized Envelope of type CONFIG_UPDATE) into the configuration transaction it leads to: sequence + 1, versions raised,
 * signatures judged by the mod_policy of everything that changes (orderer/common/msgprocessor/standardchannel.go, ProcessConfigUpdateMsg).
 * @throws OrderingRefusal
 */
export function configure(envelope: Uint8Array, context: ConfigContext): Uint8Array {
  try {
    return propose(envelope, context);
  } catch (error) {
    if (!(error instanceof UpdateRefused) && !(error instanceof MalformedMessage)) throw error;
    throw new OrderingRefusal('BAD_REQUEST', `error applying config update to existing channel '${context.channel.id}': ${error.message}`);
  }
}

/** The configuration transaction again, on top of the newest configuration; undefined when its update no longer fits. */
export function reconfigure(envelope: Uint8Array, context: ConfigContext): Uint8Array | undefined {
  if (readConfigEnvelope(envelope).sequence === readConfigEnvelope(context.configEnvelope).sequence + 1) return envelope;
  const update = readLastUpdate(envelope);
  try {
    return update && propose(update, context);
  } catch (error) {
    if (error instanceof UpdateRefused) return undefined;
    throw error;
  }
}

/**
 * Why a configuration transaction does not follow from the configuration before it, as every peer asks (common/configtx/validator.go,
 * Validate): the next sequence, and exactly what its update makes of that configuration, signed by whom its mod_policies ask for.
 * undefined: it does.
 */
export function findConfigProblem(envelope: Uint8Array, before: Omit<ConfigContext, 'orderer'>): string | undefined {
  try {
    const [config, current] = [readConfigEnvelope(envelope), readConfigEnvelope(before.configEnvelope)];
    const update = readLastUpdate(envelope);
    if (config.sequence !== current.sequence + 1)
      return `it has sequence ${config.sequence}, and follows the configuration with sequence ${current.sequence}`;
    if (update === undefined) return 'it does not say which update it came from';
    const expected = applySigned(update, before.channel, current);
    return equalGroups(expected, config.channelGroup) ? undefined : 'it is not what its update makes of the configuration before it';
  } catch (error) {
    if (error instanceof UpdateRefused || error instanceof MalformedMessage) return error.message;
    throw error;
  }
}

function propose(envelope: Uint8Array, { channel, configEnvelope, orderer }: ConfigContext): Uint8Array {
  const current = readConfigEnvelope(configEnvelope);
  const channelGroup = applySigned(envelope, channel, current);
  const data = writeConfigEnvelope({ sequence: current.sequence + 1, channelGroup }, envelope);
  assertUsable(channel.id, data);
  return newConfigMessage(HEADER_TYPE.config, channel.id, data, orderer);
}

/** What an update (serialized Envelope) makes of a configuration. @throws UpdateRefused, MalformedMessage */
function applySigned(envelope: Uint8Array, channel: Channel, current: Config): ConfigGroupNode {
  const updateEnvelope = decode(common.ConfigUpdateEnvelope, readPayload(readEnvelope(envelope).payload).data);
  const bytes = updateEnvelope.getConfigUpdate_asU8();
  const update = decode(common.ConfigUpdate, bytes, { strings: [1] });
  if (update.getChannelId() !== channel.id)
    throw new UpdateRefused(`ConfigUpdate for channel '${update.getChannelId()}' but envelope for channel '${channel.id}'`);
  const signatures = updateEnvelope.getSignaturesList().map((signature): SignedData => {
    const header = signature.getSignatureHeader_asU8();
    return { identity: readSignatureHeader(header).creator, message: concat(header, bytes), signature: signature.getSignature_asU8() };
  });
  const sets = {
    readSet: readConfigGroup(update.getReadSet() ?? new common.ConfigGroup()),
    writeSet: readConfigGroup(update.getWriteSet() ?? new common.ConfigGroup()),
  };
  return applyUpdate(current.channelGroup, sets, (reference) => channel.policies.evaluate(reference, signatures).satisfied);
}

function equalGroups(a: ConfigGroupNode, b: ConfigGroupNode): boolean {
  return equalBytes(writeConfigGroup(a).serializeBinary(), writeConfigGroup(b).serializeBinary());
}

/** A configuration that the channel could not live with is refused before it is ordered. */
function assertUsable(channelId: string, configEnvelope: Uint8Array): void {
  try {
    parseConfig(channelId, configEnvelope);
  } catch (error) {
    if (error instanceof ConfigRefused || error instanceof MspRefused)
      throw new UpdateRefused(`initializing channelconfig failed: ${error.message}`);
    throw error;
  }
}
