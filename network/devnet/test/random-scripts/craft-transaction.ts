import type { Transaction } from '@hyperledger/fabric-gateway';
import { common, gateway as messages } from '@hyperledger/fabric-protos';
import { equalBytes } from '../../src/proto/bytes';
import { readChannelHeader, readEnvelope, readPayload, readSerializedIdentity, readSignatureHeader } from '../../src/proto/envelopes';
import { openTransaction, sealTransaction } from '../conformance/editable-transaction';
import { CRAFT_CHANGES } from './craft-changes';
import type { ScriptLedger } from './script-ledger';

/**
 * Changes an endorsed transaction and signs it again as its endorsers and its client, as somebody could who holds all their keys: what a
 * ledger lets pass must not depend on honest gateways.
 */
export function craftTransaction(
  ledger: ScriptLedger,
  transaction: Transaction,
  change: string,
): { transaction: Transaction; txId: string } {
  const apply = CRAFT_CHANGES[change];
  if (apply === undefined) throw new Error(`no such change: ${change}`);
  const { mspIds } = ledger;
  const { chaincode, signer } = ledger.spec;
  const prepared = messages.PreparedTransaction.deserializeBinary(transaction.getBytes());
  const item = (prepared.getEnvelope() ?? new common.Envelope()).serializeBinary();
  const { creator } = readSignatureHeader(readPayload(readEnvelope(item).payload).signatureHeader);
  const open = openTransaction(item, (identity) => {
    return signer(readSerializedIdentity(identity).mspId, equalBytes(identity, creator) ? 'client' : 'peer');
  });
  apply(open, { chaincode, mspIds, member: signer });
  const sealed = sealTransaction(open);
  const { txId } = readChannelHeader(readPayload(readEnvelope(sealed).payload).channelHeader);
  prepared.setEnvelope(common.Envelope.deserializeBinary(sealed));
  prepared.setTransactionId(txId);
  return { transaction: ledger.gateway(readSerializedIdentity(creator).mspId).newTransaction(prepared.serializeBinary()), txId };
}
