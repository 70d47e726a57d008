import { peer } from '@hyperledger/fabric-protos';
import { EMPTY } from '../proto/bytes';
import { HEADER_TYPE, writeEnvelope, writePayload, writeSignatureHeader } from '../proto/envelopes';
import { proposalHash, transactionId, writeChaincodeAction, writeResponsePayload, writeTransaction } from '../proto/transactions';
import { concat } from '../proto/bytes';
import { newChannelHeader, newNonce, type Signer } from './config-envelope';

const LIFECYCLE = '_lifecycle';
/** Version that Fabric's peers give to system chaincodes. */
const SYSTEM_VERSION = 'syscc';

export interface LifecycleCall {
  readonly channelId: string;
  /** Who calls: an admin. */
  readonly caller: Signer;
  /** The peers that endorse. */
  readonly endorsers: readonly Signer[];
  readonly args: readonly Uint8Array[];
  /** Serialized rwset.TxReadWriteSet. */
  readonly results: Uint8Array;
}

/** A signed transaction (serialized Envelope) of the lifecycle chaincode, with its id. */
export function newLifecycleTransaction(call: LifecycleCall): { readonly txId: string; readonly envelope: Uint8Array } {
  const nonce = newNonce();
  const txId = transactionId(nonce, call.caller.identity);
  const channelHeader = newChannelHeader({
    type: HEADER_TYPE.endorserTransaction,
    channelId: call.channelId,
    txId,
    extension: headerExtension(),
  });
  const signatureHeader = writeSignatureHeader({ creator: call.caller.identity, nonce });
  const proposalPayload = newProposalPayload(call.args);
  const responsePayload = writeResponsePayload({
    proposalHash: proposalHash(channelHeader, signatureHeader, proposalPayload),
    extension: writeChaincodeAction({
      results: call.results,
      events: EMPTY,
      response: { status: 200, message: '', payload: EMPTY },
      chaincode: { name: LIFECYCLE, version: SYSTEM_VERSION },
    }),
  });
  const endorsements = call.endorsers.map((endorser) => ({
    endorser: endorser.identity,
    signature: endorser.sign(concat(responsePayload, endorser.identity)),
  }));
  const data = writeTransaction({ header: signatureHeader, proposalPayload, responsePayload, endorsements });
  const payload = writePayload({ channelHeader, signatureHeader, data });
  return { txId, envelope: writeEnvelope({ payload, signature: call.caller.sign(payload) }) };
}

function lifecycleId(): peer.ChaincodeID {
  const id = new peer.ChaincodeID();
  id.setName(LIFECYCLE);
  return id;
}

function headerExtension(): Uint8Array {
  const extension = new peer.ChaincodeHeaderExtension();
  extension.setChaincodeId(lifecycleId());
  return extension.serializeBinary();
}

/** Serialized peer.ChaincodeProposalPayload. */
function newProposalPayload(args: readonly Uint8Array[]): Uint8Array {
  const input = new peer.ChaincodeInput();
  input.setArgsList([...args]);
  const spec = new peer.ChaincodeSpec();
  spec.setChaincodeId(lifecycleId());
  spec.setInput(input);
  const invocation = new peer.ChaincodeInvocationSpec();
  invocation.setChaincodeSpec(spec);
  const payload = new peer.ChaincodeProposalPayload();
  payload.setInput(invocation.serializeBinary());
  return payload.serializeBinary();
}
