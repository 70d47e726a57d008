import { orderer } from '@hyperledger/fabric-protos';
import { changeGroup, type ConfigGroupNode } from '@medaccord/devnet/configuration';
import { changeValue, newSampleChannel, type SampleChannel } from '../../test/support/sample-channel';
import { assertSound } from './assert-sound';
import { writeConsenters, writeEndpoints, type Consenter } from './configuration-values';
import { changeConsenters, listConsenters } from './consenters';

type Options = orderer.smartbft.Options;
type Change = (root: ConfigGroupNode) => ConfigGroupNode;

let channel: SampleChannel;

beforeAll(async () => {
  channel = await newSampleChannel();
});

const batch =
  (change: (size: orderer.BatchSize) => void): Change =>
  (root) =>
    changeValue(root, ['Orderer'], 'BatchSize', (value) => {
      const size = orderer.BatchSize.deserializeBinary(value);
      change(size);
      return size.serializeBinary();
    });
const consensus =
  (change: (type: orderer.ConsensusType) => void): Change =>
  (root) =>
    changeValue(root, ['Orderer'], 'ConsensusType', (value) => {
      const type = orderer.ConsensusType.deserializeBinary(value);
      change(type);
      return type.serializeBinary();
    });
const options = (change: (options: Options) => void): Change =>
  consensus((type) => {
    const found = orderer.smartbft.Options.deserializeBinary(type.getMetadata_asU8());
    change(found);
    type.setMetadata(found.serializeBinary());
  });
/** Other orderers, with the policy on blocks that belongs to them. */
const consenters =
  (change: (all: readonly Consenter[]) => readonly Consenter[]): Change =>
  (root) =>
    changeConsenters(root, change);
/** Something of the second orderer is what the first one has. */
const second = (part: (first: Consenter) => Partial<Consenter>): Change =>
  consenters(([first, next, ...more]) => [first!, { ...next!, ...part(first!) }, ...more]);

function problemOf(change: Change): unknown {
  try {
    assertSound({ ...channel.base, root: change(channel.base.root) });
    return undefined;
  } catch (error) {
    return error;
  }
}

it('takes a configuration that nodes can live with', () => {
  expect(problemOf((root) => root)).toBeUndefined();
});

it.each<[string, Change]>([
  ['A block would hold no transaction.', batch((size) => size.setMaxMessageCount(0))],
  [
    'A block must be larger than 10240 bytes.',
    batch((size) => {
      size.setAbsoluteMaxBytes(10_240);
      size.setPreferredMaxBytes(10_240);
    }),
  ],
  ['The preferred size of a block is 0.', batch((size) => size.setPreferredMaxBytes(0))],
  ['The preferred size of a block exceeds the largest.', batch((size) => size.setPreferredMaxBytes(size.getAbsoluteMaxBytes() + 1))],
  ['Ordering is of kind etcdraft: this release knows BFT alone.', consensus((type) => type.setType('etcdraft'))],
  [
    'Orderers would complain of the leader (complain) before they pass a transaction on to it (forward).',
    options((found) => found.setRequestForwardTimeout('5001ms')),
  ],
  [
    'A transaction would be forgotten (autoRemove) before orderers complain of the leader (complain).',
    options((found) => found.setRequestAutoRemoveTimeout('4s')),
  ],
  [
    'A change of leader would begin anew (viewChange) before a vote is repeated (viewChangeResend).',
    options((found) => found.setViewChangeResendInterval('11s')),
  ],
  ['Leaders cannot take turns in this release of Fabric.', options((found) => found.setLeaderRotation(2))],
  ['interval is "soon", which is no duration.', options((found) => found.setRequestBatchMaxInterval('soon'))],
  ['heartbeat is "", which is no duration.', options((found) => found.setLeaderHeartbeatTimeout(''))],
  ['collect is "0s", which is no duration.', options((found) => found.setCollectTimeout('0s'))],
  ['heartbeatCount is 0.', options((found) => found.setLeaderHeartbeatCount(0))],
  ['incomingMessages is 0.', options((found) => found.setIncomingMessageBufferSize(0))],
  ['poolSize is 0.', options((found) => found.setRequestPoolSize(0))],
  ['No orderer would have a vote.', consenters(() => [])],
  [
    'The policy on blocks does not name exactly the orderers that have a vote.',
    (root) => changeValue(root, ['Orderer'], 'Orderers', () => writeConsenters(listConsenters(root).slice(1))),
  ],
  ['Two orderers have the same number.', second(({ id }) => ({ id }))],
  ['Two orderers have the same address.', second(({ address }) => ({ address }))],
  ['Two orderers have the same certificate.', second(({ identity }) => ({ identity }))],
  [
    'Nobody would know where the orderers of CMSP are reached.',
    (root) => changeValue(root, ['Orderer', 'CMSP'], 'Endpoints', () => writeEndpoints([])),
  ],
  [
    'The orderer of BMSP at orderer0.bmsp.devnet:7050 has a vote, but its organisation is not part of the ordering service.',
    (root) =>
      changeGroup(root, ['Orderer'], (group) => ({ ...group, groups: new Map([...group.groups].filter(([name]) => name !== 'BMSP')) })),
  ],
  [
    'A certificate of the orderer of BMSP at orderer0.bmsp.devnet:7050 cannot be read.',
    second(() => ({ serverTls: '-----BEGIN CERTIFICATE-----' })),
  ],
])('refuses one with which the channel would stand still: %s', (problem, change) => {
  expect(problemOf(change)).toMatchObject({
    code: 'CHANNEL_CONFIGURATION_UNSOUND',
    message: expect.stringContaining(`\n  ${problem}`) as unknown,
  });
});

it('names everything that is wrong at once', () => {
  const both: Change = (root) => batch((size) => size.setMaxMessageCount(0))(options((found) => found.setRequestPoolSize(0))(root));
  expect((problemOf(both) as Error).message).toBe(
    'With this configuration the channel would stand still:\n  A block would hold no transaction.\n  poolSize is 0.',
  );
});

it('refuses one that no peer could read: an MSP without an authority', () => {
  const change: Change = (root) => changeValue(root, ['Application', 'AMSP'], 'MSP', () => Uint8Array.of(0xff));
  expect(problemOf(change)).toMatchObject({ code: 'CHANNEL_CONFIGURATION_UNSOUND' });
});
