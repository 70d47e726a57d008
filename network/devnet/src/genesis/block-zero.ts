import { HEADER_TYPE, writeEnvelope, writePayload, writeSignatureHeader } from '../proto/envelopes';
import { EMPTY, fromHex } from '../proto/bytes';
import { blockDataHash, writeBlock } from '../proto/blocks';
import { transactionId } from '../proto/transactions';
import { newChannelHeader, newNonce, writeConfigEnvelope } from './config-envelope';
import { newChannelGroup, type Member } from './config-groups';
import type { Consortium } from './consortium';

/** Metadata value of an unsigned block 0: OrdererBlockMetadata with last_config 0. */
const FIRST_SIGNATURES = fromHex('0a020a00');

/** Serialized common.Block: the configuration block that starts a channel, without signatures (internal/configtxgen/encoder). */
export function newBlockZero(consortium: Consortium, members: readonly Member[]): Uint8Array {
  const nonce = newNonce();
  const payload = writePayload({
    channelHeader: newChannelHeader({
      type: HEADER_TYPE.config,
      channelId: consortium.channel,
      txId: transactionId(nonce, EMPTY),
      version: 1,
    }),
    signatureHeader: writeSignatureHeader({ creator: EMPTY, nonce }),
    data: writeConfigEnvelope({ sequence: 0, channelGroup: newChannelGroup(consortium, members) }),
  });
  const items = [writeEnvelope({ payload, signature: EMPTY })];
  return writeBlock({
    number: 0,
    previousHash: EMPTY,
    dataHash: blockDataHash(items),
    items,
    metadata: [FIRST_SIGNATURES, EMPTY, EMPTY, EMPTY, EMPTY],
  });
}
