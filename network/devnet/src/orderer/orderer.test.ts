import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clientOf, newMessage, newOrderedChannel, type OrderedChannel } from '../../test/support/ordered-channel';
import { waitFor } from '../../test/support/wait-for';
import { newRevocationList } from '../genesis/certificates';
import type { Administration } from '../genesis/administration';
import { revokeCertificates } from '../genesis/revoke-certificates';
import { METADATA, blockHeaderBytes, readBlock } from '../proto/blocks';
import { EMPTY, concat } from '../proto/bytes';
import { common } from '@hyperledger/fabric-protos';
import { readLastConfig } from './assemble-block';
import type { Orderer } from './orderer';

let folder = '';
let channel: OrderedChannel;
let running: Orderer;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'orderer-'));
  channel = await newOrderedChannel(join(folder, 'ordering.sqlite'));
  running = channel.orderer;
});
afterEach(() => {
  running.close();
  channel.ledger.close();
  rmSync(folder, { recursive: true, force: true });
});

const member = (index: number) => {
  const found = channel.members[index];
  if (found === undefined) throw new Error('no member');
  return found;
};
const administration = (): Administration => ({
  ledger: channel.ledger,
  members: channel.members,
  configEnvelope: () => running.configEnvelope(),
  place: (envelope) => running.place(envelope),
});

test('messages are ordered as they arrive, each once', async () => {
  const messages = Array.from({ length: 5 }, () => newMessage(clientOf(member(0))));
  for (const { envelope } of messages) running.submit(envelope);
  running.submit(messages[2]?.envelope ?? EMPTY);
  await waitFor(() => running.waiting === 0);
  const items = Array.from(
    { length: channel.ledger.height - 1 },
    (_, index) => readBlock(channel.ledger.block(index + 1) ?? EMPTY).items,
  ).flat();
  expect(items).toEqual(messages.map(({ envelope }) => envelope));
});

test('an ordered transaction that comes again is refused as already processed', async () => {
  const { envelope } = newMessage(clientOf(member(0)));
  await running.place(envelope);
  expect(() => running.submit(envelope)).toThrow(
    expect.objectContaining({ status: 'SERVICE_UNAVAILABLE', info: 'failed to submit request: request already processed' }),
  );
});

test('what was accepted outlives the orderer, and is ordered once by the next', async () => {
  running.pause();
  const messages = [newMessage(clientOf(member(0))), newMessage(clientOf(member(1)))];
  for (const { envelope } of messages) running.submit(envelope);
  running.close();
  running = channel.restart();
  expect(running.waiting).toBe(2);
  await waitFor(() => running.waiting === 0);
  await running.place(newMessage(clientOf(member(2))).envelope);
  running.close();
  running = channel.restart();
  expect(running.waiting).toBe(0);
  expect(messages.map(({ txId }) => channel.ledger.transaction(txId)?.block)).toEqual([1, 1]);
});

test('a block is signed by a quorum of consenters over value, identifier and header, and names the newest configuration', async () => {
  await revokeCertificates(administration(), 'AMSP', await newRevocationList(member(0).generated?.ca ?? member(0).material.peer, []));
  await running.place(newMessage(clientOf(member(0))).envelope);
  const block = readBlock(channel.ledger.block(2) ?? EMPTY);
  const place = block.metadata[METADATA.signatures] ?? EMPTY;
  expect(readLastConfig(place)).toBe(1);
  const metadata = common.Metadata.deserializeBinary(place);
  const signed = metadata.getSignaturesList().map((entry) => {
    const identifier = entry.getIdentifierHeader_asU8();
    const id = common.IdentifierHeader.deserializeBinary(identifier).getIdentifier();
    const consenter = channel.ledger.channel.consenters.find((candidate) => candidate.id === id);
    const identity = channel.ledger.channel.msps.identify(consenter?.identity ?? EMPTY);
    return (
      !('problem' in identity) &&
      identity.verify(concat(metadata.getValue_asU8(), identifier, blockHeaderBytes(block)), entry.getSignature_asU8())
    );
  });
  expect(signed).toEqual([true, true]);
});

test('a configuration stands alone in its block, between the messages around it', async () => {
  running.pause();
  const before = newMessage(clientOf(member(1)));
  running.submit(before.envelope);
  const revoking = revokeCertificates(
    administration(),
    'AMSP',
    await newRevocationList(member(0).generated?.ca ?? member(0).material.peer, []),
  );
  const after = newMessage(clientOf(member(1)));
  await waitFor(() => running.waiting === 2);
  running.submit(after.envelope);
  running.resume();
  expect(await revoking).toBe(2);
  await waitFor(() => running.waiting === 0);
  expect([channel.ledger.transaction(before.txId)?.block, channel.ledger.transaction(after.txId)?.block]).toEqual([1, 3]);
});

test('a waiting message whose creator is revoked meanwhile is dropped', async () => {
  running.pause();
  const revoking = revokeCertificates(
    administration(),
    'AMSP',
    await newRevocationList(member(0).generated?.ca ?? member(0).material.peer, [member(0).generated?.client.certificate ?? '']),
  );
  await waitFor(() => running.waiting === 1);
  const lost = newMessage(clientOf(member(0)));
  const kept = newMessage(clientOf(member(1)));
  const following = running.place(lost.envelope);
  running.submit(kept.envelope);
  running.resume();
  await revoking;
  expect(await following).toBeUndefined();
  await waitFor(() => running.waiting === 0);
  expect([channel.ledger.transaction(lost.txId), channel.ledger.transaction(kept.txId)?.block]).toEqual([undefined, 2]);
});

test('two changes of the configuration that cross are both applied, the second on top of the first', async () => {
  running.pause();
  const lists = await Promise.all([0, 1].map((index) => newRevocationList(member(index).generated?.ca ?? member(index).material.peer, [])));
  const changes = [
    revokeCertificates(administration(), 'AMSP', lists[0] ?? ''),
    revokeCertificates(administration(), 'BMSP', lists[1] ?? ''),
  ];
  await waitFor(() => running.waiting === 2);
  running.resume();
  expect(await Promise.all(changes)).toEqual([1, 2]);
  expect(channel.ledger.channel.sequence).toBe(2);
});

test('a ledger that cannot be written stops ordering and keeps what was accepted', async () => {
  jest.spyOn(channel.ledger, 'commit').mockImplementationOnce(() => {
    throw new Error('disk full');
  });
  running.submit(newMessage(clientOf(member(0))).envelope);
  await waitFor(() => channel.failures.length > 0);
  expect(() => running.submit(newMessage(clientOf(member(0))).envelope)).toThrow(
    expect.objectContaining({ status: 'SERVICE_UNAVAILABLE' }),
  );
  running.close();
  running = channel.restart();
  expect(running.waiting).toBe(1);
  await waitFor(() => running.waiting === 0);
  expect(channel.ledger.height).toBe(2);
});
