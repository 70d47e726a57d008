import { randomBytes } from 'node:crypto';
import { common } from '@hyperledger/fabric-protos';
import { asBytes, concat } from '../../src/proto/bytes';
import {
  readEnvelope,
  readPayload,
  readSignatureHeader,
  writeEnvelope,
  writePayload,
  writeSignatureHeader,
  type Envelope,
} from '../../src/proto/envelopes';
import { readRwSet, writeRwSet, type NamespaceRwSet } from '../../src/proto/rwset';
import { signLowS } from '../../src/proto/signatures';
import {
  proposalHash,
  readActionPayload,
  readChaincodeAction,
  readResponsePayload,
  readTransaction,
  transactionId,
  writeChaincodeAction,
  writeResponsePayload,
  writeTransaction,
  type ChaincodeAction,
  type Endorsement,
} from '../../src/proto/transactions';
import type { Signer } from './re-signed-recording';

type Mutable<T> = T extends Uint8Array
  ? T
  : T extends readonly (infer E)[]
    ? Mutable<E>[]
    : T extends object
      ? { -readonly [K in keyof T]: Mutable<T[K]> }
      : T;
type Bend<T> = (made: T) => T;

/** A transaction with its parts laid open: what is changed here is signed and hashed again when it is sealed. */
export interface EditableTransaction {
  header: common.ChannelHeader;
  creator: Signer;
  nonce: Uint8Array;
  proposalPayload: Uint8Array;
  response: Mutable<Omit<ChaincodeAction, 'results'>>;
  rwset: Mutable<NamespaceRwSet>[];
  endorsers: Signer[];
  /** Changes to a finished layer, which only the layers around it take into account. */
  bend: {
    txId?: Bend<string>;
    channelHeader?: Bend<Uint8Array>;
    signatureHeader?: Bend<Uint8Array>;
    results?: Bend<Uint8Array>;
    action?: Bend<Uint8Array>;
    proposalHash?: Bend<Uint8Array>;
    /** After endorsement: what the endorsers did not see. */
    responsePayload?: Bend<Uint8Array>;
    proposalPayload?: Bend<Uint8Array>;
    actionHeader?: Bend<Uint8Array>;
    /** The action's header as the endorsers saw it, too. */
    proposedHeader?: Bend<Uint8Array>;
    endorsements?: Bend<readonly Endorsement[]>;
    data?: Bend<Uint8Array>;
    payload?: Bend<Uint8Array>;
    envelope?: Bend<Envelope>;
    item?: Bend<Uint8Array>;
  };
}

export function openTransaction(item: Uint8Array, signerOf: (identity: Uint8Array) => Signer): EditableTransaction {
  const payload = readPayload(readEnvelope(item).payload);
  const signer = readSignatureHeader(payload.signatureHeader);
  const [only] = readTransaction(payload.data);
  const action = only && readActionPayload(only.payload);
  if (action === undefined) throw new Error('the item is no endorsed transaction');
  const response = readChaincodeAction(readResponsePayload(action.responsePayload).extension);
  return {
    header: common.ChannelHeader.deserializeBinary(payload.channelHeader),
    creator: signerOf(signer.creator),
    nonce: signer.nonce,
    proposalPayload: action.proposalPayload,
    response,
    rwset: readRwSet(response.results) as EditableTransaction['rwset'],
    endorsers: action.endorsements.map(({ endorser }) => signerOf(endorser)),
    bend: {},
  };
}

/** Gives the transaction an id of its own. */
export function renew(transaction: EditableTransaction): void {
  transaction.nonce = asBytes(randomBytes(24));
}

/** Hashes, endorses and signs a transaction as client, endorsers and gateway do. */
export function sealTransaction(transaction: EditableTransaction): Uint8Array {
  const { header, creator, nonce, bend } = transaction;
  header.setTxId(apply(bend.txId, transactionId(nonce, creator.identity)));
  const channelHeader = apply(bend.channelHeader, header.serializeBinary());
  const signatureHeader = apply(bend.signatureHeader, writeSignatureHeader({ creator: creator.identity, nonce }));
  const data = apply(bend.data, sealData(transaction, channelHeader, signatureHeader));
  const payload = apply(bend.payload, writePayload({ channelHeader, signatureHeader, data }));
  const envelope = apply(bend.envelope, { payload, signature: signLowS(creator.key, payload) });
  return apply(bend.item, writeEnvelope(envelope));
}

function sealData(transaction: EditableTransaction, channelHeader: Uint8Array, signatureHeader: Uint8Array): Uint8Array {
  const { bend, response, endorsers, proposalPayload } = transaction;
  const results = apply(bend.results, writeRwSet(transaction.rwset));
  const proposedHeader = apply(bend.proposedHeader, signatureHeader);
  const hash = apply(bend.proposalHash, proposalHash(channelHeader, proposedHeader, proposalPayload));
  const extension = apply(bend.action, writeChaincodeAction({ ...response, results }));
  const responsePayload = writeResponsePayload({ proposalHash: hash, extension });
  const endorsements = endorsers.map(({ identity, key }) => ({
    endorser: identity,
    signature: signLowS(key, concat(responsePayload, identity)),
  }));
  return writeTransaction({
    header: apply(bend.actionHeader, proposedHeader),
    proposalPayload: apply(bend.proposalPayload, proposalPayload),
    responsePayload: apply(bend.responsePayload, responsePayload),
    endorsements: apply(bend.endorsements, endorsements),
  });
}

function apply<T>(bend: Bend<T> | undefined, made: T): T {
  return bend === undefined ? made : bend(made);
}
