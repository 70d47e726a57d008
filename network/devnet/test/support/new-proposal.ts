import { randomBytes } from 'node:crypto';
import { common, peer } from '@hyperledger/fabric-protos';
import { Timestamp } from 'google-protobuf/google/protobuf/timestamp_pb';
import type { Signer } from '../../src/endorser/signer';
import { utf8 } from '../../src/proto/bytes';
import { HEADER_TYPE, writeSignatureHeader } from '../../src/proto/envelopes';
import { transactionId } from '../../src/proto/transactions';

/** Everything that a test may want otherwise than a well-behaved client has it. */
export interface ProposalParts {
  readonly creator: Uint8Array;
  readonly nonce: Uint8Array;
  readonly txId: string;
  readonly channelId: string;
  readonly type: number;
  readonly epoch: number;
  readonly time: Date;
  readonly chaincode: string | undefined;
  readonly arguments: readonly string[];
  readonly transient: Readonly<Record<string, string>>;
  /** Makes the client's signature over the proposal's bytes. */
  readonly sign: (bytes: Uint8Array) => Uint8Array;
}

/** A proposal as the gateway client makes it (fabric-gateway 1.11.0), except for what is given. */
export function newSignedProposal(client: Signer, more: Partial<ProposalParts> = {}): peer.SignedProposal {
  const creator = more.creator ?? client.identity;
  const nonce = more.nonce ?? new Uint8Array(randomBytes(24));
  const parts = { channelId: 'main', type: HEADER_TYPE.endorserTransaction, epoch: 0, time: new Date(), arguments: ['run'], ...more };
  const chaincode = 'chaincode' in more ? more.chaincode : 'cc';
  const header = new common.Header();
  header.setChannelHeader(channelHeader({ ...parts, chaincode, txId: more.txId ?? transactionId(nonce, creator) }));
  header.setSignatureHeader(writeSignatureHeader({ creator, nonce }));
  const proposal = new peer.Proposal();
  proposal.setHeader(header.serializeBinary());
  proposal.setPayload(proposalPayload(chaincode, parts.arguments, more.transient ?? {}));
  const signed = new peer.SignedProposal();
  const bytes = proposal.serializeBinary();
  signed.setProposalBytes(bytes);
  signed.setSignature((more.sign ?? client.sign)(bytes));
  return signed;
}

type HeaderParts = Pick<ProposalParts, 'channelId' | 'type' | 'epoch' | 'time' | 'txId' | 'chaincode'>;

function channelHeader(parts: HeaderParts): Uint8Array {
  const extension = new peer.ChaincodeHeaderExtension();
  if (parts.chaincode !== undefined) extension.setChaincodeId(chaincodeId(parts.chaincode));
  const header = new common.ChannelHeader();
  header.setType(parts.type);
  header.setTimestamp(Timestamp.fromDate(parts.time));
  header.setChannelId(parts.channelId);
  header.setTxId(parts.txId);
  header.setEpoch(parts.epoch);
  header.setExtension$(extension.serializeBinary());
  return header.serializeBinary();
}

function proposalPayload(chaincode: string | undefined, args: readonly string[], transient: Readonly<Record<string, string>>): Uint8Array {
  const input = new peer.ChaincodeInput();
  input.setArgsList(args.map(utf8));
  const spec = new peer.ChaincodeSpec();
  spec.setType(peer.ChaincodeSpec.Type.NODE);
  if (chaincode !== undefined) spec.setChaincodeId(chaincodeId(chaincode));
  spec.setInput(input);
  const invocation = new peer.ChaincodeInvocationSpec();
  invocation.setChaincodeSpec(spec);
  const payload = new peer.ChaincodeProposalPayload();
  payload.setInput(invocation.serializeBinary());
  for (const [name, value] of Object.entries(transient)) payload.getTransientmapMap().set(name, utf8(value));
  return payload.serializeBinary();
}

function chaincodeId(name: string): peer.ChaincodeID {
  const id = new peer.ChaincodeID();
  id.setName(name);
  return id;
}
