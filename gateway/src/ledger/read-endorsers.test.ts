import { common, gateway, msp, peer } from '@hyperledger/fabric-protos';
import { readEndorsers } from './read-endorsers';

function newEndorsement(mspId: string): peer.Endorsement {
  const identity = new msp.SerializedIdentity();
  identity.setMspid(mspId);
  const endorsement = new peer.Endorsement();
  endorsement.setEndorser(identity.serializeBinary());
  return endorsement;
}

function newPrepared(...mspIds: readonly string[]): Uint8Array {
  const endorsed = new peer.ChaincodeEndorsedAction();
  endorsed.setEndorsementsList(mspIds.map(newEndorsement));
  const content = new peer.ChaincodeActionPayload();
  content.setAction(endorsed);
  const action = new peer.TransactionAction();
  action.setPayload(content.serializeBinary());
  const transaction = new peer.Transaction();
  transaction.setActionsList([action]);
  const payload = new common.Payload();
  payload.setData(transaction.serializeBinary());
  const envelope = new common.Envelope();
  envelope.setPayload(payload.serializeBinary());
  const prepared = new gateway.PreparedTransaction();
  prepared.setEnvelope(envelope);
  return prepared.serializeBinary();
}

test('the organisations that endorsed a prepared transaction are read from its envelope', () => {
  expect(readEndorsers(newPrepared('AlphaMSP', 'BetaMSP'))).toEqual(['AlphaMSP', 'BetaMSP']);
});
