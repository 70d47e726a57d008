import { randomBytes } from 'node:crypto';
import { common, peer } from '@hyperledger/fabric-protos';
import { Timestamp } from 'google-protobuf/google/protobuf/timestamp_pb';
import { openProposal, type Proposal } from '../../src/endorser/proposal';
import { utf8 } from '../../src/proto/bytes';
import { HEADER_TYPE, writeSignatureHeader } from '../../src/proto/envelopes';
import { transactionId } from '../../src/proto/transactions';
import type { RecordedTransaction, Step } from './recording';

/** The proposal that a recorded transaction was endorsed for. Its client's signature is not in the block, so it is not there. */
export function recordedProposal(transaction: RecordedTransaction, step: Step): Proposal {
  const content = peer.ChaincodeProposalPayload.deserializeBinary(transaction.proposalPayload);
  return newProposal({ channel: transaction.channelHeader, signature: transaction.header }, content, step);
}

/** A proposal of the step's script by a client, as the gateway client makes it; unsigned. */
export function newScriptProposal(creator: Uint8Array, step: Step): Proposal {
  const nonce = new Uint8Array(randomBytes(24));
  const spec = new peer.ChaincodeSpec();
  spec.setType(peer.ChaincodeSpec.Type.NODE);
  spec.setChaincodeId(goldenId());
  const input = new peer.ChaincodeInput();
  input.setArgsList([utf8('run'), utf8(JSON.stringify(step.script))]);
  spec.setInput(input);
  const invocation = new peer.ChaincodeInvocationSpec();
  invocation.setChaincodeSpec(spec);
  const content = new peer.ChaincodeProposalPayload();
  content.setInput(invocation.serializeBinary());
  const headers = { channel: newChannelHeader(transactionId(nonce, creator)), signature: writeSignatureHeader({ creator, nonce }) };
  return newProposal(headers, content, step);
}

function newProposal(
  headers: { readonly channel: Uint8Array; readonly signature: Uint8Array },
  content: peer.ChaincodeProposalPayload,
  step: Step,
): Proposal {
  for (const [name, value] of Object.entries(step.transient ?? {})) content.getTransientmapMap().set(name, utf8(value));
  const header = new common.Header();
  header.setChannelHeader(headers.channel);
  header.setSignatureHeader(headers.signature);
  const proposal = new peer.Proposal();
  proposal.setHeader(header.serializeBinary());
  proposal.setPayload(content.serializeBinary());
  const signed = new peer.SignedProposal();
  signed.setProposalBytes(proposal.serializeBinary());
  return openProposal(signed);
}

function newChannelHeader(txId: string): Uint8Array {
  const extension = new peer.ChaincodeHeaderExtension();
  extension.setChaincodeId(goldenId());
  const header = new common.ChannelHeader();
  header.setType(HEADER_TYPE.endorserTransaction);
  header.setTimestamp(Timestamp.fromDate(new Date()));
  header.setChannelId('main');
  header.setTxId(txId);
  header.setExtension$(extension.serializeBinary());
  return header.serializeBinary();
}

function goldenId(): peer.ChaincodeID {
  const id = new peer.ChaincodeID();
  id.setName('golden');
  return id;
}
