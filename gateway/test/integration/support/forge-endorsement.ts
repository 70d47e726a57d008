import { readFileSync } from 'node:fs';
import { common, gateway, ledger, msp, peer } from '@hyperledger/fabric-protos';
import { signLowS } from '@medaccord/devnet/blocks';

/** Whose certificate an endorsement carries, and with which key it is signed; PEM files. */
export interface Endorser {
  readonly mspId: string;
  readonly certificate: string;
  readonly privateKey: string;
}

export interface Forgery {
  /** What is to be found in the value of a write, and what is to stand there instead. */
  readonly from: string;
  readonly to: string;
  /** Who endorses the altered answer. */
  readonly endorsers: readonly Endorser[];
  /** Whether the honest endorsements of the true answer stay beside those. */
  readonly keeps: boolean;
}

/**
 * Alters a prepared transaction (gateway.PreparedTransaction) as a peer could that answers with other writes than its chaincode gave, and signs
 * them: the client's signature is to be made anew.
 */
export function forgeEndorsement(prepared: Uint8Array, { from, to, endorsers, keeps }: Forgery): Uint8Array {
  const whole = gateway.PreparedTransaction.deserializeBinary(prepared);
  const envelope = required(whole.getEnvelope());
  const payload = common.Payload.deserializeBinary(envelope.getPayload_asU8());
  const transaction = peer.Transaction.deserializeBinary(payload.getData_asU8());
  const action = required(transaction.getActionsList()[0]);
  const content = peer.ChaincodeActionPayload.deserializeBinary(action.getPayload_asU8());
  const endorsed = required(content.getAction());
  const answer = alterAnswer(endorsed.getProposalResponsePayload_asU8(), from, to);
  endorsed.setProposalResponsePayload(answer);
  const forged = endorsers.map((endorser) => endorse(answer, endorser));
  endorsed.setEndorsementsList(keeps ? [...endorsed.getEndorsementsList(), ...forged] : forged);
  action.setPayload(content.serializeBinary());
  payload.setData(transaction.serializeBinary());
  envelope.setPayload(payload.serializeBinary());
  return whole.serializeBinary();
}

function alterAnswer(bytes: Uint8Array, from: string, to: string): Uint8Array {
  const response = peer.ProposalResponsePayload.deserializeBinary(bytes);
  const chaincode = peer.ChaincodeAction.deserializeBinary(response.getExtension_asU8());
  const results = ledger.rwset.TxReadWriteSet.deserializeBinary(chaincode.getResults_asU8());
  let altered = 0;
  for (const space of results.getNsRwsetList()) {
    const writes = ledger.rwset.kvrwset.KVRWSet.deserializeBinary(space.getRwset_asU8());
    for (const write of writes.getWritesList()) {
      const text = Buffer.from(write.getValue_asU8()).toString();
      if (!text.includes(from)) continue;
      write.setValue(Buffer.from(text.replace(from, to)));
      altered += 1;
    }
    space.setRwset(writes.serializeBinary());
  }
  if (altered === 0) throw new Error(`no write says ${from}`);
  chaincode.setResults(results.serializeBinary());
  response.setExtension$(chaincode.serializeBinary());
  return response.serializeBinary();
}

/** fabric/core/endorser: the signature is over the answer, followed by the endorser's identity. */
function endorse(answer: Uint8Array, { mspId, certificate, privateKey }: Endorser): peer.Endorsement {
  const identity = new msp.SerializedIdentity();
  identity.setMspid(mspId);
  identity.setIdBytes(readFileSync(certificate));
  const endorser = identity.serializeBinary();
  const endorsement = new peer.Endorsement();
  endorsement.setEndorser(endorser);
  endorsement.setSignature(signLowS(readFileSync(privateKey, 'utf8'), Buffer.concat([answer, endorser])));
  return endorsement;
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the transaction is not complete');
  return value;
}
