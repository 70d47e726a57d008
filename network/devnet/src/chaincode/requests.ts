import { ledger, peer } from '@hyperledger/fabric-protos';
import { Timestamp } from 'google-protobuf/google/protobuf/timestamp_pb';
import { EMPTY } from '../proto/bytes';
import type { MetadataEntry } from '../proto/rwset';
import type { Scan, ScanRow } from '../simulation/range-scan';
import { RequestRefused } from '../simulation/request-refused';
import type { KeyModification } from '../store/state';
import { parsePage } from './open-queries';
import { assertMayRead, assertMayWrite } from './private-rights';
import type { RunningTransaction } from './transaction';

const { queryresult } = ledger;
const { Type } = peer.ChaincodeMessage;

/** Answers a request of the chaincode: its payload in, the payload of the RESPONSE out. */
export type RequestHandler = (transaction: RunningTransaction, payload: Uint8Array) => Uint8Array;

/**
 * Requests by message type, except INVOKE_CHAINCODE (core/chaincode/handler.go). WRITE_BATCH_STATE and GET_STATE_MULTIPLE are missing:
 * a shim sends them only to a peer whose READY offers them.
 */
export const REQUESTS: ReadonlyMap<number, RequestHandler> = new Map<number, RequestHandler>([
  [Type.GET_STATE, getState],
  [Type.PUT_STATE, putState],
  [Type.DEL_STATE, deleteState],
  [Type.GET_STATE_METADATA, getMetadata],
  [Type.PUT_STATE_METADATA, putMetadata],
  [Type.GET_PRIVATE_DATA_HASH, getPrivateHash],
  [Type.PURGE_PRIVATE_DATA, purgePrivate],
  [Type.GET_STATE_BY_RANGE, getRange],
  [Type.GET_QUERY_RESULT, getQueryResult],
  [Type.QUERY_STATE_NEXT, queryNext],
  [Type.QUERY_STATE_CLOSE, queryClose],
  [Type.GET_HISTORY_FOR_KEY, getHistory],
]);

function getState(transaction: RunningTransaction, payload: Uint8Array): Uint8Array {
  const request = peer.GetState.deserializeBinary(payload);
  const { simulation, chaincode } = transaction.invocation;
  const collection = request.getCollection();
  if (collection === '') return simulation.get(chaincode, request.getKey());
  assertMayRead(transaction, collection);
  return simulation.getPrivate(chaincode, collection, request.getKey());
}

function putState(transaction: RunningTransaction, payload: Uint8Array): Uint8Array {
  const request = peer.PutState.deserializeBinary(payload);
  return write(transaction, request.getCollection(), request.getKey(), request.getValue_asU8());
}

function deleteState(transaction: RunningTransaction, payload: Uint8Array): Uint8Array {
  const request = peer.DelState.deserializeBinary(payload);
  return write(transaction, request.getCollection(), request.getKey(), EMPTY);
}

function write(transaction: RunningTransaction, collection: string, key: string, value: Uint8Array): Uint8Array {
  const { simulation, chaincode } = transaction.invocation;
  if (collection === '') {
    simulation.put(chaincode, key, value);
  } else {
    assertMayWrite(transaction, collection);
    simulation.putPrivate(chaincode, collection, key, value);
  }
  return EMPTY;
}

function getMetadata(transaction: RunningTransaction, payload: Uint8Array): Uint8Array {
  const request = peer.GetStateMetadata.deserializeBinary(payload);
  const result = new peer.StateMetadataResult();
  for (const { name, value } of readMetadata(transaction, request.getCollection(), request.getKey())) {
    const entry = new peer.StateMetadata();
    entry.setMetakey(name);
    entry.setValue(value);
    result.addEntries(entry);
  }
  return result.serializeBinary();
}

function readMetadata(transaction: RunningTransaction, collection: string, key: string): readonly MetadataEntry[] {
  const { simulation, chaincode } = transaction.invocation;
  if (collection === '') return simulation.metadata(chaincode, key);
  assertMayRead(transaction, collection);
  return simulation.privateMetadata(chaincode, collection, key);
}

/** What is written is exactly this one entry: it replaces all others. */
function putMetadata(transaction: RunningTransaction, payload: Uint8Array): Uint8Array {
  const request = peer.PutStateMetadata.deserializeBinary(payload);
  const { simulation, chaincode } = transaction.invocation;
  const metadata = request.getMetadata();
  const entries = [{ name: metadata?.getMetakey() ?? '', value: metadata?.getValue_asU8() ?? EMPTY }];
  const collection = request.getCollection();
  if (collection === '') {
    simulation.putMetadata(chaincode, request.getKey(), entries);
  } else {
    assertMayWrite(transaction, collection);
    simulation.putPrivateMetadata(chaincode, collection, request.getKey(), entries);
  }
  return EMPTY;
}

