import { X509Certificate } from 'node:crypto';
import { peer } from '@hyperledger/fabric-protos';
import { readBlock } from '../proto/blocks';
import { EMPTY, hex, text } from '../proto/bytes';
import { HEADER_TYPE, readChannelHeader, readEnvelope, readPayload, readSerializedIdentity, readSignatureHeader } from '../proto/envelopes';
import { readRwSet, isDeletion, type NamespaceRwSet } from '../proto/rwset';
import {
  readActionPayload,
  readArguments,
  readChaincodeAction,
  readChaincodeEvent,
  readResponsePayload,
  readTransaction,
} from '../proto/transactions';
import type { Version } from '../proto/version';
import { attempt } from '../proto/wire';
import type { TransactionPlace } from '../store/ledger';

/** A transaction for people: who, what was called, which keys it read and wrote; values and arguments are left out. */
export interface TransactionDescription {
  readonly txId: string;
  readonly block: number;
  readonly index: number;
  readonly code: number;
  /** Name of the code in peer.TxValidationCode. */
  readonly codeName: string;
  /** Why it is invalid, as far as was found out. */
  readonly explanation: string | undefined;
  readonly type: 'transaction' | 'configuration' | 'unreadable';
  readonly creator: Signatory;
  readonly chaincode: string | undefined;
  readonly version: string | undefined;
  readonly function: string | undefined;
  /** How many arguments follow the function's name. */
  readonly argumentCount: number;
  readonly endorsers: readonly Signatory[];
  readonly event: string | undefined;
  readonly namespaces: readonly NamespaceDescription[];
}

export interface Signatory {
  readonly mspId: string;
  readonly subject: string;
}

export interface NamespaceDescription {
  readonly namespace: string;
  /** With the version read, as "block/index"; "absent" where there was none. */
  readonly reads: readonly string[];
  readonly ranges: readonly string[];
  readonly writes: readonly string[];
  readonly deletes: readonly string[];
  /** Keys whose policy is set. */
  readonly policies: readonly string[];
  /** Private collections: keys by the hex of their hash. */
  readonly collections: readonly {
    readonly collection: string;
    readonly reads: readonly string[];
    readonly writes: readonly string[];
    readonly policies: readonly string[];
  }[];
}

/** @param block serialized common.Block that holds the transaction at its place */
export function describeTransaction(block: Uint8Array, place: TransactionPlace, explanation: string | undefined): TransactionDescription {
  const verdict = { ...place, codeName: codeName(place.code), explanation };
  const payload = attempt(() => readPayload(readEnvelope(readBlock(block).items[place.index] ?? EMPTY).payload));
  const header = payload && attempt(() => readChannelHeader(payload.channelHeader));
  if (payload === undefined || header === undefined) return { txId: '', ...verdict, type: 'unreadable', creator: NOBODY, ...NO_ACTION };
  const isTransaction = header.type === HEADER_TYPE.endorserTransaction;
  return {
    txId: header.txId,
    ...verdict,
    type: isTransaction ? 'transaction' : 'configuration',
    creator: signatory(attempt(() => readSignatureHeader(payload.signatureHeader))?.creator ?? EMPTY),
    ...(isTransaction ? describeAction(payload.data) : NO_ACTION),
  };
}

const NOBODY: Signatory = { mspId: '', subject: 'unreadable' };
const NO_ACTION = {
  chaincode: undefined,
  version: undefined,
  function: undefined,
  argumentCount: 0,
  endorsers: [],
  event: undefined,
  namespaces: [],
};

function describeAction(
  data: Uint8Array,
): Omit<TransactionDescription, keyof TransactionPlace | 'txId' | 'codeName' | 'explanation' | 'type' | 'creator'> {
  try {
    const [wrapped] = readTransaction(data);
    const opened = wrapped && readActionPayload(wrapped.payload);
    if (opened === undefined) return NO_ACTION;
    const action = readChaincodeAction(readResponsePayload(opened.responsePayload).extension);
    const [name, ...rest] = readArguments(opened.proposalPayload);
    return {
      chaincode: action.chaincode?.name,
      version: action.chaincode?.version,
      function: name && text(name),
      argumentCount: rest.length,
      endorsers: opened.endorsements.map(({ endorser }) => signatory(endorser)),
      event: action.events.length === 0 ? undefined : readChaincodeEvent(action.events).name,
      namespaces: readRwSet(action.results).map(describeNamespace),
    };
  } catch {
    return NO_ACTION;
  }
}

function describeNamespace(set: NamespaceRwSet): NamespaceDescription {
  return {
    namespace: set.namespace,
    reads: set.reads.map(({ key, version }) => `${key} (${describeVersion(version)})`),
    ranges: set.rangeQueries.map(({ startKey, endKey }) => `${startKey} .. ${endKey}`),
    writes: set.writes.filter((write) => !isDeletion(write)).map(({ key }) => key),
    deletes: set.writes.filter(isDeletion).map(({ key }) => key),
    policies: set.metadataWrites.map(({ key }) => key),
    collections: set.collections.map(({ collection, hashedReads, hashedWrites, metadataWrites }) => ({
      collection,
      reads: hashedReads.map(({ keyHash, version }) => `${hex(keyHash)} (${describeVersion(version)})`),
      writes: hashedWrites.map(({ keyHash }) => hex(keyHash)),
      policies: metadataWrites.map(({ keyHash }) => hex(keyHash)),
    })),
  };
}

function describeVersion(version: Version | undefined): string {
  return version === undefined ? 'absent' : `${version.block}/${version.tx}`;
}

function signatory(identity: Uint8Array): Signatory {
  if (identity.length === 0) return { mspId: '', subject: 'nobody' };
  try {
    const { mspId, idBytes } = readSerializedIdentity(identity);
    return { mspId, subject: new X509Certificate(idBytes).subject.replaceAll('\n', ', ') };
  } catch {
    return NOBODY;
  }
}

function codeName(code: number): string {
  return Object.entries(peer.TxValidationCode).find(([, value]) => value === code)?.[0] ?? String(code);
}
