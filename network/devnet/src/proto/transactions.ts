import { peer } from '@hyperledger/fabric-protos';
import { hex, sha256 } from './bytes';
import { decode } from './wire';

export interface Endorsement {
  /** Serialized msp.SerializedIdentity. */
  readonly endorser: Uint8Array;
  readonly signature: Uint8Array;
}

/** One action of a peer.Transaction, opened down to the bytes that the endorsers signed. */
export interface TransactionAction {
  /** Serialized common.SignatureHeader. */
  readonly header: Uint8Array;
  /** Serialized peer.ChaincodeProposalPayload without transient data. */
  readonly proposalPayload: Uint8Array;
  /** Serialized peer.ProposalResponsePayload. */
  readonly responsePayload: Uint8Array;
  readonly endorsements: readonly Endorsement[];
}

export interface ChaincodeId {
  readonly name: string;
  readonly version: string;
}

/** peer.ChaincodeAction: what the chaincode did. */
export interface ChaincodeAction {
  /** Serialized rwset.TxReadWriteSet. */
  readonly results: Uint8Array;
  /** Serialized peer.ChaincodeEvent, or empty. */
  readonly events: Uint8Array;
  readonly response: { readonly status: number; readonly message: string; readonly payload: Uint8Array } | undefined;
  readonly chaincode: ChaincodeId | undefined;
}

/** Id of a transaction: hex of sha256 over nonce and creator (protoutil.ComputeTxID). */
export function transactionId(nonce: Uint8Array, creator: Uint8Array): string {
  return hex(sha256(nonce, creator));
}

/** sha256 over both headers and the proposal payload without transient data (protoutil.GetProposalHash1, GetProposalHash2). */
export function proposalHash(channelHeader: Uint8Array, signatureHeader: Uint8Array, proposalPayload: Uint8Array): Uint8Array {
  return sha256(channelHeader, signatureHeader, proposalPayload);
}

/** The payloads of a peer.Transaction's actions, unopened. @throws MalformedMessage */
export function readTransaction(bytes: Uint8Array): readonly { readonly header: Uint8Array; readonly payload: Uint8Array }[] {
  const transaction = decode(peer.Transaction, bytes, { messages: { 1: {} } });
  return transaction.getActionsList().map((action) => ({ header: action.getHeader_asU8(), payload: action.getPayload_asU8() }));
}

/** Opens a peer.ChaincodeActionPayload; undefined where the endorsed action is missing. @throws MalformedMessage */
export function readActionPayload(bytes: Uint8Array): Omit<TransactionAction, 'header'> | undefined {
  const payload = decode(peer.ChaincodeActionPayload, bytes, { messages: { 2: { messages: { 2: {} } } } });
  const action = payload.getAction();
  if (action === undefined) return undefined;
  return {
    proposalPayload: payload.getChaincodeProposalPayload_asU8(),
    responsePayload: action.getProposalResponsePayload_asU8(),
    endorsements: action.getEndorsementsList().map((e) => ({ endorser: e.getEndorser_asU8(), signature: e.getSignature_asU8() })),
  };
}

/** Serialized peer.Transaction with one action (the body of a prepared transaction's payload). */
export function writeTransaction(action: TransactionAction): Uint8Array {
  const endorsed = new peer.ChaincodeEndorsedAction();
  endorsed.setProposalResponsePayload(action.responsePayload);
  for (const { endorser, signature } of action.endorsements) {
    const endorsement = endorsed.addEndorsements(new peer.Endorsement());
    endorsement.setEndorser(endorser);
    endorsement.setSignature(signature);
  }
  const payload = new peer.ChaincodeActionPayload();
  payload.setChaincodeProposalPayload(action.proposalPayload);
  payload.setAction(endorsed);
  const wrapped = new peer.TransactionAction();
  wrapped.setHeader(action.header);
  wrapped.setPayload(payload.serializeBinary());
  const transaction = new peer.Transaction();
  transaction.setActionsList([wrapped]);
  return transaction.serializeBinary();
}

/** @throws MalformedMessage */
export function readResponsePayload(bytes: Uint8Array): { readonly proposalHash: Uint8Array; readonly extension: Uint8Array } {
  const payload = decode(peer.ProposalResponsePayload, bytes);
  return { proposalHash: payload.getProposalHash_asU8(), extension: payload.getExtension_asU8() };
}

export function writeResponsePayload(payload: { readonly proposalHash: Uint8Array; readonly extension: Uint8Array }): Uint8Array {
  const message = new peer.ProposalResponsePayload();
  message.setProposalHash(payload.proposalHash);
  message.setExtension$(payload.extension);
  return message.serializeBinary();
}

/** @throws MalformedMessage */
export function readChaincodeAction(bytes: Uint8Array): ChaincodeAction {
  const action = decode(peer.ChaincodeAction, bytes, { messages: { 3: { strings: [2] }, 4: { strings: [1, 2, 3] } } });
  const response = action.getResponse();
  return {
    results: action.getResults_asU8(),
    events: action.getEvents_asU8(),
    response: response && { status: response.getStatus(), message: response.getMessage(), payload: response.getPayload_asU8() },
    chaincode: readChaincodeId(action.getChaincodeId()),
  };
}

export function writeChaincodeAction(action: ChaincodeAction): Uint8Array {
  const message = new peer.ChaincodeAction();
  message.setResults(action.results);
  message.setEvents(action.events);
  if (action.response !== undefined) {
    const response = new peer.Response();
    response.setStatus(action.response.status);
    response.setMessage(action.response.message);
    response.setPayload(action.response.payload);
    message.setResponse(response);
  }
  if (action.chaincode !== undefined) {
    const id = new peer.ChaincodeID();
    id.setName(action.chaincode.name);
    id.setVersion(action.chaincode.version);
    message.setChaincodeId(id);
  }
  return message.serializeBinary();
}

/** The chaincode that a header's extension (peer.ChaincodeHeaderExtension) names. @throws MalformedMessage */
export function readHeaderExtension(bytes: Uint8Array): ChaincodeId | undefined {
  return readChaincodeId(decode(peer.ChaincodeHeaderExtension, bytes, { messages: { 2: { strings: [1, 2, 3] } } }).getChaincodeId());
}

export interface ChaincodeEvent {
  readonly chaincode: string;
  readonly txId: string;
  readonly name: string;
  readonly payload: Uint8Array;
}

/** @throws MalformedMessage */
export function readChaincodeEvent(bytes: Uint8Array): ChaincodeEvent {
  const event = decode(peer.ChaincodeEvent, bytes, { strings: [1, 2, 3] });
  return { chaincode: event.getChaincodeId(), txId: event.getTxId(), name: event.getEventName(), payload: event.getPayload_asU8() };
}

/** Arguments of a peer.ChaincodeProposalPayload's input (peer.ChaincodeInvocationSpec). @throws MalformedMessage */
export function readArguments(proposalPayload: Uint8Array): readonly Uint8Array[] {
  const input = decode(peer.ChaincodeProposalPayload, proposalPayload).getInput_asU8();
  const spec = decode(peer.ChaincodeInvocationSpec, input, { messages: { 1: { messages: { 3: {} } } } });
  return spec.getChaincodeSpec()?.getInput()?.getArgsList_asU8() ?? [];
}

function readChaincodeId(id: peer.ChaincodeID | undefined): ChaincodeId | undefined {
  return id === undefined ? undefined : { name: id.getName(), version: id.getVersion() };
}
