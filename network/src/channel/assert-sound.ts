import { X509Certificate } from 'node:crypto';
import type { orderer } from '@hyperledger/fabric-protos';
import { MalformedMessage, decode } from '@medaccord/devnet/blocks';
import { ConfigRefused, MspRefused, parseConfig, parseDuration, writeConfigEnvelope } from '@medaccord/devnet/configuration';
import { ChannelError } from './channel-error';
import type { ChannelConfiguration } from './channel-configuration';
import { MESSAGES, formatAddress, readConsenters, readEndpoints, type Consenter } from './configuration-values';
import { blockValidationOf } from './consenters';
import { listMembers, valueOf } from './members';

type Options = orderer.smartbft.Options;

const SMALLEST_BLOCK = 10 * 1024;

/**
 * Refuses a configuration that nodes could not live with. Fabric checks less before it orders an update: an orderer that cannot use a
 * configuration that was ordered halts the channel (orderer/consensus/smartbft/chain.go, updateRuntimeConfig), and all do it at once.
 * @throws ChannelError CHANNEL_CONFIGURATION_UNSOUND with everything that is wrong
 */
export function assertSound(configuration: ChannelConfiguration): void {
  const problems = readProblems(configuration);
  if (problems.length === 0) return;
  throw new ChannelError(
    'CHANNEL_CONFIGURATION_UNSOUND',
    ['With this configuration the channel would stand still:', ...problems.map((problem) => `  ${problem}`)].join('\n'),
    'Correct what the change is made of: the topology, or the certificates.',
  );
}

function readProblems(configuration: ChannelConfiguration): readonly string[] {
  try {
    parseConfig(configuration.channel, writeConfigEnvelope({ sequence: configuration.sequence, channelGroup: configuration.root }));
    return [...findBatchProblems(configuration), ...findOptionProblems(configuration), ...findOrdererProblems(configuration)];
  } catch (error) {
    if (error instanceof ConfigRefused || error instanceof MspRefused || error instanceof MalformedMessage) return [error.message];
    throw error;
  }
}

/** common/channelconfig/orderer.go, validateBatchSize; SmartBFT pkg/types/config.go. */
function findBatchProblems({ root }: ChannelConfiguration): readonly string[] {
  const batch = decode(MESSAGES.batchSize, valueOf(root, 'Orderer', 'BatchSize'));
  return when([
    [batch.getMaxMessageCount() === 0, 'A block would hold no transaction.'],
    [batch.getAbsoluteMaxBytes() <= SMALLEST_BLOCK, `A block must be larger than ${String(SMALLEST_BLOCK)} bytes.`],
    [batch.getPreferredMaxBytes() === 0, 'The preferred size of a block is 0.'],
    [batch.getPreferredMaxBytes() > batch.getAbsoluteMaxBytes(), 'The preferred size of a block exceeds the largest.'],
  ]);
}

/** SmartBFT pkg/types/config.go, Validate; orderer/consensus/smartbft/configverifier.go. */
function findOptionProblems({ root }: ChannelConfiguration): readonly string[] {
  const type = decode(MESSAGES.consensusType, valueOf(root, 'Orderer', 'ConsensusType'));
  if (type.getType() !== 'BFT') return [`Ordering is of kind ${type.getType()}: this release knows BFT alone.`];
  const options = decode(MESSAGES.bftOptions, type.getMetadata_asU8());
  const [forward, complain, forget] = [
    durationOf(options.getRequestForwardTimeout()),
    durationOf(options.getRequestComplainTimeout()),
    durationOf(options.getRequestAutoRemoveTimeout()),
  ];
  const [resend, viewChange] = [durationOf(options.getViewChangeResendInterval()), durationOf(options.getViewChangeTimeout())];
  return when([
    ...findEmptyOptions(options),
    [forward > complain, 'Orderers would complain of the leader (complain) before they pass a transaction on to it (forward).'],
    [complain > forget, 'A transaction would be forgotten (autoRemove) before orderers complain of the leader (complain).'],
    [resend > viewChange, 'A change of leader would begin anew (viewChange) before a vote is repeated (viewChangeResend).'],
    [options.getLeaderRotation() === 2, 'Leaders cannot take turns in this release of Fabric.'],
  ]);
}

function findEmptyOptions(options: Options): readonly (readonly [boolean, string])[] {
  const durations: Readonly<Record<string, string>> = {
    interval: options.getRequestBatchMaxInterval(),
    forward: options.getRequestForwardTimeout(),
    complain: options.getRequestComplainTimeout(),
    autoRemove: options.getRequestAutoRemoveTimeout(),
    viewChangeResend: options.getViewChangeResendInterval(),
    viewChange: options.getViewChangeTimeout(),
    heartbeat: options.getLeaderHeartbeatTimeout(),
    collect: options.getCollectTimeout(),
  };
  const numbers: Readonly<Record<string, number>> = {
    heartbeatCount: options.getLeaderHeartbeatCount(),
    incomingMessages: options.getIncomingMessageBufferSize(),
    poolSize: options.getRequestPoolSize(),
  };
  return [
    ...Object.entries(durations).map(([name, text]) => [!(durationOf(text) > 0), `${name} is "${text}", which is no duration.`] as const),
    ...Object.entries(numbers).map(([name, number]) => [number === 0, `${name} is 0.`] as const),
  ];
}

/** orderer/consensus/smartbft/util.go, remoteNodesFromConfigBlock; common/channelconfig/orderer.go, validateAllOrgsHaveEndpoints. */
function findOrdererProblems({ root }: ChannelConfiguration): readonly string[] {
  const consenters = readConsenters(valueOf(root, 'Orderer', 'Orderers'));
  const members = listMembers(root, 'Orderer');
  const policy = root.groups.get('Orderer')?.policies.get('BlockValidation');
  const expected = blockValidationOf(consenters);
  const matches = policy?.type === expected.type && Buffer.compare(policy.value, expected.value) === 0;
  const unreachable = members.filter(({ group }) => readEndpoints(group.values.get('Endpoints')?.value ?? new Uint8Array(0)).length === 0);
  return [
    ...when([
      [consenters.length === 0, 'No orderer would have a vote.'],
      [!matches, 'The policy on blocks does not name exactly the orderers that have a vote.'],
      [hasDuplicates(consenters.map(({ id }) => String(id))), 'Two orderers have the same number.'],
      [hasDuplicates(consenters.map(({ address }) => formatAddress(address))), 'Two orderers have the same address.'],
      [hasDuplicates(consenters.map(({ identity }) => identity)), 'Two orderers have the same certificate.'],
    ]),
    ...unreachable.map(({ mspId }) => `Nobody would know where the orderers of ${mspId} are reached.`),
    ...consenters.flatMap((consenter) => findConsenterProblems(consenter, new Set(members.map(({ mspId }) => mspId)))),
  ];
}

function findConsenterProblems(
  { mspId, address, identity, clientTls, serverTls }: Consenter,
  members: ReadonlySet<string>,
): readonly string[] {
  const name = `${mspId} at ${formatAddress(address)}`;
  return when([
    [!members.has(mspId), `The orderer of ${name} has a vote, but its organisation is not part of the ordering service.`],
    [![identity, clientTls, serverTls].every(isCertificate), `A certificate of the orderer of ${name} cannot be read.`],
  ]);
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}

function durationOf(text: string): number {
  return parseDuration(text) ?? 0;
}

function hasDuplicates(items: readonly string[]): boolean {
  return new Set(items).size < items.length;
}

function when(findings: readonly (readonly [boolean, string])[]): readonly string[] {
  return findings.filter(([isSo]) => isSo).map(([, problem]) => problem);
}
