import { readEnvelope, readPayload, readSignatureHeader } from '../proto/envelopes';
import { transactionId } from '../proto/transactions';

/** What ordering knows a message by: hex of sha256 over nonce and creator (orderer/consensus/smartbft/util.go). @throws MalformedMessage */
export function messageKey(envelope: Uint8Array): string {
  const { nonce, creator } = readSignatureHeader(readPayload(readEnvelope(envelope).payload).signatureHeader);
  return transactionId(nonce, creator);
}