/** On every peer and for every client: no membership check. */
function getPrivateHash({ invocation }: RunningTransaction, payload: Uint8Array): Uint8Array {
  const request = peer.GetState.deserializeBinary(payload);
  return invocation.simulation.getPrivateHash(invocation.chaincode, request.getCollection(), request.getKey());
}

function purgePrivate(transaction: RunningTransaction, payload: Uint8Array): Uint8Array {
  const request = peer.PurgePrivateState.deserializeBinary(payload);
  const { simulation, chaincode } = transaction.invocation;
  if (!canPurge(simulation.source.ledger.channel.capabilities.application))
    throw new RequestRefused('purge private data is not enabled, channel application capability of V2_5 or later is required');
  if (request.getCollection() === '') throw new RequestRefused('only applicable for private data');
  assertMayWrite(transaction, request.getCollection());
  simulation.purgePrivate(chaincode, request.getCollection(), request.getKey());
  return EMPTY;
}

function canPurge(capabilities: readonly string[]): boolean {
  return capabilities.includes('V2_5');
}

function getRange(transaction: RunningTransaction, payload: Uint8Array): Uint8Array {
  const request = peer.GetStateByRange.deserializeBinary(payload);
  const { simulation, chaincode } = transaction.invocation;
  const range = { namespace: chaincode, startKey: request.getStartkey(), endKey: request.getEndkey() };
  const page = parsePage(request.getMetadata_asU8());
  const collection = request.getCollection();
  if (collection !== '') {
    assertMayRead(transaction, collection);
    return transaction.queries.start(rowBytes(simulation.privateRange(range, collection), chaincode), undefined).serializeBinary();
  }
  if (page === undefined) return transaction.queries.start(rowBytes(simulation.range(range), chaincode), undefined).serializeBinary();
  const from = page.bookmark === '' ? range : { ...range, startKey: page.bookmark };
  return transaction.queries.start(rowBytes(simulation.page(from, page.size), chaincode), page).serializeBinary();
}

/** Rich queries need another state database; the order of the refusals is that of a peer with LevelDB. */
function getQueryResult(transaction: RunningTransaction, payload: Uint8Array): Uint8Array {
  const request = peer.GetQueryResult.deserializeBinary(payload);
  const { simulation, chaincode } = transaction.invocation;
  if (request.getCollection() !== '') {
    assertMayRead(transaction, request.getCollection());
    simulation.assertMayQueryPrivate(chaincode, request.getCollection());
    throw new RequestRefused('ExecuteQuery not supported for leveldb');
  }
  if (parsePage(request.getMetadata_asU8()) === undefined) throw new RequestRefused('ExecuteQuery not supported for leveldb');
  simulation.assertMayPaginate();
  throw new RequestRefused('ExecuteQueryWithMetadata not supported for leveldb');
}

function queryNext({ queries }: RunningTransaction, payload: Uint8Array): Uint8Array {
  return queries.next(peer.QueryStateNext.deserializeBinary(payload).getId()).serializeBinary();
}

function queryClose({ queries }: RunningTransaction, payload: Uint8Array): Uint8Array {
  return queries.close(peer.QueryStateClose.deserializeBinary(payload).getId()).serializeBinary();
}

function getHistory({ invocation, queries }: RunningTransaction, payload: Uint8Array): Uint8Array {
  const key = peer.GetHistoryForKey.deserializeBinary(payload).getKey();
  const scan = mapScan(invocation.simulation.history(invocation.chaincode, key), formatModification);
  return queries.start(scan, undefined).serializeBinary();
}

function formatModification(modification: KeyModification): Uint8Array {
  const message = new queryresult.KeyModification();
  message.setTxId(modification.txId);
  message.setValue(modification.value);
  if (modification.timestamp !== undefined) message.setTimestamp(Timestamp.deserializeBinary(modification.timestamp));
  message.setIsDelete(modification.isDelete);
  return message.serializeBinary();
}

function rowBytes(scan: Scan<ScanRow>, namespace: string): Scan<Uint8Array> {
  return mapScan(scan, ({ key, value }) => {
    const row = new queryresult.KV();
    row.setNamespace(namespace);
    row.setKey(key);
    row.setValue(value);
    return row.serializeBinary();
  });
}

function mapScan<Row>(scan: Scan<Row>, format: (row: Row) => Uint8Array): Scan<Uint8Array> {
  return {
    next: () => {
      const row = scan.next();
      return row === undefined ? undefined : format(row);
    },
    bookmarkAndClose: () => scan.bookmarkAndClose(),
    close: () => scan.close(),
  };
}
