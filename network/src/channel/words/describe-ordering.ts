import { orderer } from '@hyperledger/fabric-protos';
import { decode } from '@medaccord/devnet/blocks';
import { MESSAGES, formatAddress, readConsenters, type Consenter } from '../configuration-values';
import { describeQuorum } from '../consenters';
import { describeBytes, describeCertificate } from './describe-certificate';
import { describeChange, newStatement, type Statement } from './statement';

type Options = orderer.smartbft.Options;
type Batch = orderer.BatchSize;

const BATCH: readonly (readonly [string, (batch: Batch) => string])[] = [
  ['Transactions in a block, at most', (batch) => String(batch.getMaxMessageCount())],
  ['Bytes in a block, at most', (batch) => formatBytes(batch.getAbsoluteMaxBytes())],
  ['Bytes in a block, as Raft would prefer them (BFT does not look at it)', (batch) => formatBytes(batch.getPreferredMaxBytes())],
];

const OPTIONS: readonly (readonly [string, (options: Options) => string])[] = [
  ['Longest wait of a block for more transactions', (options) => options.getRequestBatchMaxInterval()],
  ['Transactions in a block, as the ordering protocol notes them', (options) => String(options.getRequestBatchMaxCount())],
  ['Bytes in a block, as the ordering protocol notes them', (options) => formatBytes(options.getRequestBatchMaxBytes())],
  ['Bytes of one transaction, at most (0: of a block)', (options) => formatBytes(options.getRequestMaxBytes())],
  ['An orderer passes a transaction on to the leader after', (options) => options.getRequestForwardTimeout()],
  ['Orderers complain of the leader about a transaction after', (options) => options.getRequestComplainTimeout()],
  ['A transaction that is never ordered is forgotten after', (options) => options.getRequestAutoRemoveTimeout()],
  ['A vote for another leader is repeated after', (options) => options.getViewChangeResendInterval()],
  ['A change of leader begins anew after', (options) => options.getViewChangeTimeout()],
  ['A leader that is silent is replaced after', (options) => options.getLeaderHeartbeatTimeout()],
  ['Signs of life that a leader gives in that time', (options) => String(options.getLeaderHeartbeatCount())],
  ['An orderer that starts asks the others for their state for', (options) => options.getCollectTimeout()],
  ['Messages of other orderers that an orderer holds', (options) => String(options.getIncomingMessageBufferSize())],
  ['Waiting transactions that an orderer holds (each uses it from its next start on)', (options) => String(options.getRequestPoolSize())],
  ['Orderers catch up before they start', (options) => String(options.getSyncOnStart())],
  ['Faster change of leader', (options) => String(options.getSpeedUpViewChange())],
  ['Leaders take turns', (options) => ['unspecified', 'off', 'on'][options.getLeaderRotation()] ?? 'unknown'],
  ['Blocks until the next leader takes its turn', (options) => String(options.getDecisionsPerLeader())],
];

/** @throws MalformedMessage */
export function describeBatch(before: Uint8Array | undefined, after: Uint8Array | undefined): readonly string[] {
  return compare(BATCH, before && decode(MESSAGES.batchSize, before), after && decode(MESSAGES.batchSize, after));
}

/** @throws MalformedMessage */
export function describeConsensus(before: Uint8Array | undefined, after: Uint8Array | undefined): readonly string[] {
  const [old, now] = [before, after].map((value) => value && decode(MESSAGES.consensusType, value));
  const [oldOptions, newOptions] = [old, now].map((type) =>
    type?.getType() === 'BFT' ? decode(MESSAGES.bftOptions, type.getMetadata_asU8()) : undefined,
  );
  const raw = (type: orderer.ConsensusType | undefined): string | undefined =>
    type === undefined || type.getType() === 'BFT' ? undefined : describeBytes(type.getMetadata_asU8());
  return [
    ...describeChange('Kind of ordering', old?.getType(), now?.getType()),
    ...describeChange('State of ordering', stateOf(old), stateOf(now)),
    ...compare(OPTIONS, oldOptions, newOptions),
    ...describeChange('Settings of ordering', raw(old), raw(now)),
  ];
}

/** Orderers that come, go or change, and what that means for the whole. @throws MalformedMessage */
export function describeConsenters(before: Uint8Array | undefined, after: Uint8Array | undefined): readonly Statement[] {
  const [old, now] = [before, after].map((value) => (value === undefined ? [] : readConsenters(value)));
  if (old === undefined || now === undefined) return [];
  const previous = new Map(old.map((consenter) => [consenter.id, consenter]));
  const present = new Set(now.map(({ id }) => id));
  const changed = now.flatMap((consenter) => describeConsenter(previous.get(consenter.id), consenter));
  const gone = old.filter(({ id }) => !present.has(id)).map((each) => newStatement(`The orderer of ${nameOf(each)} loses its vote.`));
  const reordered = old.map(({ id }) => id).join() !== now.map(({ id }) => id).join();
  const quorum = old.length === now.length ? [] : [describeNumbers(old.length, now.length)];
  const order = reordered && changed.length + gone.length === 0 ? [newStatement('The orderers are listed in another order.')] : [];
  return [...changed, ...gone, ...quorum, ...order];
}

function describeConsenter(before: Consenter | undefined, after: Consenter): readonly Statement[] {
  const fields: readonly (readonly [string, (consenter: Consenter) => string])[] = [
    ['Organisation', ({ mspId }) => mspId],
    ['Address', ({ address }) => formatAddress(address)],
    ['Certificate it signs blocks with', ({ identity }) => describeCertificate(identity)],
    ['TLS certificate', ({ serverTls }) => describeCertificate(serverTls)],
    ['TLS certificate as a client', ({ clientTls, serverTls }) => (clientTls === serverTls ? 'the same' : describeCertificate(clientTls))],
  ];
  const lines = compare(fields, before, after);
  if (before === undefined) return [newStatement(`The orderer of ${nameOf(after)} gets a vote, as number ${String(after.id)}.`, lines)];
  const spelling = JSON.stringify(before) !== JSON.stringify(after) && lines.length === 0;
  if (!spelling && lines.length === 0) return [];
  return [newStatement(`The orderer of ${nameOf(before)} changes.`, spelling ? ['A certificate is written in other bytes.'] : lines)];
}

function describeNumbers(before: number, after: number): Statement {
  const [old, now] = [describeQuorum(before), describeQuorum(after)];
  const text = `The ordering service has ${String(after)} orderers with a vote instead of ${String(before)}.`;
  return newStatement(text, [
    `Blocks need ${String(now.needed)} of them (so far ${String(old.needed)}); ${String(now.tolerated)} may fail or lie (so far ${String(old.tolerated)}).`,
  ]);
}

function nameOf({ mspId, address }: Consenter): string {
  return `${mspId} at ${formatAddress(address)}`;
}

function stateOf(type: orderer.ConsensusType | undefined): string | undefined {
  if (type === undefined) return undefined;
  return type.getState() === orderer.ConsensusType.State.STATE_NORMAL ? 'normal' : 'MAINTENANCE: nothing but configuration is ordered';
}

function compare<T>(
  fields: readonly (readonly [string, (of: T) => string])[],
  before: T | undefined,
  after: T | undefined,
): readonly string[] {
  return fields.flatMap(([label, read]) => describeChange(label, before && read(before), after && read(after)));
}

function formatBytes(bytes: number): string {
  const megabytes = bytes / (1024 * 1024);
  return bytes > 0 && Number.isInteger(megabytes) ? `${String(megabytes)} MB` : String(bytes);
}
