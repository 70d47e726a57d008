import { common, peer } from '@hyperledger/fabric-protos';
import { readChannelHeader, readSignatureHeader, type ChannelHeader, type SignatureHeader } from '../proto/envelopes';
import { proposalHash, readHeaderExtension } from '../proto/transactions';
import { decode, MalformedMessage, type Shape } from '../proto/wire';

/** A client's proposal, opened as far as the gateway looks at it. */
export interface Proposal {
  readonly signed: peer.SignedProposal;
  readonly channelHeaderBytes: Uint8Array;
  readonly signatureHeaderBytes: Uint8Array;
  readonly channelHeader: ChannelHeader;
  /** Name in the invocation, if there is one. */
  readonly spec: peer.ChaincodeSpec | undefined;
  readonly hasTransientData: boolean;
  /** Serialized peer.ChaincodeProposalPayload without transient data: what enters the transaction. */
  readonly payload: Uint8Array;
  /** What only endorsers look at; a text: the reason why they cannot. */
  readonly inner: InnerProposal | string;
}

export interface InnerProposal {
  readonly signatureHeader: SignatureHeader;
  readonly chaincode: string;
  readonly input: peer.ChaincodeInput;
  readonly hash: Uint8Array;
}

/** Part of a proposal that cannot be decoded; the message is Fabric's (protoutil/unmarshalers.go). */
export class ProposalUnreadable extends Error {
  override readonly name = 'ProposalUnreadable';
}

const SPEC_SHAPE: Shape = { messages: { 1: { messages: { 2: { strings: [1, 2, 3] }, 3: {} } } } };

/**
 * Opens a signed proposal. The bytes of both headers stay as they came: hash and signature are over them.
 * @throws ProposalUnreadable
 */
export function openProposal(signed: peer.SignedProposal): Proposal {
  const proposal = open('Proposal', () => decode(peer.Proposal, signed.getProposalBytes_asU8()));
  const header = open('Header', () => decode(common.Header, proposal.getHeader_asU8()));
  const channelHeaderBytes = header.getChannelHeader_asU8();
  const signatureHeaderBytes = header.getSignatureHeader_asU8();
  const channelHeader = open('ChannelHeader', () => readChannelHeader(channelHeaderBytes));
  const content = open('ChaincodeProposalPayload', () => decode(peer.ChaincodeProposalPayload, proposal.getPayload_asU8()));
  const invocation = open('ChaincodeInvocationSpec', () => decode(peer.ChaincodeInvocationSpec, content.getInput_asU8(), SPEC_SHAPE));
  const hasTransientData = content.getTransientmapMap().getLength() > 0;
  const payload = withoutTransient(content).serializeBinary();
  const parts = { channelHeader, channelHeaderBytes, signatureHeaderBytes, payload, spec: invocation.getChaincodeSpec() };
  return { signed, hasTransientData, ...parts, inner: openInner(parts) };
}

type Parts = Pick<Proposal, 'channelHeader' | 'channelHeaderBytes' | 'signatureHeaderBytes' | 'payload' | 'spec'>;

/** core/endorser/msgvalidation.go, UnpackProposal. */
function openInner(parts: Parts): InnerProposal | string {
  try {
    const signatureHeader = open('SignatureHeader', () => readSignatureHeader(parts.signatureHeaderBytes));
    const id = open('ChaincodeHeaderExtension', () => readHeaderExtension(parts.channelHeader.extension));
    const input = parts.spec?.getInput();
    if (id === undefined) return 'ChaincodeHeaderExtension.ChaincodeId is nil';
    if (id.name === '') return 'ChaincodeHeaderExtension.ChaincodeId.Name is empty';
    if (parts.spec === undefined) return 'chaincode invocation spec did not contain chaincode spec';
    if (input === undefined) return 'chaincode input did not contain any input';
    const hash = proposalHash(parts.channelHeaderBytes, parts.signatureHeaderBytes, parts.payload);
    return { signatureHeader, chaincode: id.name, input, hash };
  } catch (error) {
    if (error instanceof ProposalUnreadable) return error.message;
    throw error;
  }
}

function withoutTransient(content: peer.ChaincodeProposalPayload): peer.ChaincodeProposalPayload {
  const input = new peer.ChaincodeProposalPayload();
  input.setInput(content.getInput_asU8());
  return input;
}

function open<T>(part: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof MalformedMessage)
      throw new ProposalUnreadable(`error unmarshalling ${part}: proto: cannot parse invalid wire-format data`, { cause: error });
    throw error;
  }
}
