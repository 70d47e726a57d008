import { gateway, common, msp, peer } from '@hyperledger/fabric-protos';

/** MSP ids of the organisations that endorsed a prepared transaction (gateway/gateway.proto PreparedTransaction, peer/transaction.proto). */
export function readEndorsers(prepared: Uint8Array): readonly string[] {
  const envelope = gateway.PreparedTransaction.deserializeBinary(prepared).getEnvelope() ?? new common.Envelope();
  const payload = common.Payload.deserializeBinary(envelope.getPayload_asU8());
  const endorsements = peer.Transaction.deserializeBinary(payload.getData_asU8())
    .getActionsList()
    .map((action) => peer.ChaincodeActionPayload.deserializeBinary(action.getPayload_asU8()).getAction())
    .flatMap((action) => action?.getEndorsementsList() ?? []);
  return endorsements.map((endorsement) => msp.SerializedIdentity.deserializeBinary(endorsement.getEndorser_asU8()).getMspid());
}
