import type { PeerConnection } from './peer-connection';
import { newRefusal, type TransactionRequest } from './submit-transaction';

/** Asks a chaincode at the organisation's own peer; nothing is ordered. @throws LedgerRefusal LEDGER_REFUSED */
export async function evaluateTransaction({ gateway }: PeerConnection, request: TransactionRequest): Promise<Uint8Array> {
  const contract = gateway.getNetwork(request.channel).getContract(request.chaincode);
  try {
    return await contract.newProposal(request.transaction, { arguments: [...request.arguments] }).evaluate();
  } catch (error) {
    throw newRefusal(request, error);
  }
}
