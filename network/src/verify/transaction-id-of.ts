import { attempt, readChannelHeader, readEnvelope, readPayload } from '@medaccord/devnet/blocks';

/** What a transaction (serialized common.Envelope) calls itself; a configuration has no id. */
export function transactionIdOf(item: Uint8Array | undefined): string {
  if (item === undefined) return 'none';
  const id = attempt(() => readChannelHeader(readPayload(readEnvelope(item).payload).channelHeader).txId);
  return id === undefined || id === '' ? 'without id' : id;
}
