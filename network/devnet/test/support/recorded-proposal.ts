import { common, peer } from '@hyperledger/fabric-protos';
import { openProposal, type Proposal } from '../../src/endorser/proposal';
import { EMPTY, utf8 } from '../../src/proto/bytes';
import { newSignedProposal } from './new-proposal';
import type { RecordedTransaction, Step } from './recording';

/** The proposal that a recorded transaction was endorsed for. Its client's signature is not in the block, so it is not there. */
export function recordedProposal(transaction: RecordedTransaction, step: Step): Proposal {
  const content = peer.ChaincodeProposalPayload.deserializeBinary(transaction.proposalPayload);
  for (const [name, value] of Object.entries(step.transient ?? {})) content.getTransientmapMap().set(name, utf8(value));
  const header = new common.Header();
  header.setChannelHeader(transaction.channelHeader);
  header.setSignatureHeader(transaction.header);
  const proposal = new peer.Proposal();
  proposal.setHeader(header.serializeBinary());
  proposal.setPayload(content.serializeBinary());
  const signed = new peer.SignedProposal();
  signed.setProposalBytes(proposal.serializeBinary());
  return openProposal(signed);
}

/** A proposal of the step's script by a recorded client, whose key nobody has: unsigned. */
export function newScriptProposal(creator: Uint8Array, step: Step): Proposal {
  const client = { identity: creator, sign: () => EMPTY };
  const transient = step.transient ?? {};
  return openProposal(newSignedProposal(client, { chaincode: 'golden', arguments: ['run', JSON.stringify(step.script)], transient }));
}
