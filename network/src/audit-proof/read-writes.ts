import { ledger, peer } from '@hyperledger/fabric-protos';
import {
  attempt,
  HEADER_TYPE,
  METADATA,
  readBlock,
  readChannelHeader,
  readEnvelope,
  readPayload,
  readSerializedIdentity,
  readSignatureHeader,
} from '@medaccord/devnet/blocks';

/** A public value that a valid transaction wrote. */
export interface LedgerWrite {
  readonly key: string;
  readonly value: string;
  /** The member whose client signed the transaction. */
  readonly creator: string;
  readonly block: number;
}

const VALID = 0;

/** What one chaincode's valid transactions wrote in a block (serialized common.Block); what cannot be read wrote nothing. */
export function readWrites(bytes: Uint8Array, chaincode: string): readonly LedgerWrite[] {
  const block = attempt(() => readBlock(bytes));
  const codes = block?.metadata[METADATA.transactionsFilter];
  return (block?.items ?? []).flatMap((item, index) => {
    if (codes?.[index] !== VALID) return [];
    const written = attempt(() => readTransaction(item, chaincode)) ?? [];
    return written.map((write) => ({ ...write, block: block?.number ?? 0 }));
  });
}

function readTransaction(item: Uint8Array, chaincode: string): readonly Omit<LedgerWrite, 'block'>[] {
  const payload = readPayload(readEnvelope(item).payload);
  if (readChannelHeader(payload.channelHeader).type !== HEADER_TYPE.endorserTransaction) return [];
  const { mspId: creator } = readSerializedIdentity(readSignatureHeader(payload.signatureHeader).creator);
  return peer.Transaction.deserializeBinary(payload.data)
    .getActionsList()
    .flatMap((action) => readSets(action.getPayload_asU8()))
    .filter((set) => set.getNamespace() === chaincode)
    .flatMap((set) => ledger.rwset.kvrwset.KVRWSet.deserializeBinary(set.getRwset_asU8()).getWritesList())
    .filter((write) => !write.getIsDelete())
    .map((write) => ({ key: write.getKey(), value: Buffer.from(write.getValue_asU8()).toString('utf8'), creator }));
}

function readSets(payload: Uint8Array): readonly ledger.rwset.NsReadWriteSet[] {
  const endorsed = peer.ChaincodeActionPayload.deserializeBinary(payload).getAction();
  const response = peer.ProposalResponsePayload.deserializeBinary(endorsed?.getProposalResponsePayload_asU8() ?? new Uint8Array());
  const results = peer.ChaincodeAction.deserializeBinary(response.getExtension_asU8()).getResults_asU8();
  return ledger.rwset.TxReadWriteSet.deserializeBinary(results).getNsRwsetList();
}
