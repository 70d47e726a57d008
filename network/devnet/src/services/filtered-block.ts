import { peer } from '@hyperledger/fabric-protos';
import { HEADER_TYPE } from '../proto/envelopes';
import type { BlockDigest, TransactionDigest } from './block-digest';

/** Serialized peer.FilteredBlock: ids, types, codes, and events without their payload, of invalid transactions too (core/peer/deliverevents.go). */
export function newFilteredBlock(digest: BlockDigest): Uint8Array {
  const block = new peer.FilteredBlock();
  block.setChannelId(digest.channelId);
  block.setNumber(digest.number);
  block.setFilteredTransactionsList(digest.transactions.map(toFiltered));
  return block.serializeBinary();
}

function toFiltered({ txId, type, code, event }: TransactionDigest): peer.FilteredTransaction {
  const transaction = new peer.FilteredTransaction();
  transaction.setTxid(txId);
  transaction.setType(type as ReturnType<typeof transaction.getType>);
  transaction.setTxValidationCode(code as ReturnType<typeof transaction.getTxValidationCode>);
  if (type !== HEADER_TYPE.endorserTransaction) return transaction;
  const actions = new peer.FilteredTransactionActions();
  if (event !== undefined) {
    const filtered = new peer.ChaincodeEvent();
    filtered.setChaincodeId(event.chaincode);
    filtered.setTxId(event.txId);
    filtered.setEventName(event.name);
    actions.addChaincodeActions(new peer.FilteredChaincodeAction()).setChaincodeEvent(filtered);
  }
  transaction.setTransactionActions(actions);
  return transaction;
}
