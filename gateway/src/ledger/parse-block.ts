import { common, ledger, peer } from '@hyperledger/fabric-protos';
import { VALID } from './validation-codes';
import type { LedgerBlock, LedgerEvent, LedgerTransaction, StateWrite } from './ledger';

/** What one chaincode wrote in a block, with the validation codes of its transactions (common/common.proto, ledger/rwset). */
export function parseBlock(block: common.Block, chaincode: string): LedgerBlock {
  const envelopes = block.getData()?.getDataList_asU8() ?? [];
  const filter = block.getMetadata()?.getMetadataList_asU8()[common.BlockMetadataIndex.TRANSACTIONS_FILTER] ?? new Uint8Array();
  const parsed = envelopes.map((bytes, index) => ({ ...parseEnvelope(bytes), index, code: filter[index] ?? 255 }));
  const isTransaction = ({ header }: ParsedEnvelope): boolean => header?.getType() === common.HeaderType.ENDORSER_TRANSACTION;
  return {
    number: block.getHeader()?.getNumber() ?? 0,
    time: Math.max(0, ...parsed.filter(({ code }) => code === VALID).map(({ header }) => header?.getTimestamp()?.toDate().getTime() ?? 0)),
    transactions: parsed.filter(isTransaction).map(({ payload, header, index, code }) => {
      const content = code === VALID ? parseActions(payload, chaincode) : { writes: [], event: undefined };
      return { index, transactionId: header?.getTxId() ?? '', code, ...content };
    }),
  };
}

interface ParsedEnvelope {
  readonly payload: common.Payload;
  readonly header: common.ChannelHeader | undefined;
}

/** Anybody who may write to the channel can have bytes ordered that are no transaction; peers mark them invalid, and they count for nothing. */
function parseEnvelope(bytes: Uint8Array): ParsedEnvelope {
  try {
    const payload = common.Payload.deserializeBinary(common.Envelope.deserializeBinary(bytes).getPayload_asU8());
    return { payload, header: common.ChannelHeader.deserializeBinary(payload.getHeader()?.getChannelHeader_asU8() ?? new Uint8Array()) };
  } catch {
    return { payload: new common.Payload(), header: undefined };
  }
}

function parseActions(payload: common.Payload, chaincode: string): Pick<LedgerTransaction, 'writes' | 'event'> {
  const writes: StateWrite[] = [];
  let event: LedgerEvent | undefined;
  for (const action of peer.Transaction.deserializeBinary(payload.getData_asU8()).getActionsList()) {
    const chaincodeAction = parseChaincodeAction(action.getPayload_asU8());
    writes.push(...parseWrites(chaincodeAction.getResults_asU8(), chaincode));
    event = parseEvent(chaincodeAction.getEvents_asU8(), chaincode) ?? event;
  }
  return { writes, event };
}

function parseChaincodeAction(bytes: Uint8Array): peer.ChaincodeAction {
  const endorsed = peer.ChaincodeActionPayload.deserializeBinary(bytes).getAction();
  const response = peer.ProposalResponsePayload.deserializeBinary(endorsed?.getProposalResponsePayload_asU8() ?? new Uint8Array());
  return peer.ChaincodeAction.deserializeBinary(response.getExtension_asU8());
}

function parseWrites(results: Uint8Array, chaincode: string): StateWrite[] {
  const sets = ledger.rwset.TxReadWriteSet.deserializeBinary(results).getNsRwsetList();
  return sets
    .filter((set) => set.getNamespace() === chaincode)
    .flatMap((set) => ledger.rwset.kvrwset.KVRWSet.deserializeBinary(set.getRwset_asU8()).getWritesList())
    .map((write) => ({
      key: write.getKey(),
      value: write.getIsDelete() ? undefined : Buffer.from(write.getValue_asU8()).toString('utf8'),
    }));
}

function parseEvent(bytes: Uint8Array, chaincode: string): LedgerEvent | undefined {
  if (bytes.length === 0) return undefined;
  const event = peer.ChaincodeEvent.deserializeBinary(bytes);
  if (event.getChaincodeId() !== chaincode) return undefined;
  return { name: event.getEventName(), payload: Buffer.from(event.getPayload_asU8()).toString('utf8') };
}
